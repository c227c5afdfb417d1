//! Escape sequences that say what they are (HL7 v2, chapter 2, "Use of escape sequences").

/// A piece of a text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece<'t> {
    /// Whatever else stands there, with escape characters that open nothing known.
    Text(&'t str),
    /// A sequence that stands for a delimiter, formats, or switches the character set.
    Known(&'t str),
    /// `\Z..\`: a site's own, of letters and digits.
    Local(&'t str),
    /// `\X..\`: bytes of text, and what stands around them.
    Hex {
        start: &'t str,
        bytes: Vec<u8>,
        end: &'t str,
    },
}

const COMMANDS: [&str; 8] = [".br", ".ce", ".fi", ".in", ".nf", ".sk", ".sp", ".ti"];

/// The longest number of a formatting command, with its sign or blank.
const NUMBER_MAX: usize = 3;

/// All pieces of a text, in one pass; `escape` is the escape character.
pub(crate) fn pieces(text: &str, escape: Option<char>) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut read = 0;
    let mut opened = None;
    let marks = escape
        .into_iter()
        .flat_map(|escape| text.match_indices(escape));
    for (at, mark) in marks {
        let end = at + mark.len();
        let sequence = opened.and_then(|start| text.get(start..end));
        if let (Some(known), Some(start)) = (sequence.and_then(known), opened) {
            pieces.extend(text.get(read..start).map(Piece::Text));
            pieces.push(known);
            (read, opened) = (end, None);
        } else {
            opened = Some(at);
        }
    }
    pieces.extend(text.get(read..).map(Piece::Text));
    pieces
}

/// A text between two escape characters, if it is a sequence that is known.
fn known(sequence: &str) -> Option<Piece<'_>> {
    let (start, rest) = sequence.split_at_checked(1)?;
    let (body, end) = rest.split_at_checked(rest.len().checked_sub(1)?)?;
    if let Some(bytes) = body.strip_prefix('X').and_then(bytes) {
        let (start, _) = sequence.split_at_checked(start.len() + 1)?;
        return Some(Piece::Hex { start, bytes, end });
    }
    if is_local(body) {
        return Some(Piece::Local(sequence));
    }
    let stands = match body.as_bytes() {
        [b'E' | b'F' | b'H' | b'N' | b'P' | b'R' | b'S' | b'T'] => true,
        [b'C', code @ ..] => code.len() == 4 && is_hex(code),
        [b'M', code @ ..] => [4, 6].contains(&code.len()) && is_hex(code),
        _ => is_command(body),
    };
    stands.then_some(Piece::Known(sequence))
}

/// Chapter 2, "Local".
fn is_local(body: &str) -> bool {
    body.starts_with('Z') && body.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn is_command(body: &str) -> bool {
    let (command, number) = body.split_at_checked(3).unwrap_or((body, ""));
    let in_number = |c: char| c.is_ascii_digit() || "+- ".contains(c);
    COMMANDS.contains(&command) && number.len() <= NUMBER_MAX && number.chars().all(in_number)
}

/// The bytes of at least one pair of digits.
fn bytes(digits: &str) -> Option<Vec<u8>> {
    let (pairs, odd) = digits.as_bytes().as_chunks::<2>();
    if pairs.is_empty() || !odd.is_empty() || !is_hex(digits.as_bytes()) {
        return None;
    }
    let byte = |pair: &[u8; 2]| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok();
    pairs.iter().map(byte).collect()
}

fn is_hex(digits: &[u8]) -> bool {
    digits.iter().all(u8::is_ascii_hexdigit)
}

#[cfg(test)]
mod tests {
    use super::Piece::{self, Hex, Known, Local, Text};
    use super::pieces;

    #[test]
    fn only_known_sequences_stand() {
        let line_break = || Hex {
            start: r"\X",
            bytes: vec![13, 10],
            end: r"\",
        };
        let cases: [(&str, Vec<Piece>); 9] = [
            ("", vec![Text("")]),
            (r"a\b", vec![Text(r"a\b")]),
            (
                r"a\T\b\.br\",
                vec![
                    Text("a"),
                    Known(r"\T\"),
                    Text("b"),
                    Known(r"\.br\"),
                    Text(""),
                ],
            ),
            (r"\Roe\T\", vec![Text(r"\Roe"), Known(r"\T\"), Text("")]),
            (r"\X0D0a\", vec![Text(""), line_break(), Text("")]),
            (
                r"\X0D0\\Zoe\\.sp 4711\",
                vec![Text(r"\X0D0\"), Local(r"\Zoe\"), Text(r"\.sp 4711\")],
            ),
            (
                r"a\Z1\T\Z2\b\Zo e\",
                vec![
                    Text("a"),
                    Local(r"\Z1\"),
                    Text("T"),
                    Local(r"\Z2\"),
                    Text(r"b\Zo e\"),
                ],
            ),
            (
                r"\C2842\\M242842\",
                vec![
                    Text(""),
                    Known(r"\C2842\"),
                    Text(""),
                    Known(r"\M242842\"),
                    Text(""),
                ],
            ),
            (
                r"\.sp 2\é\E\",
                vec![
                    Text(""),
                    Known(r"\.sp 2\"),
                    Text("é"),
                    Known(r"\E\"),
                    Text(""),
                ],
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(pieces(text, Some('\\')), expected, "{text}");
        }
        assert_eq!(pieces(r"\T\", None), [Text(r"\T\")]);
    }
}
