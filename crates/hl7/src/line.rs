//! What a line of a file begins: a message, a part of a batch envelope, or neither.

use memchr::memchr2;

use crate::delimiters::{Delimiters, can_delimit};
use crate::header::{BYTE_ORDER_MARK, skip_prefix};
use crate::message::Message;

/// How many bytes of a line decide its kind: a byte order mark, a name, MSH-1, and one more than
/// MSH-2 can have.
pub(crate) const DECIDING_BYTES: usize = 3 + 3 + 1 + ENCODING_BYTES;

const ENCODING_BYTES: usize = 6;

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
    /// Of a text that starts with the line. A broken line of a note may start with a name too, as
    /// `MSH-9 is wrong` and `BTS. done` do: a header declares delimiters, and a trailer has one of
    /// the separators that are in force. Before the name may stand a byte order mark, where one file
    /// was appended to another.
    pub(crate) fn of(text: &[u8], in_force: &[u8]) -> LineKind {
        let Some((name, rest)) = without_mark(text).split_first_chunk() else {
            return LineKind::Other;
        };
        let is_trailer = |byte: &u8| in_force.contains(byte);
        match name {
            _ if matches!(rest, [] | [b'\r' | b'\n' | b'|', ..]) => LineKind::of_name(name),
            b"MSH" | b"FHS" | b"BHS" if declares(rest) => LineKind::of_name(name),
            b"BTS" | b"FTS" if rest.first().is_some_and(is_trailer) => LineKind::of_name(name),
            _ => LineKind::Other,
        }
    }

    /// Of a line that has a separator after this name, or nothing.
    pub(crate) fn of_name(name: &[u8]) -> LineKind {
        match name {
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

/// Whether the text reads as MSH-1 and MSH-2, or is what is left of them: nobody writes `#^` after
/// a name, nor `^~`, nor three delimiters of any kind.
fn declares(text: &[u8]) -> bool {
    let Some((field, rest)) = text.split_first() else {
        return false;
    };
    let rest = rest.get(..ENCODING_BYTES).unwrap_or(rest);
    let ends = |byte: &u8| byte == field || b"\r\n".contains(byte);
    let encoding = rest.split(ends).next().unwrap_or_default();
    let is_damaged = matches!((field, encoding), (b'^', [b'~', ..]) | (_, [b'^', ..]))
        || matches!(encoding, [one, two, ..] if can_delimit(*one) && can_delimit(*two));
    Delimiters::declare(*field, encoding).is_ok() || can_delimit(*field) && is_damaged
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
