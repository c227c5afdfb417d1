//! Reads the files of the checkout that a check looks at.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::run::{Failure, workspace};

/// Files by their path below the workspace.
pub(crate) type Files = BTreeMap<PathBuf, String>;

/// Every file of the workspace whose name ends with `suffix`.
///
/// Leaves out what is hidden or built, and `fuzz`, which is a workspace of its own.
pub(crate) fn files(suffix: &str) -> Result<Files, Failure> {
    let mut files = Files::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        for name in names(&folder)? {
            let path = folder.join(&name);
            let left_out = name.starts_with('.') || ["target", "fuzz"].contains(&name.as_str());
            if workspace().join(&path).is_dir() {
                if !left_out {
                    folders.push(path);
                }
            } else if name.ends_with(suffix) {
                let text = read(&path)?;
                files.insert(path, text);
            }
        }
    }
    Ok(files)
}

/// The text of a file by its path below the workspace.
pub(crate) fn read(path: impl AsRef<Path>) -> Result<String, Failure> {
    let path = path.as_ref();
    fs::read_to_string(workspace().join(path)).map_err(|error| unreadable(path, &error))
}

fn names(folder: &Path) -> Result<Vec<String>, Failure> {
    let listing =
        fs::read_dir(workspace().join(folder)).map_err(|error| unreadable(folder, &error))?;
    let names = listing.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    names
        .collect::<std::io::Result<_>>()
        .map_err(|error| unreadable(folder, &error))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("{}: {error}", path.display()))
}
