//! Several messages in one text: a stream of them, or a batch file.

use memchr::memchr2;

/// Cuts a text into its messages.
///
/// Each slice starts at an MSH and ends before the next MSH or the next line of an envelope (FHS,
/// BHS, BTS, FTS). The envelope, and whatever stands before the first MSH, is passed over.
///
/// ```
/// let file = b"FHS|^~\\&\rBHS|^~\\&\rMSH|^~\\&|A\rPID|1\rMSH|^~\\&|B\rBTS|2\rFTS|1\r";
/// let messages: Vec<&[u8]> = cistern_hl7::split_messages(file).collect();
/// assert_eq!(messages, [&b"MSH|^~\\&|A\rPID|1\r"[..], b"MSH|^~\\&|B\r"]);
/// ```
pub fn split_messages(text: &[u8]) -> impl Iterator<Item = &[u8]> + Clone {
    Messages {
        rest: text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text),
    }
}

#[derive(Clone)]
struct Messages<'a> {
    /// Starts at the start of a line.
    rest: &'a [u8],
}

impl<'a> Iterator for Messages<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        while !starts_with(self.rest, &[b"MSH"]) {
            self.rest = after_line(self.rest)?;
        }
        let mut end = self.rest;
        loop {
            end = after_line(end).unwrap_or_default();
            if end.is_empty() || starts_with(end, &[b"MSH", b"FHS", b"BHS", b"BTS", b"FTS"]) {
                break;
            }
        }
        let (message, rest) = self.rest.split_at_checked(self.rest.len() - end.len())?;
        self.rest = rest;
        Some(message)
    }
}

fn starts_with(line: &[u8], names: &[&[u8; 3]]) -> bool {
    let Some((name, rest)) = line.split_first_chunk() else {
        return false;
    };
    names.contains(&name) && !rest.first().is_some_and(u8::is_ascii_alphanumeric)
}

fn after_line(text: &[u8]) -> Option<&[u8]> {
    memchr2(b'\r', b'\n', text).and_then(|end| text.get(end + 1..))
}
