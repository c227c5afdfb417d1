//! How a file leaves a folder: by its name, or with a number where that is taken.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use service::FolderConfig;

/// What the file is called by which a folder is tried; its name begins with a dot, so that nobody
/// reads it.
const PROBE: &str = ".cistern-check";

/// A name in a folder that nobody else takes: another listener may move files there too.
struct Place {
    file: PathBuf,
    report: PathBuf,
    /// What is there while the place is taken; the report until it is whole.
    claim: PathBuf,
}

/// Moves a file into another folder, with a report beside it.
pub(super) fn leave(file: &Path, folder: &Path, report: Option<&str>) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let name = file.file_name().unwrap_or_default();
    let (place, claim) = claim(folder, name)?;
    let moved = place.fill(file, report, claim);
    if report.is_none() || moved.is_err() {
        fs::remove_file(&place.claim).ok();
    }
    moved
}

/// Whether files can be written to a folder and moved from it to where they go.
pub(crate) fn probe(settings: &FolderConfig) -> Result<(), (PathBuf, io::Error)> {
    let file = settings.path.join(PROBE);
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |error| (path, error)
    };
    fs::read_dir(&settings.path).map_err(failed(&settings.path))?;
    for folder in [settings.processed(), settings.rejected()] {
        fs::write(&file, "").map_err(failed(&settings.path))?;
        let to = folder.join(PROBE);
        let moved = fs::create_dir_all(&folder).and_then(|()| fs::rename(&file, &to));
        fs::remove_file(if moved.is_ok() { &to } else { &file }).ok();
        moved.map_err(failed(&folder))?;
    }
    Ok(())
}

/// The first place of this name that is free, with its claim, which is empty.
fn claim(folder: &Path, name: &OsStr) -> io::Result<(Place, File)> {
    let mut number = 1_u32;
    loop {
        let place = Place::of(folder, numbered(name, number));
        if place.is_free()?
            && let Some(claim) = place.claim()?
        {
            return Ok((place, claim));
        }
        number += 1;
    }
}

impl Place {
    fn of(folder: &Path, name: OsString) -> Place {
        let mut report = name.clone();
        report.push(".report.txt");
        let mut claim = OsString::from(".");
        claim.push(&report);
        Place {
            file: folder.join(name),
            report: folder.join(report),
            claim: folder.join(claim),
        }
    }

    /// Whether neither a file nor a report is there.
    fn is_free(&self) -> io::Result<bool> {
        Ok(!fs::exists(&self.file)? && !fs::exists(&self.report)?)
    }

    /// Takes the place, unless another listener has it, or had it and was killed.
    fn claim(&self) -> io::Result<Option<File>> {
        let claim = match File::create_new(&self.claim) {
            Ok(claim) => claim,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(None),
            Err(error) => return Err(error),
        };
        // The other may have filled it since we looked.
        let is_free = self.is_free();
        if !matches!(is_free, Ok(true)) {
            fs::remove_file(&self.claim).ok();
        }
        Ok(is_free?.then_some(claim))
    }

    /// Puts a file here. Whoever waits for its report finds that whole.
    fn fill(&self, file: &Path, report: Option<&str>, mut claim: File) -> io::Result<()> {
        let Some(report) = report else {
            return fs::rename(file, &self.file);
        };
        claim.write_all(report.as_bytes())?;
        claim.sync_all()?;
        fs::rename(&self.claim, &self.report)?;
        let moved = fs::rename(file, &self.file);
        if moved.is_err() {
            fs::remove_file(&self.report).ok();
        }
        moved
    }
}

/// `weekly-2.hl7` for the second file of the name `weekly.hl7`.
fn numbered(name: &OsStr, number: u32) -> OsString {
    if number == 1 {
        return name.to_owned();
    }
    let path = Path::new(name);
    let mut numbered = path.file_stem().unwrap_or_default().to_owned();
    numbered.push(format!("-{number}"));
    if let Some(extension) = path.extension() {
        numbered.push(".");
        numbered.push(extension);
    }
    numbered
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::{fs, thread};

    use super::{leave, numbered};

    /// The files of several folders, whose names are the same, as several listeners move them.
    #[test]
    fn nobody_takes_the_place_of_another() {
        let folder = tempfile::tempdir().unwrap();
        let way_out = folder.path().join("rejected");
        let (listeners, files) = (4, 25);
        thread::scope(|scope| {
            for listener in 0..listeners {
                let (folder, way_out) = (folder.path().join(listener.to_string()), &way_out);
                scope.spawn(move || {
                    fs::create_dir(&folder).unwrap();
                    for file in 0..files {
                        let (path, text) = (folder.join("a.hl7"), format!("{listener} {file}"));
                        fs::write(&path, &text).unwrap();
                        leave(&path, way_out, (file % 2 == 0).then_some(&*text)).unwrap();
                    }
                });
            }
        });
        let read = |name: &str| fs::read_to_string(way_out.join(name)).ok();
        let mut found = Vec::new();
        for number in 1..=listeners * files {
            let name = numbered(OsStr::new("a.hl7"), number).into_string().unwrap();
            let text = read(&name).unwrap();
            let is_told = !text.ends_with(['1', '3', '5', '7', '9']);
            let report = read(&format!("{name}.report.txt"));
            assert_eq!(report, is_told.then(|| text.clone()), "{name}");
            found.push(text);
        }
        found.sort();
        found.dedup();
        assert_eq!(found.len(), usize::try_from(listeners * files).unwrap());
        let reports = 4 * 13;
        assert_eq!(
            fs::read_dir(&way_out).unwrap().count(),
            found.len() + reports
        );
    }

    #[test]
    fn the_extension_stays() {
        let cases = [
            ("weekly.hl7", 1, "weekly.hl7"),
            ("weekly.hl7", 2, "weekly-2.hl7"),
            ("a.b.CWLAB", 13, "a.b-13.CWLAB"),
            ("plain", 2, "plain-2"),
        ];
        for (name, number, expected) in cases {
            assert_eq!(numbered(OsStr::new(name), number), OsStr::new(expected));
        }
    }
}
