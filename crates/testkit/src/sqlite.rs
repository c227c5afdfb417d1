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
#[track_caller]
pub fn assert_intact(path: &Path) {
    let found = rows(path, "PRAGMA integrity_check");
    assert_eq!(found, ["ok"], "{}", path.display());
}

/// The rows that a query gives, their columns parted by tabs. It may use `sha256(bytes)`, in
/// hexadecimal.
///
/// Python's SQLite looks, so that the tests do not trust the driver they test.
#[track_caller]
pub fn rows(path: &Path, query: &str) -> Vec<String> {
    let script = "import hashlib, sqlite3, sys
database = sqlite3.connect(sys.argv[1])
database.create_function('sha256', 1, lambda bytes: hashlib.sha256(bytes).hexdigest())
for row in database.execute(sys.argv[2]):
    print(*row, sep='\\t')";
    let mut python = Command::new("python3");
    let output = python.args(["-c", script]).arg(path).arg(query).output();
    let output = output.expect("python3, whose SQLite looks at the file");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {complaint}", path.display());
    let rows = String::from_utf8_lossy(&output.stdout);
    rows.lines().map(str::to_owned).collect()
}
