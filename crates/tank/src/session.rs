//! One transaction on either engine: the same text, the same arguments, the same rows.
//!
//! A batch travels as one JSON array ([`Arg::Json`]), so a statement's text does not depend on the
//! size of the batch and is prepared once. [`Engine::items`] is how each engine unfolds it.

mod arg;

use bytes::Bytes;
use sqlx::{AssertSqlSafe, Row as _, Sqlite, Transaction};

use crate::error::TankError;
use crate::remote::Remote;
use crate::writer::Writing;
use arg::postgres_arguments;

pub(crate) use arg::{Arg, INDEXED_CHARS_MAX, indexed, plain, sqlite_arguments};

/// Which of the two engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    /// The rows of a JSON array parameter, as `item.value`.
    pub(crate) fn items(self, parameter: u8) -> String {
        match self {
            Engine::Sqlite => format!("json_each(${parameter}) AS item"),
            Engine::Postgres => {
                format!("jsonb_array_elements(CAST(${parameter} AS jsonb)) AS item(value)")
            }
        }
    }

    /// The texts of a JSON array parameter, as a sub-select of one column.
    pub(crate) fn texts(self, parameter: u8) -> String {
        match self {
            Engine::Sqlite => format!("(SELECT value FROM json_each(${parameter}))"),
            Engine::Postgres => {
                format!("(SELECT jsonb_array_elements_text(CAST(${parameter} AS jsonb)))")
            }
        }
    }
}

/// An open transaction; dropped before its end, it is rolled back.
pub(crate) enum Session {
    SqliteReading(Transaction<'static, Sqlite>),
    SqliteWriting(Writing),
    Postgres(Remote),
}

/// Into so many parts a space of locks is cut, a power of two.
const LOCKS: i64 = 1_024;

/// What a lock on a text is about; equal texts of two spaces do not meet. Space 9 is that of
/// `hold_messages`, which locks in the database.
#[derive(Clone, Copy, Debug)]
pub(crate) enum LockSpace {
    /// People, by identifier or by name.
    People = 8,
    /// The sequences of senders (MSH-13).
    Sequences = 10,
}

/// One row of a result.
pub(crate) enum Row {
    Sqlite(sqlx::sqlite::SqliteRow),
    Postgres(sqlx::postgres::PgRow),
}

impl Session {
    pub(crate) fn engine(&self) -> Engine {
        match self {
            Session::SqliteReading(_) | Session::SqliteWriting(_) => Engine::Sqlite,
            Session::Postgres(_) => Engine::Postgres,
        }
    }

    pub(crate) async fn execute(&mut self, sql: &str, args: Vec<Arg>) -> Result<u64, sqlx::Error> {
        match self {
            Session::SqliteReading(tx) => {
                let (arguments, _) = sqlite_arguments(args)?;
                let query = sqlx::query_with(AssertSqlSafe(sql), arguments);
                Ok(query.execute(&mut **tx).await?.rows_affected())
            }
            Session::SqliteWriting(writing) => writing.execute(sql, args).await,
            Session::Postgres(remote) => remote.execute(sql, postgres_arguments(args)?).await,
        }
    }

    pub(crate) async fn query(
        &mut self,
        sql: &str,
        args: Vec<Arg>,
    ) -> Result<Vec<Row>, sqlx::Error> {
        match self {
            Session::SqliteReading(tx) => {
                let (arguments, _) = sqlite_arguments(args)?;
                let query = sqlx::query_with(AssertSqlSafe(sql), arguments);
                let rows = query.fetch_all(&mut **tx).await?;
                Ok(rows.into_iter().map(Row::Sqlite).collect())
            }
            Session::SqliteWriting(writing) => writing.query(sql, args).await,
            Session::Postgres(remote) => {
                let rows = remote.query(sql, postgres_arguments(args)?).await?;
                Ok(rows.into_iter().map(Row::Postgres).collect())
            }
        }
    }

    /// Locks texts until the transaction ends, so that nobody else works on an equal one.
    ///
    /// PostgreSQL's table of locks is small and shared by all: not each text has a lock of its own
    /// but each of [`LOCKS`] parts of a space, taken in an order that is everybody's, so that
    /// nobody waits in a circle. SQLite has one writer and needs none.
    pub(crate) async fn lock_texts(
        &mut self,
        space: LockSpace,
        texts: Vec<&str>,
    ) -> Result<(), sqlx::Error> {
        if self.engine() == Engine::Sqlite {
            return Ok(());
        }
        let sql = "SELECT pg_advisory_xact_lock(CAST($2 AS INTEGER), k) FROM (
                       SELECT DISTINCT hashtext(v) & CAST($3 AS INTEGER) AS k
                       FROM jsonb_array_elements_text(CAST($1 AS jsonb)) AS v
                       WHERE v <> '' ORDER BY k) AS parts";
        let args = vec![
            Arg::Json(serde_json::json!(texts)),
            Arg::Int(space as i64),
            Arg::Int(LOCKS - 1),
        ];
        self.execute(sql, args).await?;
        Ok(())
    }

    /// Ends a transaction that wrote: when the answer is lost, nobody knows whether it counts.
    pub(crate) async fn commit(self, action: &'static str) -> Result<(), TankError> {
        let done = self.end().await;
        done.map_err(|error| TankError::commit(action, &error))
    }

    /// Ends a transaction that only read.
    pub(crate) async fn leave(self, action: &'static str) -> Result<(), TankError> {
        let done = self.end().await;
        done.map_err(|error| TankError::database(action, &error))
    }

    async fn end(self) -> Result<(), sqlx::Error> {
        match self {
            Session::SqliteReading(tx) => tx.commit().await,
            Session::SqliteWriting(writing) => writing.commit().await,
            Session::Postgres(remote) => remote.commit().await,
        }
    }
}

impl Row {
    pub(crate) fn int(&self, column: usize) -> Result<i64, sqlx::Error> {
        match self {
            Row::Sqlite(row) => row.try_get(column),
            Row::Postgres(row) => row.try_get(column),
        }
    }

    pub(crate) fn text(&self, column: usize) -> Result<String, sqlx::Error> {
        match self {
            Row::Sqlite(row) => row.try_get(column),
            Row::Postgres(row) => row.try_get(column),
        }
    }

    pub(crate) fn maybe_text(&self, column: usize) -> Result<Option<String>, sqlx::Error> {
        match self {
            Row::Sqlite(row) => row.try_get(column),
            Row::Postgres(row) => row.try_get(column),
        }
    }

    pub(crate) fn maybe_number(&self, column: usize) -> Result<Option<f64>, sqlx::Error> {
        match self {
            Row::Sqlite(row) => row.try_get(column),
            Row::Postgres(row) => row.try_get(column),
        }
    }

    pub(crate) fn maybe_int(&self, column: usize) -> Result<Option<i64>, sqlx::Error> {
        match self {
            Row::Sqlite(row) => row.try_get(column),
            Row::Postgres(row) => row.try_get(column),
        }
    }

    pub(crate) fn maybe_flag(&self, column: usize) -> Result<Option<bool>, sqlx::Error> {
        match self {
            Row::Sqlite(row) => row.try_get(column),
            Row::Postgres(row) => row.try_get(column),
        }
    }

    pub(crate) fn bytes(&self, column: usize) -> Result<Bytes, sqlx::Error> {
        let bytes: Option<Vec<u8>> = match self {
            Row::Sqlite(row) => row.try_get(column)?,
            Row::Postgres(row) => row.try_get(column)?,
        };
        Ok(Bytes::from(bytes.unwrap_or_default()))
    }
}
