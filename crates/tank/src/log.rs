//! The write-ahead log of a SQLite file, which is emptied into the file beside the commits.
//!
//! SQLite would do it within a commit whose sender waits, and would ignore a flush that fails. The
//! log is the only good copy of what it holds until the file is flushed; a second flush of the file
//! may succeed although the first one lost its pages. So a failed flush here ends all writing, of
//! every program on the file, until one that has it for itself copies all of the log anew.

use std::fs::TryLockError;
use std::mem;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{self, Arc, PoisonError};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection as _, Row as _};
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::{Instant, sleep};

use crate::error::{FlushFailed, is_fatal};
use crate::suspicion::{Suspicion, Turn};

/// After so many bytes of values the log is emptied in the background.
const BACKGROUND_BYTES: usize = 4 * 1024 * 1024;

/// After so many, the next writer empties it before it begins: only a log that holds nothing is
/// written from its start again, and others may be adding to it without a pause.
const LOG_BYTES_MAX: usize = 32 * 1024 * 1024;

/// How long a writer, or who closes, waits for another program's turn to end.
const PATIENCE: Duration = Duration::from_secs(1);
const TURN_PAUSE: Duration = Duration::from_millis(10);

#[derive(Debug)]
pub(crate) struct Log {
    emptier: Arc<Mutex<Option<SqliteConnection>>>,
    options: Arc<SqliteConnectOptions>,
    /// Values written since the log was last being emptied.
    recent_bytes: AtomicUsize,
    /// Values written since a writer emptied it.
    bytes: AtomicUsize,
    suspicion: Suspicion,
    /// A connection that is open as long as any other of this tank: SQLite flushes once more when
    /// the last one is closed.
    anchor: sync::Mutex<Option<SqliteConnection>>,
}

impl Log {
    pub(crate) fn new(
        options: Arc<SqliteConnectOptions>,
        suspicion: Suspicion,
        anchor: SqliteConnection,
    ) -> Log {
        Log {
            emptier: Arc::default(),
            options,
            recent_bytes: AtomicUsize::new(0),
            bytes: AtomicUsize::new(0),
            suspicion,
            anchor: sync::Mutex::new(Some(anchor)),
        }
    }

    /// Sees to it that there is room for a transaction.
    pub(crate) async fn make_room(self: &Arc<Log>) -> Result<(), sqlx::Error> {
        self.check()?;
        if self.bytes.load(Relaxed) > LOG_BYTES_MAX {
            self.begin_anew().await?;
        }
        Ok(())
    }

    /// Empties the log, however little is known to be in it.
    pub(crate) async fn begin_anew(self: &Arc<Log>) -> Result<(), sqlx::Error> {
        let emptier = self.emptier.clone().lock_owned().await;
        let log = self.clone();
        // It goes on where the caller does not: a failure is seen to by this process alone.
        let emptying = tokio::spawn(async move { log.empty(emptier, PATIENCE).await });
        if matches!(emptying.await, Ok(true)) {
            self.bytes.store(0, Relaxed);
        }
        self.check()
    }

    /// Fails once a flush has failed, here or in another program.
    pub(crate) fn check(&self) -> Result<(), sqlx::Error> {
        if !self.suspicion.is_raised() {
            return Ok(());
        }
        self.stay_open();
        Err(FlushFailed.into())
    }

    /// Tells every program where an error is a failed flush.
    pub(crate) fn heed(&self, error: &sqlx::Error) {
        if is_fatal(error) {
            self.suspicion.raise();
            self.stay_open();
        }
    }

    /// Keeps the anchor open for as long as this process lives.
    fn stay_open(&self) {
        if let Some(anchor) = self.take_anchor() {
            mem::forget(anchor);
        }
    }

    fn take_anchor(&self) -> Option<SqliteConnection> {
        let mut anchor = self.anchor.lock().unwrap_or_else(PoisonError::into_inner);
        anchor.take()
    }

    /// Tells how much a commit has added.
    pub(crate) fn wrote(self: &Arc<Log>, bytes: usize) {
        self.bytes.fetch_add(bytes, Relaxed);
        let recent = self.recent_bytes.fetch_add(bytes, Relaxed) + bytes;
        if recent > BACKGROUND_BYTES
            && let Ok(emptier) = self.emptier.clone().try_lock_owned()
        {
            let log = self.clone();
            tokio::spawn(async move { log.empty(emptier, Duration::ZERO).await });
        }
    }

    /// Copies what nobody reads any more from the log into the file, and flushes that. What could
    /// not be copied now is copied the next time. Says whether it ran.
    async fn empty(
        &self,
        mut emptier: OwnedMutexGuard<Option<SqliteConnection>>,
        patience: Duration,
    ) -> bool {
        // Where another program has the turn, it empties the log of both.
        let Some(_turn) = self.turn(patience).await else {
            return false;
        };
        if self.suspicion.is_raised() {
            return false;
        }
        self.recent_bytes.store(0, Relaxed);
        let emptied = self.copy(&mut emptier).await;
        emptied.unwrap_or_else(|error| {
            tracing::warn!(
                is_fatal = is_fatal(&error),
                "the log of the database stays full"
            );
            self.heed(&error);
            false
        })
    }

    async fn copy(&self, emptier: &mut Option<SqliteConnection>) -> Result<bool, sqlx::Error> {
        let mut connection = match emptier.take() {
            Some(connection) => connection,
            None => SqliteConnection::connect_with(&self.options).await?,
        };
        let copied = sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").fetch_one(&mut connection);
        let copied = copied.await;
        *emptier = Some(connection);
        let is_busy: i64 = copied?.try_get(0)?;
        Ok(is_busy == 0)
    }

    /// The turn, as soon as nobody else has it.
    async fn turn(&self, patience: Duration) -> Option<Turn<'_>> {
        let deadline = Instant::now() + patience;
        loop {
            match self.suspicion.turn() {
                Ok(turn) => return Some(turn),
                Err(TryLockError::WouldBlock) if Instant::now() < deadline => {
                    sleep(TURN_PAUSE).await;
                }
                Err(TryLockError::WouldBlock) => return None,
                Err(TryLockError::Error(error)) => {
                    tracing::error!(kind = ?error.kind(), "the turn to flush cannot be taken");
                    return None;
                }
            }
        }
    }

    /// Sees to it that no closing flushes a file of which a flush has failed or may yet fail.
    pub(crate) async fn begin_close(&self) -> Option<Turn<'_>> {
        let turn = self.turn(PATIENCE).await;
        if turn.is_none() || self.suspicion.is_raised() {
            self.stay_open();
        }
        turn
    }

    pub(crate) async fn close(&self) {
        let emptier = self.emptier.lock().await.take();
        for connection in emptier.into_iter().chain(self.take_anchor()) {
            connection.close().await.ok();
        }
    }
}

/// A tank that is dropped without a closing keeps its anchor where a closing would.
impl Drop for Log {
    fn drop(&mut self) {
        if self.suspicion.turn().is_err() || self.suspicion.is_raised() {
            self.stay_open();
        }
    }
}
