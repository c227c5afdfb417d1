//! The demo's database: made anew each time, and never in the place of another's.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use crate::Failure;

/// What follows the name of the file in that of its marker.
const MARKER: &str = ".demo";

/// A file that a demo made, with a marker beside it that says so. The marker is locked for as long
/// as this lives.
pub(super) struct OwnFile {
    _marker: File,
}

impl OwnFile {
    /// Makes an empty file at `path`. That of an earlier demo is replaced, any other refused.
    pub(super) fn make(path: &Path) -> Result<OwnFile, Failure> {
        let taken = ["", "-wal"].iter().any(|suffix| is_there(path, suffix));
        if taken && !is_marked(path) {
            return Err(refusal(path, "no demo made what is there, so it stays"));
        }
        let mut marker = open_marker(path)?;
        lock(&marker, path)?;
        remove_earlier(path)?;
        let file = File::create_new(path)
            .map_err(|error| refusal(path, &format!("cannot be made: {error}")))?;
        marker.set_len(0)?;
        marker.write_all(mark(&file)?.as_bytes())?;
        Ok(OwnFile { _marker: marker })
    }
}

/// Whether the marker beside `path` speaks of this very file: a later one may have its name.
fn is_marked(path: &Path) -> bool {
    let said = fs::read_to_string(beside(path, MARKER));
    let file = File::open(path).and_then(|file| mark(&file));
    matches!((said, file), (Ok(said), Ok(mark)) if said == mark)
}

fn open_marker(path: &Path) -> Result<File, Failure> {
    let mut options = File::options();
    options.write(true).create(true).truncate(false);
    let opened = options.open(beside(path, MARKER));
    opened.map_err(|error| refusal(path, &format!("cannot be marked as a demo's: {error}")))
}

fn lock(marker: &File, path: &Path) -> Result<(), Failure> {
    match marker.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(refusal(path, "an earlier demo still runs on it")),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

/// The file, and what SQLite and the tank keep beside it.
fn remove_earlier(path: &Path) -> io::Result<()> {
    for suffix in ["", "-wal", "-shm", "-flush"] {
        match fs::remove_file(beside(path, suffix)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// What the marker says: that a demo made the file which came to be at that time, where the file
/// system knows it.
fn mark(file: &File) -> io::Result<String> {
    let created = file.metadata()?.created().ok();
    let since = created.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let nanos = since.map_or(0, |since| since.as_nanos());
    Ok(format!("made by cistern demo, {nanos} ns after 1970\n"))
}

fn is_there(path: &Path, suffix: &str) -> bool {
    fs::symlink_metadata(beside(path, suffix)).is_ok()
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn refusal(path: &Path, why: &str) -> Failure {
    let file = path.display();
    format!("{file}: {why}; name another file with --database").into()
}
