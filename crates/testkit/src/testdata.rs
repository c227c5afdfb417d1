//! The workspace's `testdata` folder: messages, mappings and tables of invented people.

use std::fs;
use std::path::{Path, PathBuf};

/// The file or folder `name` of `testdata`, such as `messages/adt_a01.hl7`.
pub fn path(name: impl AsRef<Path>) -> PathBuf {
    workspace().join("testdata").join(name)
}

/// The bytes of the file `name` of `testdata`.
#[track_caller]
pub fn read(name: impl AsRef<Path>) -> Vec<u8> {
    let path = path(name);
    match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) => panic!("{}: {error}", path.display()),
    }
}

/// Every `.hl7` file of `testdata/messages` and its subfolders, sorted by path.
#[track_caller]
pub fn messages() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![path("messages")];
    while let Some(folder) = folders.pop() {
        for entry in entries(&folder) {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry
                .extension()
                .is_some_and(|extension| extension == "hl7")
            {
                found.push(entry);
            }
        }
    }
    found.sort();
    found
}

/// The root of the workspace.
pub(crate) fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .expect("testkit lies two folders below the workspace")
}

#[track_caller]
fn entries(folder: &Path) -> Vec<PathBuf> {
    let listing =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    listing
        .map(|entry| entry.expect("a readable folder entry").path())
        .collect()
}
