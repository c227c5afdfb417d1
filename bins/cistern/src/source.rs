//! A file that is read part by part, however long it is.

use std::fs::File;
use std::io::{self, Read};
use std::mem;
use std::path::Path;

use bytes::Bytes;
use listener::{FileFormat, is_utf_16};

use crate::Failure;
use crate::input::STANDARD_INPUT;
use crate::parts::{Part, parts};

/// How much of a file is in memory at once, unless a message or a batch is longer.
const PART_BYTES: usize = 8 * 1024 * 1024;

/// A file of which some is read. A part ends where a message or a row ends; from the line on that
/// begins a batch, all the rest is one, because a batch is kept in one commit.
pub(crate) struct Source {
    reader: Box<dyn Read>,
    format: FileFormat,
    /// Read, and not yet given out.
    buffer: Vec<u8>,
    ended: bool,
    /// How long it is, where that is known.
    pub(crate) bytes: Option<u64>,
}

impl Source {
    /// Opens a file, or standard input; fails where no message is in its first part.
    pub(crate) fn open(path: &Path, format: FileFormat) -> Result<Source, Failure> {
        let named = |error: io::Error| format!("{}: {error}", path.display());
        let mut source = opened(path, format).map_err(named)?;
        source.fill(PART_BYTES).map_err(named)?;
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
            self.fill(PART_BYTES)?;
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
        let is_header = |line: &[u8]| line.starts_with(b"FHS") || line.starts_with(b"BHS");
        self.format == FileFormat::Hl7
            && starts(&self.buffer).any(|start| is_header(text(self.from(start))))
    }

    /// Where the last message begins, and so the one before it ends; of rows, where the last line
    /// ends.
    fn last_end(&self) -> usize {
        match self.format {
            FileFormat::Hl7 => starts(&self.buffer)
                .filter(|start| text(self.from(*start)).starts_with(b"MSH"))
                .last(),
            FileFormat::Cwlab => starts(&self.buffer).last(),
        }
        .unwrap_or(0)
    }

    fn from(&self, start: usize) -> &[u8] {
        self.buffer.get(start..).unwrap_or_default()
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

/// A line without the byte order mark and the start of a frame.
fn text(line: &[u8]) -> &[u8] {
    let line = line.strip_prefix(b"\x0B").unwrap_or(line);
    line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line)
}
