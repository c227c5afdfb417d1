//! The bytes in which MLLP puts each message.

use std::iter;

use mllp::{END_BLOCK, START_BLOCK};

/// What stands in the frames of a file that was taken from a wire, and between them; the whole
/// where there are none.
///
/// ```
/// let file = b"\x0BMSH|1\r\x1C\r\x0BMSH|2\r\x1C\r";
/// let contents: Vec<&[u8]> = cistern_listener::frame_contents(file).collect();
/// assert_eq!(contents, [&b""[..], b"MSH|1\r", b"\r", b"MSH|2\r", b"\r"]);
/// ```
pub fn frame_contents(file: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut start = 0;
    let marks = (0..file.len()).filter(|at| is_mark(file, *at));
    marks.chain(iter::once(file.len())).filter_map(move |end| {
        let content = file.get(start..end);
        start = end + 1;
        content
    })
}

/// Whether this byte begins or ends a frame. Within a line it is content, whatever it is.
fn is_mark(file: &[u8], at: usize) -> bool {
    let neighbour = |at: Option<usize>| at.and_then(|at| file.get(at));
    match file.get(at) {
        Some(&START_BLOCK) => {
            let before = neighbour(at.checked_sub(1));
            before.is_none_or(|byte| [b'\r', b'\n', END_BLOCK].contains(byte))
        }
        Some(&END_BLOCK) => {
            let after = neighbour(at.checked_add(1));
            after.is_none_or(|byte| [b'\r', b'\n', START_BLOCK].contains(byte))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::frame_contents;

    #[test]
    fn only_frame_bytes_at_line_ends_cut() {
        let cases: [(&[u8], &[&[u8]]); 5] = [
            (b"MSH|\rPID|\r", &[b"MSH|\rPID|\r"]),
            (b"", &[b""]),
            (
                b"\x0BMSH|\r\x1C\r\x0BMSH|2\x1C\r",
                &[b"", b"MSH|\r", b"\r", b"MSH|2", b"\r"],
            ),
            (b"MSH|\x1C\x0BMSH|2", &[b"MSH|", b"", b"MSH|2"]),
            (b"MSH|a\x0Bb|c\x1Cd\r", &[b"MSH|a\x0Bb|c\x1Cd\r"]),
        ];
        for (file, expected) in cases {
            assert_eq!(frame_contents(file).collect::<Vec<_>>(), expected);
        }
    }
}
