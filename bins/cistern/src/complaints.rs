//! What goes wrong with one of several files, which keeps nobody from the others.

use std::fmt::{self, Display};

use service::report;

use crate::Failure;
use crate::say::NobodyReads;

/// Each thing that goes wrong is told at once; in the end it shows in the exit code.
#[derive(Default)]
pub(crate) struct Complaints {
    any: bool,
}

/// What is wrong has been told, and only the exit code remains.
#[derive(Debug)]
pub(crate) struct Told;

impl Complaints {
    /// Tells what went wrong.
    pub(crate) fn tell(&mut self, failure: &Failure) {
        report("cistern", &**failure);
        self.any = true;
    }

    /// Tells what somebody should know, although nothing went wrong.
    pub(crate) fn note(what: &Failure) {
        report("cistern", &**what);
    }

    /// Tells of a failure, and goes on; but where nobody reads, nothing is left to do.
    pub(crate) fn take(&mut self, done: Result<(), Failure>) -> Result<(), Failure> {
        match done {
            Err(failure) if failure.is::<NobodyReads>() => return Err(failure),
            Err(failure) => self.tell(&failure),
            Ok(()) => {}
        }
        Ok(())
    }

    /// A failure where anything went wrong.
    pub(crate) fn end(self) -> Result<(), Failure> {
        if self.any { Err(Told.into()) } else { Ok(()) }
    }
}

impl Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what is wrong has been told")
    }
}

impl std::error::Error for Told {}
