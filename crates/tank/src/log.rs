//! The write-ahead log of a SQLite file, which is emptied into the file beside the commits.
//!
//! SQLite would do it within a commit whose sender waits, and would ignore a flush that fails. The
//! log is the only good copy of what it holds until the file is flushed; a second flush of the file
//! may succeed although the first one lost its pages. So a failed flush here ends all writing, of
//! every program on the file, until one that has it for itself copies all of the log anew.

use std::mem;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection as _, Executor as _};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::error::{FlushFailed, is_fatal};
use crate::suspicion::{Suspicion, Turn};

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
    suspicion: Suspicion,
    /// Whether a connection stays open until this process ends.
    is_anchored: AtomicBool,
}

impl Log {
    pub(crate) fn new(options: Arc<SqliteConnectOptions>, suspicion: Suspicion) -> Log {
        Log {
            emptier: Arc::default(),
            options,
            recent_bytes: AtomicUsize::new(0),
            bytes: AtomicUsize::new(0),
            suspicion,
            is_anchored: AtomicBool::new(false),
        }
    }

    /// Sees to it that there is room for a transaction.
    pub(crate) async fn make_room(&self) -> Result<(), sqlx::Error> {
        self.check().await?;
        if self.bytes.load(Relaxed) > LOG_BYTES_MAX {
            let emptier = self.emptier.clone().lock_owned().await;
            self.empty(emptier).await;
            self.bytes.store(0, Relaxed);
        }
        self.check().await
    }

    /// Fails once a flush has failed, here or in another program.
    pub(crate) async fn check(&self) -> Result<(), sqlx::Error> {
        if !self.suspicion.is_raised() {
            return Ok(());
        }
        self.anchor(None).await;
        Err(FlushFailed.into())
    }

    /// Keeps a connection open for as long as this process lives: SQLite flushes once more when the
    /// last one is closed.
    async fn anchor(&self, connection: Option<SqliteConnection>) {
        if self.is_anchored.swap(true, Relaxed) {
            return;
        }
        let connected = match connection {
            Some(connection) => Ok(connection),
            None => SqliteConnection::connect_with(&self.options).await,
        };
        match connected {
            Ok(connection) => mem::forget(connection),
            Err(_) => self.is_anchored.store(false, Relaxed),
        }
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
        // Where another program has the turn, it empties the log of both.
        let Some(turn) = self.suspicion.turn() else {
            return;
        };
        if self.suspicion.is_raised() {
            return;
        }
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
                turn.raise();
                self.anchor(emptier.take()).await;
            }
        }
    }

    /// Sees to it that no closing flushes a file of which a flush has failed or may yet fail.
    pub(crate) async fn begin_close(&self) -> Option<Turn<'_>> {
        let turn = self.suspicion.turn();
        if turn.is_none() || self.suspicion.is_raised() {
            self.anchor(None).await;
        }
        turn
    }

    pub(crate) async fn close(&self) {
        let connection = self.emptier.lock().await.take();
        if let Some(connection) = connection {
            connection.close().await.ok();
        }
    }
}
