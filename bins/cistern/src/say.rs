//! Lines on standard output, for whoever reads them.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write as _};

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
    match write!(io::stdout(), "{lines}") {
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
