//! A batch file that is read piece by piece.

use std::fmt;
use std::io::{self, BufRead};
use std::mem;

use bytes::Bytes;
use memchr::memchr2;
use thiserror::Error;

use super::item::BatchItem;
use super::shown_bytes;
use super::tally::Tally;
use crate::line::{DECIDING_BYTES, LineKind, without_mark};

/// What a batch file holds, as [`Batch`](crate::Batch) gives it, of a file of any length: never
/// more than one message is in memory. It ends after the first error.
///
/// ```
/// use cistern_hl7::{BatchItem, BatchReader, MessageBuf};
///
/// let file = std::io::Cursor::new(b"BHS|^~\\&\rMSH|^~\\&|LAB\rPID|1\rBTS|1\r");
/// for item in BatchReader::new(file, 1 << 20) {
///     if let BatchItem::Message(bytes) = item? {
///         let message = MessageBuf::parse(bytes)?;
///         assert_eq!(message.message().header().sending_application(), b"LAB");
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct BatchReader<R> {
    reader: R,
    max_message_bytes: usize,
    tally: Tally,
    /// Starts at the start of a line: the item that is being read, and what decides whether the
    /// next line belongs to it.
    buffer: Vec<u8>,
    /// Where the buffer starts in the file.
    offset: u64,
    ended: bool,
}

/// Why a batch file cannot be read on.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BatchError {
    /// A message, or a run of lines that is none, is longer than the limit.
    #[error("what starts at byte {offset} is longer than {max_message_bytes} bytes")]
    TooLong {
        /// Where it starts in the file, counted from 0.
        offset: u64,
        /// The limit.
        max_message_bytes: usize,
    },
    /// The reader failed.
    #[error("reading failed at byte {offset}")]
    Read {
        /// How much of the file had been read.
        offset: u64,
        /// What the reader says.
        source: io::Error,
    },
}

impl<R: BufRead> BatchReader<R> {
    /// Over a file from its start. No message may be longer than the limit.
    pub fn new(reader: R, max_message_bytes: usize) -> BatchReader<R> {
        BatchReader {
            reader,
            max_message_bytes,
            tally: Tally::default(),
            buffer: Vec::new(),
            offset: 0,
            ended: false,
        }
    }

    fn item(&mut self) -> Result<Option<BatchItem<Bytes>>, BatchError> {
        loop {
            let next = self.next_kind()?;
            if let Some(unclosed) = self.tally.unclosed(next) {
                return Ok(Some(unclosed));
            }
            let Some(kind) = next else {
                return Ok(None);
            };
            let mut unit = self.unit(kind)?;
            unit.truncate(shown_bytes(kind, &unit));
            if !unit.is_empty() {
                return Ok(Some(self.tally.item(kind, Bytes::from(unit))));
            }
        }
    }

    /// What the next line begins, if there is one.
    fn next_kind(&mut self) -> Result<Option<LineKind>, BatchError> {
        self.read_line(0, DECIDING_BYTES)?;
        if self.offset == 0 {
            self.pass_mark()?;
        }
        let kind = LineKind::of(&self.buffer, &self.tally.separators());
        if kind != LineKind::Other {
            self.pass_mark()?;
        }
        self.tally.begin(kind, &self.buffer);
        Ok(Some(kind).filter(|_| !self.buffer.is_empty()))
    }

    fn pass_mark(&mut self) -> Result<(), BatchError> {
        let mark_bytes = self.buffer.len() - without_mark(&self.buffer).len();
        self.take(mark_bytes);
        self.read_line(0, DECIDING_BYTES)
    }

    /// The next message, line of the envelope, or run of lines that are neither.
    fn unit(&mut self, kind: LineKind) -> Result<Vec<u8>, BatchError> {
        let in_force = self.tally.separators();
        let goes_on = |line: &[u8]| LineKind::of(line, &in_force) == LineKind::Other;
        let mut end = 0;
        loop {
            self.read_rest_of_line(end)?;
            end = self.buffer.len();
            self.read_line(end, DECIDING_BYTES)?;
            let next = self.buffer.get(end..).unwrap_or_default();
            if next.is_empty() || !kind.goes_on() || !goes_on(next) {
                return Ok(self.take(end));
            }
        }
    }

    fn read_rest_of_line(&mut self, start: usize) -> Result<(), BatchError> {
        let one_too_many = (self.max_message_bytes - start).saturating_add(1);
        self.read_line(start, one_too_many)?;
        if self.buffer.len() > self.max_message_bytes {
            return Err(BatchError::TooLong {
                offset: self.offset,
                max_message_bytes: self.max_message_bytes,
            });
        }
        Ok(())
    }

    /// Reads on in the line that starts here in the buffer: to its end, or until so many bytes of
    /// it are there.
    fn read_line(&mut self, start: usize, enough_bytes: usize) -> Result<(), BatchError> {
        loop {
            let line = self.buffer.get(start..).unwrap_or_default();
            let missing = enough_bytes.saturating_sub(line.len());
            if missing == 0 || line.last().is_some_and(|byte| b"\r\n".contains(byte)) {
                return Ok(());
            }
            let offset = self.offset + self.buffer.len() as u64;
            let available = match self.reader.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(source) => return Err(BatchError::Read { offset, source }),
                Ok([]) => return Ok(()),
                Ok(available) => available,
            };
            let wanted = available.get(..missing).unwrap_or(available);
            let line_end = memchr2(b'\r', b'\n', wanted).and_then(|at| wanted.get(..=at));
            let piece = line_end.unwrap_or(wanted);
            let read = piece.len();
            self.buffer.extend_from_slice(piece);
            self.reader.consume(read);
        }
    }

    /// So much from the front of the buffer.
    fn take(&mut self, bytes: usize) -> Vec<u8> {
        let rest = self.buffer.split_off(bytes);
        self.offset += bytes as u64;
        mem::replace(&mut self.buffer, rest)
    }
}

impl<R: BufRead> Iterator for BatchReader<R> {
    type Item = Result<BatchItem<Bytes>, BatchError>;

    fn next(&mut self) -> Option<Result<BatchItem<Bytes>, BatchError>> {
        if self.ended {
            return None;
        }
        let item = self.item().transpose();
        self.ended = !matches!(item, Some(Ok(_)));
        item
    }
}

impl<R> fmt::Debug for BatchReader<R> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "BatchReader(at byte {})", self.offset)
    }
}
