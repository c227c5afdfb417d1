//! SQLite databases that live as long as one test.

use std::path::PathBuf;

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
