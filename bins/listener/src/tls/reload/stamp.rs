//! A stamp: what a file shows of a change without being read.

use std::fs::{self, Metadata};
use std::path::PathBuf;
use std::time::SystemTime;

/// What a file shows of a change without being read; nothing where there is none to look at.
pub(super) type Stamp = Option<Shown>;

#[derive(Clone, PartialEq, Eq)]
pub(super) struct Shown {
    /// A file system may count time in ticks, and a copy may bear the time of its origin.
    written: Option<SystemTime>,
    length: u64,
    /// The number of the file, which a rename changes.
    number: u64,
}

pub(super) fn stamps(files: &[PathBuf]) -> Vec<Stamp> {
    files.iter().map(stamp).collect()
}

fn stamp(file: &PathBuf) -> Stamp {
    let shown = fs::metadata(file).ok()?;
    Some(Shown {
        written: shown.modified().ok(),
        length: shown.len(),
        number: number(&shown),
    })
}

#[cfg(unix)]
fn number(shown: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(shown)
}

#[cfg(not(unix))]
fn number(_: &Metadata) -> u64 {
    0
}
