//! What keeps a folder from being read, told once, and once more when it is over.

use std::fmt::{self, Display};
use std::io;
use std::path::Path;

use crate::keeper::Failure;

/// Why files stay where they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The folder cannot be listed.
    Look(io::ErrorKind),
    /// A file cannot be read.
    Read(io::ErrorKind),
    /// A file that is kept cannot be moved.
    Move(io::ErrorKind),
    /// The tank does not keep what a file holds.
    NotKept(Failure),
}

/// The trouble of one folder.
pub(super) struct Trouble {
    feed: String,
    folder: String,
    told: Option<Fault>,
}

impl Trouble {
    pub(super) fn new(feed: &str, folder: &Path) -> Trouble {
        Trouble {
            feed: feed.to_owned(),
            folder: folder.display().to_string(),
            told: None,
        }
    }

    /// Says what is other than it was.
    pub(super) fn tell(&mut self, done: Result<(), Fault>) {
        let Trouble { feed, folder, told } = self;
        let fault = done.err();
        match fault {
            Some(ref fault) if told.as_ref() != Some(fault) => {
                tracing::error!(feed, folder, reason = %fault, "files stay in their folder");
            }
            None if told.is_some() => tracing::info!(feed, folder, "files are taken again"),
            _ => {}
        }
        *told = fault;
    }
}

impl Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Look(kind) => write!(f, "the folder cannot be listed: {kind}"),
            Fault::Read(kind) => write!(f, "a file cannot be read: {kind}"),
            Fault::Move(kind) => write!(f, "a file that is kept cannot be moved: {kind}"),
            Fault::NotKept(failure) => {
                write!(f, "the database does not keep what they hold: {failure}")
            }
        }
    }
}
