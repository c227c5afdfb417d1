//! The database behind the tank: opening it, its migrations, and its transactions.

use std::str::FromStr as _;
use std::time::Duration;

use sqlx::Connection as _;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use tokio::time::{Instant, timeout};

use crate::error::{FailureClass, TankError};
use crate::holder::Holder;
use crate::migrations::migrations;
use crate::remote::{Remote, in_time};
use crate::session::{Engine, Session};
use crate::suspicion::Suspicion;
use crate::writer::Writer;

#[cfg(all(feature = "no-flush", not(debug_assertions)))]
compile_error!("`no-flush` is for the proofs of durability: a build for use must flush");

/// How long a writer waits for another one on SQLite, and a caller there for a free connection.
pub(crate) const BUSY_TIMEOUT: Duration = Duration::from_secs(30);
const MIGRATION_TRIES_MAX: u32 = 10;
const MIGRATION_PAUSE: Duration = Duration::from_millis(50);
const READERS_MAX: u32 = 4;
/// To what length the log of a SQLite file is cut once it is empty, in bytes.
const LOG_FILE_BYTES_MAX: &str = "67108864";
/// How much of a SQLite file its writer keeps in memory: the negative of a number of KiB.
const CACHE: &str = "-16000";
const POSTGRES_CONNECTIONS_MAX: u32 = 8;
/// How long a connection to PostgreSQL must have been idle to be asked for a sign of life.
const PING_AFTER: Duration = Duration::from_secs(1);
/// How long an idle connection to PostgreSQL may take for a sign of life before it is replaced.
const PING_LIMIT: Duration = Duration::from_secs(3);
/// How long the calls that are under way on PostgreSQL may hold up a closing.
const CLOSE_LIMIT: Duration = Duration::from_secs(5);

/// How long PostgreSQL may take over a transaction behind which senders or an importer wait; over one
/// that keeps much, longer.
pub(crate) const SHORT_LIMIT: Duration = Duration::from_secs(15);
/// How long PostgreSQL may take over any other transaction: a batch, a count of all messages.
pub(crate) const LONG_LIMIT: Duration = Duration::from_mins(1);

/// A SQLite file or a PostgreSQL database, with the tables of the tank and of the care records.
///
/// Cloning it is cheap; the clones share their connections.
#[derive(Clone, Debug)]
pub struct Database {
    pool: Pool,
}

#[derive(Clone, Debug)]
pub(crate) enum Pool {
    Sqlite { writer: Writer, readers: SqlitePool },
    Postgres { pool: PgPool, holder: Holder },
}

impl Database {
    /// Opens `sqlite:PATH` (made when it is not there) or `postgres://…`, and brings its tables
    /// up to date.
    pub async fn open(url: &str) -> Result<Database, TankError> {
        let pool = if url.starts_with("sqlite:") {
            open_sqlite(url).await
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            open_postgres(url).await
        } else {
            return Err(TankError::unknown_scheme());
        };
        let pool = pool.map_err(|error| TankError::database("open the database", &error))?;
        let database = Database { pool };
        database.migrate().await?;
        Ok(database)
    }

    /// As [`open`](Database::open), but where there is no file of SQLite it makes none: whoever only
    /// looks leaves nothing behind.
    pub async fn open_existing(url: &str) -> Result<Database, TankError> {
        let options = url
            .starts_with("sqlite:")
            .then(|| SqliteConnectOptions::from_str(url));
        if let Some(Ok(options)) = options
            && !options.get_filename().exists()
        {
            return Err(TankError::no_file());
        }
        Database::open(url).await
    }

    /// Closes the connections after the calls that are under way. A PostgreSQL server that has
    /// fallen silent is not waited for longer than a few seconds.
    pub async fn close(&self) {
        match &self.pool {
            Pool::Sqlite { writer, readers } => {
                let _turn = writer.log.begin_close().await;
                readers.close().await;
                writer.close().await;
            }
            Pool::Postgres { pool, holder } => {
                let closing = async {
                    holder.close().await;
                    pool.close().await;
                };
                drop(timeout(CLOSE_LIMIT, closing).await);
            }
        }
    }

    pub(crate) fn pool(&self) -> &Pool {
        &self.pool
    }

    pub(crate) fn engine(&self) -> Engine {
        match self.pool {
            Pool::Sqlite { .. } => Engine::Sqlite,
            Pool::Postgres { .. } => Engine::Postgres,
        }
    }

    /// A transaction that writes, on PostgreSQL within `limit`.
    pub(crate) async fn write(&self, limit: Duration) -> Result<Session, sqlx::Error> {
        Ok(match &self.pool {
            Pool::Sqlite { writer, .. } => Session::SqliteWriting(writer.begin().await?),
            Pool::Postgres { pool, .. } => Session::Postgres(Remote::begin(pool, limit).await?),
        })
    }

    /// A transaction that only reads, on PostgreSQL within `limit`.
    pub(crate) async fn read(&self, limit: Duration) -> Result<Session, sqlx::Error> {
        Ok(match &self.pool {
            Pool::Sqlite { writer, readers } => {
                writer.log.check()?;
                Session::SqliteReading(readers.begin().await?)
            }
            Pool::Postgres { pool, .. } => Session::Postgres(Remote::begin(pool, limit).await?),
        })
    }

    /// PostgreSQL has a lock against two programs that migrate at once; on SQLite the slower of
    /// the two fails, and finds the work done when it looks again.
    async fn migrate(&self) -> Result<(), TankError> {
        let migrator = Migrator::with_migrations(migrations(self.engine()));
        let mut tries_left = MIGRATION_TRIES_MAX;
        loop {
            let done = match &self.pool {
                Pool::Sqlite { writer, .. } => writer.migrate(&migrator).await,
                Pool::Postgres { pool, .. } => migrator.run(pool).await,
            };
            tries_left -= 1;
            let Err(error) = done else { return Ok(()) };
            let error = TankError::migration(&error);
            let is_last = tries_left == 0 || error.class() == FailureClass::Fatal;
            if is_last || self.engine() == Engine::Postgres {
                return Err(error);
            }
            tokio::time::sleep(MIGRATION_PAUSE).await;
        }
    }
}

/// `synchronous=FULL` in WAL mode flushes the log at every commit: an acknowledged message
/// outlives a power cut. On macOS only `fullfsync` reaches the disk itself.
async fn open_sqlite(url: &str) -> Result<Pool, sqlx::Error> {
    let options = SqliteConnectOptions::from_str(url)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(if cfg!(feature = "no-flush") {
            SqliteSynchronous::Normal
        } else {
            SqliteSynchronous::Full
        })
        .pragma("fullfsync", "1")
        .pragma("checkpoint_fullfsync", "1")
        // The log is emptied beside the commits.
        .pragma("wal_autocheckpoint", "0")
        .pragma("journal_size_limit", LOG_FILE_BYTES_MAX)
        .foreign_keys(true)
        // Three messages of 2 KB fill a page of 8 KiB; in one of 4 KiB there is room for one.
        .page_size(8192)
        .busy_timeout(BUSY_TIMEOUT);
    if !options.get_filename().exists() {
        SqliteConnection::connect_with(&options)
            .await?
            .close()
            .await?;
    }
    let suspicion = Suspicion::of(options.get_filename())?;
    suspicion.lay(&options).await?;
    let writer = Writer::connect(options.clone().pragma("cache_size", CACHE), suspicion).await?;
    // After an I/O error SQLite rolls back by itself, and its driver still counts a transaction as
    // open: such a connection is closed, or nothing could be read on it any more.
    let readers = SqlitePoolOptions::new()
        .max_connections(READERS_MAX)
        .acquire_timeout(BUSY_TIMEOUT)
        .before_acquire(|connection, _| Box::pin(async { Ok(!connection.is_in_transaction()) }))
        .connect_lazy_with(options);
    Ok(Pool::Sqlite { writer, readers })
}

async fn open_postgres(url: &str) -> Result<Pool, sqlx::Error> {
    let flush = if cfg!(feature = "no-flush") {
        "off"
    } else {
        "on"
    };
    let options = address(url)?.options([("synchronous_commit", flush)]);
    let pool = PgPoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS_MAX)
        .acquire_timeout(SHORT_LIMIT)
        .test_before_acquire(false)
        .before_acquire(|connection, meta| Box::pin(is_well(connection, meta.idle_for)))
        .connect_with(options)
        .await?;
    let holder = Holder::default();
    Ok(Pool::Postgres { pool, holder })
}

/// An IPv6 address without its brackets: sqlx keeps them, and no certificate bears them.
fn address(url: &str) -> Result<PgConnectOptions, sqlx::Error> {
    let options = PgConnectOptions::from_str(url)?;
    let host = options.get_host().trim_matches(['[', ']']).to_owned();
    Ok(options.host(&host))
}

/// sqlx's own test waits for the server without end. A connection that was in use a moment ago is
/// not asked.
pub(crate) async fn is_well(
    connection: &mut PgConnection,
    idle: Duration,
) -> Result<bool, sqlx::Error> {
    if idle < PING_AFTER {
        return Ok(true);
    }
    let deadline = Instant::now() + PING_LIMIT;
    in_time(deadline, connection.ping()).await?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn a_host_is_as_a_certificate_names_it() {
        for (url, expected) in [
            ("postgres://cistern@[::1]:5433/d?sslmode=verify-full", "::1"),
            ("postgres://cistern@db.example/d", "db.example"),
        ] {
            assert_eq!(address(url).unwrap().get_host(), expected);
        }
    }
}
