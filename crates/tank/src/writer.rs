//! The one connection of a process that writes to a SQLite file.

use std::mem;
use std::sync::Arc;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::timeout;

use crate::database::BUSY_TIMEOUT;
use crate::hold::RecentKeys;
use crate::log::Log;
use crate::session::{Arg, Row, sqlite_arguments};
use crate::suspicion::Suspicion;

/// SQLite has one writer, so that writers queue here and not in the file's lock.
#[derive(Clone, Debug)]
pub(crate) struct Writer {
    slot: Arc<Mutex<Slot>>,
    options: Arc<SqliteConnectOptions>,
    pub(crate) log: Arc<Log>,
}

/// What is kept between transactions.
#[derive(Debug, Default)]
struct Slot {
    connection: Option<SqliteConnection>,
    keys: RecentKeys,
}

/// The connection in the hands of one caller. Let go without a commit, it is closed, which rolls
/// back: after a full disk or an I/O error nobody knows what state it is in.
pub(crate) struct Writing {
    /// What is held, as far as the transaction is concerned; lost with it.
    pub(crate) keys: RecentKeys,
    connection: SqliteConnection,
    slot: OwnedMutexGuard<Slot>,
    log: Arc<Log>,
    bytes: usize,
}

impl Writer {
    pub(crate) async fn connect(
        options: SqliteConnectOptions,
        suspicion: Suspicion,
    ) -> Result<Writer, sqlx::Error> {
        let anchor = SqliteConnection::connect_with(&options).await?;
        let options = Arc::new(options);
        let writer = Writer {
            slot: Arc::default(),
            log: Arc::new(Log::new(options.clone(), suspicion, anchor)),
            options,
        };
        writer.take().await?.committed();
        Ok(writer)
    }

    pub(crate) async fn migrate(&self, migrator: &Migrator) -> Result<(), MigrateError> {
        let mut writing = self.take().await?;
        let connection = &mut writing.connection;
        let done = migrator.run_direct(None, connection, false).await;
        if let Err(MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)) = &done
        {
            self.log.heed(error);
        }
        done?;
        let changed_rows = "SELECT total_changes()";
        let changed_rows: i64 = sqlx::query_scalar(changed_rows)
            .fetch_one(connection)
            .await?;
        writing.committed();
        // What migrations write is nowhere counted, and no sender shall wait until it is copied.
        if changed_rows > 0 {
            self.log.begin_anew().await?;
        }
        Ok(())
    }

    /// Waits until nobody else writes. The caller begins the transaction.
    pub(crate) async fn take(&self) -> Result<Writing, sqlx::Error> {
        let mut slot = timeout(BUSY_TIMEOUT, self.slot.clone().lock_owned())
            .await
            .map_err(|_| sqlx::Error::PoolTimedOut)?;
        self.log.make_room().await?;
        let connection = match slot.connection.take() {
            Some(connection) => connection,
            None => SqliteConnection::connect_with(&self.options).await?,
        };
        Ok(Writing {
            keys: mem::take(&mut slot.keys),
            connection,
            slot,
            log: self.log.clone(),
            bytes: 0,
        })
    }

    /// A transaction that holds the one write lock from the start, so that what it reads cannot
    /// change before it writes.
    pub(crate) async fn begin(&self) -> Result<Writing, sqlx::Error> {
        let mut writing = self.take().await?;
        writing.connection.execute(BEGIN).await?;
        Ok(writing)
    }

    pub(crate) async fn close(&self) {
        let connection = self.slot.lock().await.connection.take();
        if let Some(connection) = connection {
            // What it holds is in the log, whether or not it can say goodbye.
            connection.close().await.ok();
        }
        self.log.close().await;
    }
}

/// How a transaction that writes begins and ends.
pub(crate) const BEGIN: &str = "BEGIN IMMEDIATE;";
pub(crate) const COMMIT: &str = "COMMIT;";

impl Writing {
    pub(crate) async fn execute(&mut self, sql: &str, args: Vec<Arg>) -> Result<u64, sqlx::Error> {
        let (arguments, bytes) = sqlite_arguments(args)?;
        self.bytes += bytes;
        let query = sqlx::query_with(AssertSqlSafe(sql), arguments);
        let done = query.execute(&mut self.connection).await;
        Ok(done
            .inspect_err(|error| self.log.heed(error))?
            .rows_affected())
    }

    pub(crate) async fn query(
        &mut self,
        sql: &str,
        args: Vec<Arg>,
    ) -> Result<Vec<Row>, sqlx::Error> {
        let (arguments, bytes) = sqlite_arguments(args)?;
        self.bytes += bytes;
        let query = sqlx::query_with(AssertSqlSafe(sql), arguments);
        let rows = query.fetch_all(&mut self.connection).await;
        let rows = rows.inspect_err(|error| self.log.heed(error))?;
        Ok(rows.into_iter().map(Row::Sqlite).collect())
    }

    pub(crate) async fn commit(mut self) -> Result<(), sqlx::Error> {
        let done = self.connection.execute(COMMIT).await;
        done.inspect_err(|error| self.log.heed(error))?;
        self.committed();
        Ok(())
    }

    /// Gives the connection back after a commit that the caller has made.
    pub(crate) fn committed(self) {
        let Writing {
            keys,
            connection,
            mut slot,
            log,
            bytes,
        } = self;
        *slot = Slot {
            connection: Some(connection),
            keys,
        };
        log.wrote(bytes);
    }
}
