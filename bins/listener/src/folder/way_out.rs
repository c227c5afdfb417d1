//! How a file leaves a folder: by its name, or with a number where that is taken.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use service::FolderConfig;

/// What the file is called by which a folder is tried; its name begins with a dot, so that nobody
/// reads it.
const PROBE: &str = ".cistern-check";

/// Moves a file into another folder, with a report beside it.
pub(super) fn leave(file: &Path, folder: &Path, report: Option<&str>) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let name = file.file_name().unwrap_or_default();
    let (to, report_file) = free_place(folder, name)?;
    if let Some(report) = report {
        let written = write_whole(&report_file, report);
        if let Err(error) = written.and_then(|()| fs::rename(file, &to)) {
            fs::remove_file(report_file).ok();
            return Err(error);
        }
        return Ok(());
    }
    fs::rename(file, to)
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

/// A name that neither a file nor a report has, and that of its report.
fn free_place(folder: &Path, name: &OsStr) -> io::Result<(PathBuf, PathBuf)> {
    let mut number = 1_u32;
    loop {
        let name = numbered(name, number);
        let mut report = name.clone();
        report.push(".report.txt");
        let (to, report) = (folder.join(name), folder.join(report));
        if !fs::exists(&to)? && !fs::exists(&report)? {
            return Ok((to, report));
        }
        number += 1;
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

/// Writes a report that whoever waits for it finds whole. Its name begins with a dot until then.
fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    let unfinished = path.with_file_name(name);
    let written = fs::write(&unfinished, text).and_then(|()| fs::rename(&unfinished, path));
    if written.is_err() {
        fs::remove_file(unfinished).ok();
    }
    written
}

#[cfg(test)]
mod tests {
    use super::numbered;
    use std::ffi::OsStr;

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
