//! What the programs on one SQLite file tell each other: whose turn it is to flush the file, and
//! whether a flush of it has failed.
//!
//! They share an empty file beside it, which is locked for a turn. One byte in it says that a flush
//! has failed. It needs no room on a full disk, and no flush: with the power, all programs are gone.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteLockingMode};
use sqlx::{Connection as _, Row as _};

use crate::error::FlushFailed;

/// What the name of the file has behind that of the database.
const SUFFIX: &str = "-flush";

/// What is told of one SQLite file; of one in memory nothing, since it has one program.
#[derive(Debug)]
pub(crate) struct Suspicion {
    mark: Option<File>,
}

/// A turn to flush, until it is dropped.
#[derive(Debug)]
pub(crate) struct Turn<'a> {
    mark: Option<&'a File>,
}

impl Suspicion {
    pub(crate) fn of(database: &Path) -> io::Result<Suspicion> {
        let mark = match database.metadata() {
            Ok(metadata) => Some(open(&path(database), &metadata)?),
            Err(_) => None,
        };
        Ok(Suspicion { mark })
    }

    /// Whether a flush has failed since the file was last recovered.
    pub(crate) fn is_raised(&self) -> bool {
        let mark = self.mark.as_ref();
        mark.is_some_and(|mark| mark.metadata().is_ok_and(|mark| mark.len() > 0))
    }

    /// Takes the turn, unless another has it.
    pub(crate) fn turn(&self) -> Option<Turn<'_>> {
        if let Some(mark) = &self.mark {
            mark.try_lock().ok()?;
        }
        Some(Turn {
            mark: self.mark.as_ref(),
        })
    }

    /// Copies all of the log into the file once more, and flushes that. It needs the file for
    /// itself: as long as any program has it open, SQLite remembers what was copied before, and
    /// would not copy it again.
    pub(crate) async fn lay(&self, options: &SqliteConnectOptions) -> Result<(), sqlx::Error> {
        if !self.is_raised() {
            return Ok(());
        }
        let turn = self.turn().ok_or(FlushFailed)?;
        let alone = options.clone().locking_mode(SqliteLockingMode::Exclusive);
        let mut connection = SqliteConnection::connect_with(&alone)
            .await
            .map_err(|_| FlushFailed)?;
        let emptied = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut connection);
        let is_busy: i64 = emptied.await.map_err(|_| FlushFailed)?.try_get(0)?;
        if is_busy != 0 {
            return Err(FlushFailed.into());
        }
        connection.close().await?;
        turn.mark(0).map_err(sqlx::Error::Io)
    }
}

impl Turn<'_> {
    /// Tells every program that a flush has failed.
    pub(crate) fn raise(&self) {
        if let Err(error) = self.mark(1) {
            tracing::error!(kind = ?error.kind(), "other programs cannot be told: stop them");
        }
    }

    fn mark(&self, length: u64) -> io::Result<()> {
        self.mark.map_or(Ok(()), |mark| mark.set_len(length))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if let Some(mark) = self.mark {
            // A file that is open can be unlocked.
            mark.unlock().ok();
        }
    }
}

fn path(database: &Path) -> PathBuf {
    let mut path = database.as_os_str().to_owned();
    path.push(SUFFIX);
    path.into()
}

/// Whoever may write to the database may write to the mark, whoever made it.
fn open(path: &Path, database: &Metadata) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true);
    match options.open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        opened => return opened,
    }
    let mark = options.create(true).truncate(false).open(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt as _, fchown};
        // Only root can, and only root needs to.
        fchown(&mark, Some(database.uid()), Some(database.gid())).ok();
    }
    mark.set_permissions(database.permissions())?;
    Ok(mark)
}
