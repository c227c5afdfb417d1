//! SQLite databases that live as long as one test.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A folder of its own for one SQLite file; both go when this is dropped.
///
/// The file does not exist yet: the code under test creates it, together with its `-wal` and
/// `-shm` companions, which is why the database gets a whole folder.
#[derive(Debug)]
pub struct TempDatabase {
    folder: TempDir,
}

impl TempDatabase {
    /// Makes the folder.
    pub fn create() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("cistern-")
            .tempdir()
            .expect("a temporary folder");
        Self { folder }
    }

    /// The address of the database: `sqlite:PATH`.
    pub fn url(&self) -> String {
        format!("sqlite:{}", self.path().display())
    }

    /// The database's file.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("cistern.db")
    }
}

/// Demands that SQLite finds nothing wrong in a database: its pages, its indexes, its constraints.
///
/// Python's SQLite looks, so that the tests do not trust the driver they test.
#[track_caller]
pub fn assert_intact(path: &Path) {
    let script = "import sqlite3, sys
for row in sqlite3.connect(sys.argv[1]).execute('PRAGMA integrity_check'):
    print(*row)";
    let mut python = Command::new("python3");
    let output = python.args(["-c", script]).arg(path).output();
    let output = output.expect("python3, whose SQLite looks at the file");
    let said = String::from_utf8_lossy(&output.stdout);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert_eq!((&*said, &*complaint), ("ok\n", ""), "{}", path.display());
}
