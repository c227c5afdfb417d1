//! What keeps a folder from being read, each fault told once, and once more when all are over.

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
    told: Vec<Fault>,
}

impl Trouble {
    pub(super) fn new(feed: &str, folder: &Path) -> Trouble {
        Trouble {
            feed: feed.to_owned(),
            folder: folder.display().to_string(),
            told: Vec::new(),
        }
    }

    /// Says what was not said since the last time that all was well.
    pub(super) fn tell(&mut self, done: Result<(), Fault>) {
        let Trouble { feed, folder, told } = self;
        match done {
            Err(fault) if !told.contains(&fault) => {
                tracing::error!(feed, folder, reason = %fault, "files stay in their folder");
                told.push(fault);
            }
            Err(_) => {}
            Ok(()) if told.is_empty() => {}
            Ok(()) => {
                tracing::info!(feed, folder, "files are taken again");
                told.clear();
            }
        }
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
