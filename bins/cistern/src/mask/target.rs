//! Where masked files go.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::Failure;
use crate::say::Printer;

/// Standard output, or a folder in which no file is taken for another.
pub(super) struct Target {
    folder: Option<PathBuf>,
    /// What must stay: the files that are masked, and those that are written already.
    taken: Vec<PathBuf>,
}

impl Target {
    /// Makes the folder if it is not there. Only one file can go to standard output.
    pub(super) fn new(folder: Option<&Path>, files: &[PathBuf]) -> Result<Target, Failure> {
        let Some(folder) = folder else {
            if files.len() > 1 {
                return Err("several files go to a folder: name it with --output".into());
            }
            return Ok(Target {
                folder: None,
                taken: Vec::new(),
            });
        };
        fs::create_dir_all(folder).map_err(|error| named(folder, &error))?;
        let taken = files.iter().filter_map(|file| file.canonicalize().ok());
        Ok(Target {
            folder: Some(folder.to_owned()),
            taken: taken.collect(),
        })
    }

    /// Writes what is to stand for a file.
    pub(super) fn write(&mut self, file: &Path, masked: &[u8]) -> Result<(), Failure> {
        let Some(folder) = &self.folder else {
            let mut out = Printer::new();
            out.bytes(masked)?;
            return out.finish();
        };
        let name = file
            .file_name()
            .ok_or("a folder takes files that have a name")?;
        let target = folder.join(name);
        let known = target.canonicalize();
        if known.is_ok_and(|known| self.taken.contains(&known)) {
            let target = target.display();
            return Err(format!("{target}: would be lost; name another folder").into());
        }
        fs::write(&target, masked).map_err(|error| named(&target, &error))?;
        self.taken.extend(target.canonicalize());
        Ok(())
    }
}

fn named(path: &Path, error: &io::Error) -> Failure {
    format!("{}: {error}", path.display()).into()
}
