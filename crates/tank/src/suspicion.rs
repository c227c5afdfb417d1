//! What the programs on one SQLite file tell each other: whose turn it is to flush the file, and
//! whether a flush of it has failed.
//!
//! They share an empty file beside it, which is locked for a turn. One byte in it says that a flush
//! has failed. It needs no room on a full disk, and no flush: with the power, all programs are gone.

use std::fs::{File, Metadata, OpenOptions, TryLockError};
use std::io;
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteLockingMode};
use sqlx::{Connection as _, Row as _};
use tokio::sync::{Mutex, MutexGuard};

use crate::error::{FlushFailed, is_busy};

/// What the name of the file has behind that of the database.
const SUFFIX: &str = "-flush";

/// How long whoever starts after a failed flush waits to have the file for itself. It has the turn
/// meanwhile, and whoever started it starts it again.
const ALONE_LIMIT: Duration = Duration::from_secs(2);

/// What is told of one SQLite file; of one in memory nothing, since it has one program.
#[derive(Debug)]
pub(crate) struct Suspicion {
    mark: Option<File>,
    /// What the mark says too, unless it could not be written.
    is_raised: AtomicBool,
    /// The turn within this process, which has one lock on the mark.
    turn: Mutex<()>,
}

/// A turn to flush, until it is dropped.
#[derive(Debug)]
pub(crate) struct Turn<'a> {
    mark: Option<&'a File>,
    _turn: MutexGuard<'a, ()>,
}

impl Suspicion {
    pub(crate) fn of(database: &Path) -> io::Result<Suspicion> {
        let mark = match database.metadata() {
            Ok(metadata) => Some(open(&path(database), &metadata)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        Ok(Suspicion::with(mark))
    }

    fn with(mark: Option<File>) -> Suspicion {
        Suspicion {
            mark,
            is_raised: AtomicBool::new(false),
            turn: Mutex::default(),
        }
    }

    /// Tells every program that a flush has failed.
    pub(crate) fn raise(&self) {
        self.is_raised.store(true, Relaxed);
        if let Err(error) = self.mark(1) {
            tracing::error!(kind = ?error.kind(), "other programs cannot be told: stop them");
        }
    }

    /// Whether a flush has failed since the file was last recovered, or nobody can say.
    pub(crate) fn is_raised(&self) -> bool {
        let is_marked = |mark: &File| mark.metadata().map_or(true, |mark| mark.len() > 0);
        self.is_raised.load(Relaxed) || self.mark.as_ref().is_some_and(is_marked)
    }

    /// Takes the turn, unless another has it.
    pub(crate) fn turn(&self) -> Result<Turn<'_>, TryLockError> {
        let turn = self.turn.try_lock();
        let turn = turn.map_err(|_| TryLockError::WouldBlock)?;
        if let Some(mark) = &self.mark {
            mark.try_lock()?;
        }
        Ok(Turn {
            mark: self.mark.as_ref(),
            _turn: turn,
        })
    }

    /// Copies all of the log into the file once more, and flushes that. It needs the file for
    /// itself: as long as any program has it open, SQLite remembers what was copied before, and
    /// would not copy it again.
    pub(crate) async fn lay(&self, options: &SqliteConnectOptions) -> Result<(), sqlx::Error> {
        if !self.is_raised() {
            return Ok(());
        }
        let _turn = self.turn().map_err(|error| match error {
            TryLockError::WouldBlock => FlushFailed.into(),
            TryLockError::Error(error) => sqlx::Error::Io(error),
        })?;
        let alone = options
            .clone()
            .locking_mode(SqliteLockingMode::Exclusive)
            .busy_timeout(ALONE_LIMIT);
        let mut connection = SqliteConnection::connect_with(&alone)
            .await
            .map_err(unless_busy)?;
        if let Err(error) = empty(&mut connection).await {
            // Closed, it would flush once more.
            mem::forget(connection);
            return Err(unless_busy(error));
        }
        connection.close().await?;
        self.mark(0).map_err(sqlx::Error::Io)
    }

    fn mark(&self, length: u64) -> io::Result<()> {
        let mark = self.mark.as_ref();
        mark.map_or(Ok(()), |mark| mark.set_len(length))
    }
}

/// Whoever finds others on the file hears why it must be alone; any other fault speaks for itself.
fn unless_busy(error: sqlx::Error) -> sqlx::Error {
    if is_busy(&error) {
        return FlushFailed.into();
    }
    error
}

async fn empty(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let emptied = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(connection);
    let is_busy: i64 = emptied.await?.try_get(0)?;
    if is_busy != 0 {
        return Err(FlushFailed.into());
    }
    Ok(())
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
    let mark = match options.clone().create_new(true).open(path) {
        // Whoever made it meanwhile has seen to the rest.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return options.open(path),
        made => made?,
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt as _, fchown};
        // Only root can, and only root needs to.
        fchown(&mark, Some(database.uid()), Some(database.gid())).ok();
    }
    mark.set_permissions(database.permissions())?;
    Ok(mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_that_cannot_be_written_stops_this_program_at_least() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mark");
        File::create(&path).unwrap();
        let suspicion = Suspicion::with(Some(File::open(&path).unwrap()));
        assert!(!suspicion.is_raised());
        suspicion.raise();
        assert!(suspicion.is_raised());
    }

    #[test]
    fn one_has_the_turn_in_a_process_and_among_processes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mark");
        File::create(&path).unwrap();
        let [one, other] = [(); 2].map(|()| Suspicion::with(Some(File::open(&path).unwrap())));
        let turn = one.turn().unwrap();
        for suspicion in [&one, &other] {
            let taken = suspicion.turn();
            assert!(matches!(taken, Err(TryLockError::WouldBlock)), "{taken:?}");
        }
        drop(turn);
        other.turn().unwrap();
    }
}
