//! The write-ahead log of a SQLite file, which is emptied into the file beside the commits.
//!
//! SQLite would do it within a commit whose sender waits, and would ignore a flush that fails. The
//! log is the only good copy of what it holds until the file is flushed; a second flush of the file
//! may succeed although the first one lost its pages. So a failed flush here ends all writing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection as _, Executor as _};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::error::{FlushFailed, is_fatal};

/// After so many bytes of values the log is emptied in the background.
const BACKGROUND_BYTES: usize = 4 * 1024 * 1024;

/// After so many, the next writer empties it before it begins: only a log that holds nothing is
/// written from its start again, and others may be adding to it without a pause.
const LOG_BYTES_MAX: usize = 32 * 1024 * 1024;

#[derive(Debug)]
pub(crate) struct Log {
    emptier: Arc<Mutex<Option<SqliteConnection>>>,
    options: Arc<SqliteConnectOptions>,
    /// Values written since the log was last being emptied.
    recent_bytes: AtomicUsize,
    /// Values written since a writer emptied it.
    bytes: AtomicUsize,
    is_suspect: AtomicBool,
}

impl Log {
    pub(crate) fn new(options: Arc<SqliteConnectOptions>) -> Log {
        Log {
            emptier: Arc::default(),
            options,
            recent_bytes: AtomicUsize::new(0),
            bytes: AtomicUsize::new(0),
            is_suspect: AtomicBool::new(false),
        }
    }

    /// Sees to it that there is room for a transaction.
    pub(crate) async fn make_room(&self) -> Result<(), sqlx::Error> {
        self.check()?;
        if self.bytes.load(Relaxed) > LOG_BYTES_MAX {
            let emptier = self.emptier.clone().lock_owned().await;
            self.empty(emptier).await;
            self.bytes.store(0, Relaxed);
        }
        self.check()
    }

    fn check(&self) -> Result<(), sqlx::Error> {
        if self.is_suspect.load(Relaxed) {
            return Err(FlushFailed.into());
        }
        Ok(())
    }

    /// Tells how much a commit has added.
    pub(crate) fn wrote(self: &Arc<Log>, bytes: usize) {
        self.bytes.fetch_add(bytes, Relaxed);
        let recent = self.recent_bytes.fetch_add(bytes, Relaxed) + bytes;
        if recent > BACKGROUND_BYTES
            && let Ok(emptier) = self.emptier.clone().try_lock_owned()
        {
            let log = self.clone();
            tokio::spawn(async move { log.empty(emptier).await });
        }
    }

    /// Copies what nobody reads any more from the log into the file, and flushes that. What could
    /// not be copied now is copied the next time.
    async fn empty(&self, mut emptier: OwnedMutexGuard<Option<SqliteConnection>>) {
        self.recent_bytes.store(0, Relaxed);
        let connected = match emptier.take() {
            Some(connection) => Ok(connection),
            None => SqliteConnection::connect_with(&self.options).await,
        };
        let emptied = match connected {
            Ok(mut connection) => {
                let emptied = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").await;
                *emptier = Some(connection);
                emptied.map(drop)
            }
            Err(error) => Err(error),
        };
        if let Err(error) = emptied {
            tracing::warn!(
                is_fatal = is_fatal(&error),
                "the log of the database stays full"
            );
            if is_fatal(&error) {
                self.is_suspect.store(true, Relaxed);
            }
        }
    }

    pub(crate) async fn close(&self) {
        let connection = self.emptier.lock().await.take();
        if let Some(connection) = connection {
            connection.close().await.ok();
        }
    }
}
