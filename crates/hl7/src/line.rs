//! What a line of a file begins: a message, a part of a batch envelope, or neither.

use memchr::memchr2;

use crate::delimiters::can_delimit;
use crate::header::{BYTE_ORDER_MARK, skip_prefix};
use crate::message::Message;

/// How many bytes of a line decide its kind: a byte order mark, a name, and the byte after it.
pub(crate) const DECIDING_BYTES: usize = 7;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LineKind {
    FileHeader,
    BatchHeader,
    Message,
    BatchTrailer,
    FileTrailer,
    /// Goes on with what the lines before it began.
    Other,
}

impl LineKind {
    /// Of a text that starts with the line. A name is followed by a separator or nothing: `MSHX`
    /// is none, nor is the first word of a note, `BHS (Behavioral Health)`. Before it may stand a
    /// byte order mark, where one file was appended to another.
    pub(crate) fn of(text: &[u8]) -> LineKind {
        let Some((name, rest)) = without_mark(text).split_first_chunk() else {
            return LineKind::Other;
        };
        match name {
            _ if !rest.first().is_none_or(|byte| ends_name(*byte)) => LineKind::Other,
            b"FHS" => LineKind::FileHeader,
            b"BHS" => LineKind::BatchHeader,
            b"MSH" => LineKind::Message,
            b"BTS" => LineKind::BatchTrailer,
            b"FTS" => LineKind::FileTrailer,
            _ => LineKind::Other,
        }
    }

    /// Whether lines of the kind [`Other`](LineKind::Other) belong to what such a line began. An
    /// envelope has but one line.
    pub(crate) fn goes_on(self) -> bool {
        matches!(self, LineKind::Message | LineKind::Other)
    }
}

/// A byte order mark is no part of what the line begins.
pub(crate) fn without_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text)
}

/// A line break, or what may separate fields. Nobody separates them by brackets, and people write
/// `MSH[1]` in notes.
fn ends_name(byte: u8) -> bool {
    b"\r\n".contains(&byte) || can_delimit(byte) && !b"()<>[]{}".contains(&byte)
}

/// What follows the first line break.
pub(crate) fn after_line(text: &[u8]) -> Option<&[u8]> {
    memchr2(b'\r', b'\n', text).and_then(|end| text.get(end + 1..))
}

/// What stands between each segment and the next: one line break or several, none at the end.
pub(crate) fn endings<'a>(message: &Message<'a>) -> impl Iterator<Item = &'a [u8]> {
    let mut rest = skip_prefix(message.as_bytes());
    message.segments().map(move |segment| {
        let after = rest.get(segment.raw().len()..).unwrap_or_default();
        let breaks = after.iter().take_while(|byte| b"\r\n".contains(byte));
        let (ending, next) = after.split_at_checked(breaks.count()).unwrap_or_default();
        rest = next;
        ending
    })
}

/// The one line break that a sender uses, by those after MSH; CR as the standard says where they
/// do not tell.
pub(crate) fn line_break(ending: &[u8]) -> &'static [u8] {
    match ending {
        [b'\r', b'\n', ..] => b"\r\n",
        [b'\n', ..] => b"\n",
        _ => b"\r",
    }
}
