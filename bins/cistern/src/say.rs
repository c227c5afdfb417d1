//! Lines on standard output, for whoever reads them.

use std::fmt::Display;
use std::io::{self, BufWriter, ErrorKind, StdoutLock, Write as _};

use crate::Failure;

/// Nobody reads what is printed: `cistern list | head` has seen enough.
#[derive(Debug)]
pub(crate) struct NobodyReads;

/// Prints a text and ends its line.
pub(crate) fn say(text: impl Display) -> Result<(), Failure> {
    say_lines(format_args!("{text}\n"))
}

/// Prints lines that are ended already, or none.
pub(crate) fn say_lines(lines: impl Display) -> Result<(), Failure> {
    said(write!(io::stdout(), "{lines}"))
}

/// Standard output for much at once, which leaves in large pieces.
pub(crate) struct Printer(BufWriter<StdoutLock<'static>>);

impl Printer {
    pub(crate) fn new() -> Printer {
        Printer(BufWriter::new(io::stdout().lock()))
    }

    /// Prints a text as it is.
    pub(crate) fn text(&mut self, text: impl Display) -> Result<(), Failure> {
        said(write!(self.0, "{text}"))
    }

    /// Prints bytes as they are.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        said(self.0.write_all(bytes))
    }

    /// Prints what is still held back.
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        said(self.0.flush())
    }
}

fn said(written: io::Result<()>) -> Result<(), Failure> {
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(NobodyReads.into()),
        written => Ok(written?),
    }
}

impl Display for NobodyReads {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("nobody reads what is printed")
    }
}

impl std::error::Error for NobodyReads {}
