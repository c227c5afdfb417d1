//! Which files of a folder have come to rest.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fs::{self, Metadata};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use super::Candidate;
use super::verdict::Verdict;
use crate::keeper::Failure;

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
    /// Why the tank did not keep it when it was tried, each reason once.
    failures: Vec<Failure>,
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
    pub(super) fn update(&mut self, seen: Vec<(OsString, Stamp)>, now: Instant) {
        let mut before = std::mem::take(&mut self.files);
        for (name, stamp) in seen {
            let known = before.remove(&name).filter(|known| known.stamp == stamp);
            let sighting = known.unwrap_or(Sighting {
                stamp,
                since: now,
                verdict: None,
                failures: Vec::new(),
            });
            self.files.insert(name, sighting);
        }
    }

    pub(super) fn count(&self) -> usize {
        self.files.len()
    }

    /// Those that have not changed for long enough, the oldest first.
    pub(super) fn at_rest(&self, now: Instant) -> Vec<Candidate> {
        let is_at_rest = |file: &Sighting| now.duration_since(file.since) >= self.quiet;
        let files = self.files.iter().filter(|(_, file)| is_at_rest(file));
        let mut files: Vec<_> = files.collect();
        files.sort_by_key(|(name, file)| (file.stamp.modified, *name));
        let candidate = |(name, file): (&OsString, &Sighting)| Candidate {
            name: name.clone(),
            stamp: file.stamp,
        };
        files.into_iter().map(candidate).collect()
    }

    /// What was found of a file that could not be moved.
    pub(super) fn verdict(&self, name: &OsStr) -> Option<Verdict> {
        self.files.get(name)?.verdict.clone()
    }

    /// What comes under this name from now on is another file.
    pub(super) fn forget(&mut self, name: &OsStr) {
        self.files.remove(name);
    }

    /// Why the tank did not keep it when it was tried.
    pub(super) fn failures(&self, name: &OsStr) -> Vec<Failure> {
        let file = self.files.get(name);
        file.map(|file| file.failures.clone()).unwrap_or_default()
    }

    /// Whether this is another failure than those before.
    pub(super) fn not_kept(&mut self, name: &OsStr, failure: &Failure) -> bool {
        let Some(file) = self.files.get_mut(name) else {
            return true;
        };
        let is_new = !file.failures.contains(failure);
        if is_new {
            file.failures.push(failure.clone());
        }
        is_new
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
    use std::ffi::{OsStr, OsString};
    use std::time::{Duration, Instant, SystemTime};

    use super::{Sightings, Stamp, is_unfinished};

    #[test]
    fn a_file_is_at_rest_once_it_has_not_changed_for_long_enough() {
        let begin = Instant::now();
        let at = |secs| begin + Duration::from_secs(secs);
        let file = |name: &str, bytes, secs| {
            let modified = SystemTime::UNIX_EPOCH + Duration::from_secs(secs);
            (OsString::from(name), Stamp { bytes, modified })
        };
        let mut sightings = Sightings::new(Duration::from_secs(5));
        let mut look = |secs, seen: &[_]| {
            sightings.update(seen.to_vec(), at(secs));
            let resting = sightings.at_rest(at(secs)).into_iter();
            resting
                .map(|it| it.name.into_string().unwrap())
                .collect::<Vec<_>>()
        };
        let [a, b, c] = [file("a", 1, 7), file("b", 1, 3), file("c", 1, 9)];
        assert!(look(0, &[a.clone(), b.clone()]).is_empty());
        assert!(look(4, &[a.clone(), b.clone(), c.clone()]).is_empty());
        assert_eq!(look(5, &[a.clone(), b.clone(), c.clone()]), ["b", "a"]);
        let grown = file("b", 2, 3);
        assert_eq!(look(6, &[a.clone(), grown.clone(), c.clone()]), ["a"]);
        let touched = file("a", 1, 8);
        assert_eq!(look(9, &[touched, grown.clone(), c.clone()]), ["c"]);
        assert_eq!(look(10, std::slice::from_ref(&c)), ["c"]);
        assert!(look(11, &[a.clone(), grown.clone()]).is_empty());
        assert_eq!(look(16, &[a, grown]), ["b", "a"]);
    }

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
