//! Which files of a folder have come to rest.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fs::{self, Metadata};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use super::Candidate;
use super::verdict::Verdict;

/// What files are called that somebody still writes.
const UNFINISHED: [&str; 3] = ["tmp", "part", "filepart"];

/// What changes when a file is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) bytes: u64,
    modified: SystemTime,
}

/// The files of a folder, as they were seen.
pub(super) struct Sightings {
    quiet: Duration,
    files: HashMap<OsString, Sighting>,
}

struct Sighting {
    stamp: Stamp,
    /// When it was first seen like this, by our clock: that of a network share may be another.
    since: Instant,
    /// Where all that remains is to move it.
    verdict: Option<Verdict>,
}

impl Stamp {
    pub(super) fn of(metadata: &Metadata) -> io::Result<Stamp> {
        Ok(Stamp {
            bytes: metadata.len(),
            modified: metadata.modified()?,
        })
    }
}

impl Sightings {
    pub(super) fn new(quiet: Duration) -> Sightings {
        Sightings {
            quiet,
            files: HashMap::new(),
        }
    }

    /// Takes in what is there now.
    pub(super) fn update(&mut self, seen: Vec<(OsString, Stamp)>) {
        let mut before = std::mem::take(&mut self.files);
        for (name, stamp) in seen {
            let known = before.remove(&name).filter(|known| known.stamp == stamp);
            let sighting = known.unwrap_or_else(|| Sighting {
                stamp,
                since: Instant::now(),
                verdict: None,
            });
            self.files.insert(name, sighting);
        }
    }

    pub(super) fn count(&self) -> usize {
        self.files.len()
    }

    /// Those that have not changed for long enough, the oldest first.
    pub(super) fn at_rest(&self) -> Vec<Candidate> {
        let is_at_rest = |sighting: &Sighting| sighting.since.elapsed() >= self.quiet;
        let files = self.files.iter().filter(|(_, file)| is_at_rest(file));
        let mut candidates: Vec<Candidate> = files
            .map(|(name, file)| Candidate {
                name: name.clone(),
                stamp: file.stamp,
            })
            .collect();
        candidates.sort_by(|a, b| (a.stamp.modified, &a.name).cmp(&(b.stamp.modified, &b.name)));
        candidates
    }

    /// What was found of a file that could not be moved.
    pub(super) fn verdict(&self, name: &OsStr) -> Option<Verdict> {
        self.files.get(name)?.verdict.clone()
    }

    /// What comes under this name from now on is another file.
    pub(super) fn forget(&mut self, name: &OsStr) {
        self.files.remove(name);
    }

    pub(super) fn judged(&mut self, name: &OsStr, verdict: Verdict) {
        if let Some(file) = self.files.get_mut(name) {
            file.verdict = Some(verdict);
        }
    }
}

/// The files of a folder that nobody says to be writing.
pub(super) fn list(folder: &Path) -> io::Result<Vec<(OsString, Stamp)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        if is_unfinished(&name) {
            continue;
        }
        // What is gone again by now was not meant for us.
        if let Ok(metadata) = fs::metadata(folder.join(&name))
            && metadata.is_file()
        {
            files.push((name, Stamp::of(&metadata)?));
        }
    }
    Ok(files)
}

fn is_unfinished(name: &OsStr) -> bool {
    let extension = Path::new(name).extension().unwrap_or_default();
    name.as_encoded_bytes().starts_with(b".")
        || UNFINISHED
            .iter()
            .any(|it| extension.eq_ignore_ascii_case(it))
}

#[cfg(test)]
mod tests {
    use super::is_unfinished;
    use std::ffi::OsStr;

    #[test]
    fn a_name_says_whether_a_file_is_still_written() {
        let names = [
            ".a.hl7",
            "a.tmp",
            "a.hl7.PART",
            "a.filepart",
            "a.hl7",
            "part",
            "a.part.hl7",
        ];
        let unfinished = names.map(|name| is_unfinished(OsStr::new(name)));
        assert_eq!(unfinished, [true, true, true, true, false, false, false]);
    }
}
