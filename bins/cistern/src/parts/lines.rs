//! Lines of a file that are no message.

use bytes::Bytes;
use hl7::{Delimiters, MessageBuf, Segment};

use super::offset_in;

/// Lines that are split as segments, behind a header of their own that says how.
pub(super) struct Lines {
    pub(super) delimiters: Delimiters,
    /// Nothing of lines that are longer than 4 GiB, which is more than a message can be.
    headed: Option<MessageBuf>,
}

impl Lines {
    pub(super) fn new(lines: &[u8], delimiters: Delimiters) -> Lines {
        let headed = [&header(delimiters), lines].concat();
        Lines {
            delimiters,
            headed: MessageBuf::parse(Bytes::from(headed)).ok(),
        }
    }

    /// Of a message whose MSH cannot be read.
    pub(super) fn unreadable(raw: &[u8]) -> Lines {
        Lines::new(raw, assumed(raw))
    }

    pub(super) fn segments(&self) -> Vec<Segment<'_>> {
        match &self.headed {
            Some(headed) => headed.message().segments().skip(1).collect(),
            None => Vec::new(),
        }
    }

    /// Where a slice of the segments starts in the lines.
    pub(super) fn offset(&self, slice: &[u8]) -> usize {
        let headed = self.headed.as_ref().map(MessageBuf::bytes);
        offset_in(headed.map_or(b"", Bytes::as_ref), slice) - header(self.delimiters).len()
    }
}

fn header(delimiters: Delimiters) -> Vec<u8> {
    let mut header = b"MSH".to_vec();
    header.push(delimiters.field());
    header.extend(delimiters.encoding_characters());
    header.push(b'\r');
    header
}

/// The standard's delimiters, but the field separator of an MSH that declares no others.
fn assumed(raw: &[u8]) -> Delimiters {
    let field = raw.get("MSH".len()).copied().unwrap_or(b'|');
    let declared = format!("{}^~\\&", char::from(field)).parse();
    declared.unwrap_or_default()
}
