//! A file that is read part by part, however long it is.

use std::fs::File;
use std::io::{self, Read};
use std::mem;
use std::path::Path;

use bytes::Bytes;
use hl7::{Batch, BatchItem};
use listener::{FileFormat, frame_contents, is_utf_16};

use crate::Failure;
use crate::input::STANDARD_INPUT;
use crate::parts::{Part, parts};

/// How much of a file is in memory at once, unless a message or a batch is longer.
const PART_BYTES: usize = 8 * 1024 * 1024;

/// More bytes than tell whether a line begins a message: `MSH-9 is wrong` in a broken note does not.
const HEADER_BYTES: usize = 16;

/// A file of which some is read. A part ends where a message or a row ends; from the line on that
/// begins a batch, all the rest is one, because a batch is kept in one commit.
pub(crate) struct Source {
    reader: Box<dyn Read>,
    format: FileFormat,
    /// Read, and not yet given out.
    buffer: Vec<u8>,
    ended: bool,
    part_bytes: usize,
    /// How long it is, where that is known.
    pub(crate) bytes: Option<u64>,
}

impl Source {
    /// Opens a file, or standard input; fails where no message is in its first part.
    pub(crate) fn open(path: &Path, format: FileFormat) -> Result<Source, Failure> {
        let named = |error: io::Error| format!("{}: {error}", path.display());
        let mut source = opened(path, format).map_err(named)?;
        source.fill(source.part_bytes).map_err(named)?;
        let name = path.display();
        if is_utf_16(&source.buffer) {
            return Err(format!("{name}: this is UTF-16: write it in UTF-8").into());
        }
        let is_message = |part: Part<'_>| part.message().is_some() || part.fault().is_some();
        if format == FileFormat::Hl7 && !parts(&source.buffer).any(is_message) {
            let sentence = "no message is in it: none of its lines begins with MSH";
            return Err(format!("{name}: {sentence}").into());
        }
        Ok(source)
    }

    /// The next part, until there is none.
    pub(crate) fn part(&mut self) -> io::Result<Option<Bytes>> {
        loop {
            self.fill(self.part_bytes)?;
            if self.has_batch() {
                self.reader.read_to_end(&mut self.buffer)?;
                self.ended = true;
            }
            let end = if self.ended {
                self.buffer.len()
            } else {
                self.last_end()
            };
            if end > 0 {
                let rest = self.buffer.split_off(end);
                return Ok(Some(Bytes::from(mem::replace(&mut self.buffer, rest))));
            }
            if self.ended {
                return Ok(None);
            }
            // A message that is longer than a part.
            self.fill(2 * self.buffer.len())?;
        }
    }

    /// Reads on until so much is there.
    fn fill(&mut self, bytes: usize) -> io::Result<()> {
        let missing = bytes.saturating_sub(self.buffer.len());
        if missing == 0 || self.ended {
            return Ok(());
        }
        let limit = u64::try_from(missing).unwrap_or(u64::MAX);
        let read = self
            .reader
            .by_ref()
            .take(limit)
            .read_to_end(&mut self.buffer)?;
        self.ended = read < missing;
        Ok(())
    }

    fn has_batch(&self) -> bool {
        let is_header = |item| matches!(item, BatchItem::FileHeader(_) | BatchItem::BatchHeader(_));
        self.format == FileFormat::Hl7 && self.items().any(is_header)
    }

    /// Where the last message begins, and so the one before it ends; of rows, where the last line
    /// ends.
    fn last_end(&self) -> usize {
        let end = match self.format {
            FileFormat::Hl7 => self.last_message(),
            FileFormat::Cwlab => starts(&self.buffer).last(),
        };
        end.unwrap_or(0)
    }

    /// The start of the last message of which so much is read that it is known to be one.
    fn last_message(&self) -> Option<usize> {
        let messages = self.items().filter_map(|item| match item {
            BatchItem::Message(message) if message.len() >= HEADER_BYTES => Some(message),
            _ => None,
        });
        let start = messages.last()?.as_ptr().addr() - self.buffer.as_ptr().addr();
        let before = self.buffer.get(..start)?;
        Some(without_prefix(before).len())
    }

    /// What is in the buffer, cut as it is when it is kept.
    fn items(&self) -> impl Iterator<Item = BatchItem<&[u8]>> {
        frame_contents(&self.buffer).flat_map(Batch::new)
    }
}

fn opened(path: &Path, format: FileFormat) -> io::Result<Source> {
    let (reader, bytes): (Box<dyn Read>, _) = if path == STANDARD_INPUT {
        (Box::new(io::stdin()), None)
    } else {
        let file = File::open(path)?;
        let bytes = file.metadata()?.len();
        (Box::new(file), Some(bytes))
    };
    Ok(Source {
        reader,
        format,
        buffer: Vec::new(),
        ended: false,
        part_bytes: PART_BYTES,
        bytes,
    })
}

/// Where lines begin.
fn starts(buffer: &[u8]) -> impl Iterator<Item = usize> {
    let breaks = buffer
        .iter()
        .zip(1..)
        .filter(|(byte, _)| b"\r\n".contains(byte));
    std::iter::once(0).chain(breaks.map(|(_, start)| start))
}

/// What stands before a message, without the start of its frame and its byte order mark.
fn without_prefix(before: &[u8]) -> &[u8] {
    let before = before.strip_suffix(b"\xEF\xBB\xBF").unwrap_or(before);
    before.strip_suffix(b"\x0B").unwrap_or(before)
}

#[cfg(test)]
mod tests {
    use listener::FileFormat;

    use super::Source;

    fn parts(file: &str, format: FileFormat, part_bytes: usize) -> Vec<String> {
        let mut source = Source {
            reader: Box::new(std::io::Cursor::new(file.to_owned())),
            format,
            buffer: Vec::new(),
            ended: false,
            part_bytes,
            bytes: None,
        };
        let mut parts = Vec::new();
        while let Some(part) = source.part().unwrap() {
            parts.push(String::from_utf8(part.to_vec()).unwrap());
        }
        parts
    }

    #[test]
    fn a_part_ends_before_a_message() {
        let messages = [
            "MSH|^~\\&|LAB|A\rPID|1\r\n",
            "MSH|^~\\&|LAB|B\rNTE|a long\rMSH-9 line, MSH|^~\\&\r",
            "\x0BMSH|^~\\&|LAB|C\rMSH is no line to end at\r\x1C\r",
            "\u{feff}MSH|^~\\&|LAB|D\rPID|1\r",
            "MSH|^~\\&|LAB|E\r",
        ];
        let file = messages.concat();
        let starts = (0..5).map(|count| messages[..count].concat().len());
        let starts: Vec<usize> = starts.collect();
        for part_bytes in 1..=file.len() + 1 {
            let parts = parts(&file, FileFormat::Hl7, part_bytes);
            assert_eq!(parts.concat(), file);
            let mut start = 0;
            for part in &parts {
                assert!(starts.contains(&start), "{part_bytes}: {parts:?}");
                start += part.len();
            }
        }
        let lengths: Vec<usize> = parts(&file, FileFormat::Hl7, 44)
            .iter()
            .map(String::len)
            .collect();
        assert_eq!(lengths.len(), 3, "{lengths:?}");
    }

    #[test]
    fn what_begins_a_batch_is_the_last_part() {
        let message = "MSH|^~\\&|LAB|A\rPID|1\r";
        let batch = format!("BHS|^~\\&\r{message}{message}BTS|2\r{message}");
        let file = format!("{message}{message}{batch}");
        let cut = |file: &str| parts(file, FileFormat::Hl7, 2 * message.len() - 1);
        assert_eq!(cut(&file), [message.to_owned(), [message, &batch].concat()]);
        // A frame may end without the CR after its end block.
        let frames = format!("\x0B{message}\x1C\x0B{batch}\x1C\x0B{message}");
        assert_eq!(cut(&frames), [frames]);
    }

    #[test]
    fn a_part_of_rows_ends_with_a_line() {
        let parts = parts("a\tb\r\nc\td\ne\tf", FileFormat::Cwlab, 6);
        assert_eq!(parts, ["a\tb\r\n", "c\td\n", "e\tf"]);
    }
}
