//! Answers: frames by the letter of the standard, and in them the two fields that count.

use hl7::AckCode;
use memchr::{memchr, memchr_iter};

const START_BLOCK: u8 = 0x0B;
const END_BLOCK: u8 = 0x1C;
const CARRIAGE_RETURN: u8 = 0x0D;

/// The longest answer that is waited for, in bytes.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
const READ_BYTES: usize = 16 * 1024;

/// What an answer says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Answer<'a> {
    /// MSA-1, HL7 table 0008.
    pub(crate) code: AckCode,
    /// MSA-2.
    pub(crate) control_id: &'a [u8],
}

/// The listener sent something that is no frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unframed;

/// What was read of a connection and not yet taken.
#[derive(Debug)]
pub(crate) struct Incoming {
    buffer: Vec<u8>,
    taken: usize,
}

impl<'a> Answer<'a> {
    /// Finds MSA-1 and MSA-2 without looking at anything else.
    pub(crate) fn find(content: &'a [u8]) -> Option<Answer<'a>> {
        let delimiter = *content.strip_prefix(b"MSH")?.first()?;
        let segments =
            memchr_iter(CARRIAGE_RETURN, content).filter_map(|end| content.get(end + 1..));
        let acknowledgment = |segment: &'a [u8]| segment.strip_prefix(b"MSA");
        let fields = { segments }.find_map(acknowledgment)?;
        let line = fields.split(|byte| *byte == CARRIAGE_RETURN).next()?;
        let mut fields = line.split(|byte| *byte == delimiter).skip(1);
        Some(Answer {
            code: AckCode::parse(fields.next()?)?,
            control_id: fields.next()?,
        })
    }
}

impl Incoming {
    pub(crate) fn new() -> Incoming {
        Incoming {
            buffer: Vec::with_capacity(READ_BYTES),
            taken: 0,
        }
    }

    /// Where the next read puts its bytes.
    pub(crate) fn space(&mut self) -> &mut Vec<u8> {
        self.buffer.drain(..self.taken);
        self.taken = 0;
        self.buffer.reserve(READ_BYTES);
        &mut self.buffer
    }

    /// The content of the next complete frame.
    pub(crate) fn take(&mut self) -> Result<Option<&[u8]>, Unframed> {
        let rest = self.buffer.get(self.taken..).unwrap_or_default();
        let Some((&first, content)) = rest.split_first() else {
            return Ok(None);
        };
        let end = memchr(END_BLOCK, content);
        let whole = end.and_then(|end| content.split_at_checked(end));
        match whole {
            _ if first != START_BLOCK => Err(Unframed),
            Some((content, [_, CARRIAGE_RETURN, ..])) => {
                self.taken += content.len() + 3;
                Ok(Some(content))
            }
            Some((_, [_, _, ..])) => Err(Unframed),
            _ if rest.len() > ANSWER_BYTES_MAX => Err(Unframed),
            _ => Ok(None),
        }
    }

    /// Whether a frame has begun and not ended.
    pub(crate) fn is_empty(&self) -> bool {
        self.taken == self.buffer.len()
    }
}

/// Appends a frame whose content `write` appends.
pub(crate) fn push_frame<T>(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>) -> T) -> T {
    out.push(START_BLOCK);
    let written = write(out);
    out.extend_from_slice(&[END_BLOCK, CARRIAGE_RETURN]);
    written
}
