//! The lines in which two texts differ, for the failure of a golden test.

use std::fmt::Write;

/// Lines of agreement shown around a difference.
const CONTEXT_LINES: usize = 2;

/// Differing lines of either side that are compared pairwise; a longer stretch is shown whole.
const PAIRED_LINES_MAX: usize = 2000;

/// Renders what leads from `old` to `new`: ` ` kept, `-` only in `old`, `+` only in `new`.
///
/// A line ends after CR, LF or CR LF, since HL7 ends segments with CR. Ends other than LF and
/// bytes other than printable ASCII are shown as escapes, so that any difference can be seen.
pub(crate) fn lines(old: &[u8], new: &[u8]) -> String {
    let (old, new) = (split(old), split(new));
    let head = shared(old.iter().zip(&new));
    let (old_rest, new_rest) = (&old[head..], &new[head..]);
    let tail = shared(old_rest.iter().rev().zip(new_rest.iter().rev()));
    let (old_middle, kept) = old_rest.split_at(old_rest.len() - tail);
    let new_middle = &new_rest[..new_rest.len() - tail];

    let mut shown = String::new();
    show(
        &mut shown,
        ' ',
        &old[head.saturating_sub(CONTEXT_LINES)..head],
    );
    show_middle(&mut shown, old_middle, new_middle);
    show(&mut shown, ' ', &kept[..tail.min(CONTEXT_LINES)]);
    shown
}

fn split(text: &[u8]) -> Vec<&[u8]> {
    let mut lines = Vec::new();
    let mut start = 0;
    for (index, byte) in text.iter().enumerate() {
        let carriage_return = *byte == b'\r' && text.get(index + 1) != Some(&b'\n');
        if *byte == b'\n' || carriage_return {
            lines.push(&text[start..=index]);
            start = index + 1;
        }
    }
    if start < text.len() {
        lines.push(&text[start..]);
    }
    lines
}

fn shared<T: PartialEq>(pairs: impl Iterator<Item = (T, T)>) -> usize {
    pairs.take_while(|(old, new)| old == new).count()
}

/// Shows both sides along a longest common subsequence of their lines.
fn show_middle(shown: &mut String, old: &[&[u8]], new: &[&[u8]]) {
    let (mut row, mut column) = (0, 0);
    if old.len().max(new.len()) <= PAIRED_LINES_MAX {
        let common = common_lengths(old, new);
        while row < old.len() && column < new.len() {
            if old[row] == new[column] {
                show(shown, ' ', &old[row..=row]);
                (row, column) = (row + 1, column + 1);
            } else if common[row + 1][column] >= common[row][column + 1] {
                show(shown, '-', &old[row..=row]);
                row += 1;
            } else {
                show(shown, '+', &new[column..=column]);
                column += 1;
            }
        }
    }
    show(shown, '-', &old[row..]);
    show(shown, '+', &new[column..]);
}

/// At `[row][column]`: how many lines `old[row..]` and `new[column..]` have in common, in order.
fn common_lengths(old: &[&[u8]], new: &[&[u8]]) -> Vec<Vec<usize>> {
    let mut common = vec![vec![0; new.len() + 1]; old.len() + 1];
    for row in (0..old.len()).rev() {
        for column in (0..new.len()).rev() {
            common[row][column] = if old[row] == new[column] {
                common[row + 1][column + 1] + 1
            } else {
                common[row + 1][column].max(common[row][column + 1])
            };
        }
    }
    common
}

fn show(shown: &mut String, mark: char, lines: &[&[u8]]) {
    for line in lines {
        let content = line.strip_suffix(b"\n").unwrap_or(line);
        let text = content.escape_ascii();
        writeln!(shown, "{mark} {text}").expect("a String takes any text");
    }
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn differences_with_a_little_context() {
        let cases: [(&str, &str, &[&str]); 6] = [
            ("same\n", "same\n", &["  same"]),
            ("", "new\n", &["+ new"]),
            ("gone\n", "", &["- gone"]),
            (
                "1\n2\n3\nold\nkept\nold too\n4\n5\n6\n",
                "1\n2\n3\nnew\nkept\n4\n5\n6\n",
                &[
                    "  2",
                    "  3",
                    "- old",
                    "+ new",
                    "  kept",
                    "- old too",
                    "  4",
                    "  5",
                ],
            ),
            (
                "MSH|1\rPID|A\r",
                "MSH|1\rPID|B\r",
                &["  MSH|1\\r", "- PID|A\\r", "+ PID|B\\r"],
            ),
            ("end\n", "end\r\n", &["- end", "+ end\\r"]),
        ];
        for (old, new, expected) in cases {
            let shown = lines(old.as_bytes(), new.as_bytes());
            assert_eq!(shown.lines().collect::<Vec<_>>(), expected);
        }
    }
}
