//! One transaction on either engine: the same text, the same arguments, the same rows.
//!
//! A batch travels as one JSON array ([`Arg::Json`]), so a statement's text does not depend on the
//! size of the batch and is prepared once. [`Engine::items`] is how each engine unfolds it.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments as _, AssertSqlSafe, Row as _, Sqlite, Transaction};

use crate::error::TankError;
use crate::remote::Remote;
use crate::writer::Writing;

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

/// A bound value.
pub(crate) enum Arg {
    /// No number.
    Null,
    NoText,
    Int(i64),
    Text(Arc<str>),
    Blob(Bytes),
    /// A JSON array, one element a row.
    Json(serde_json::Value),
}

impl From<&str> for Arg {
    fn from(text: &str) -> Arg {
        Arg::Text(plain(text).into())
    }
}

impl From<i64> for Arg {
    fn from(number: i64) -> Arg {
        Arg::Int(number)
    }
}

/// PostgreSQL's text cannot hold NUL; it is shown as the symbol for it.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    if text.contains('\0') {
        text.replace('\0', "\u{2400}").into()
    } else {
        text.into()
    }
}

/// PostgreSQL refuses an index entry above 2,704 bytes: a sender may not hold up the others with a
/// long trigger event.
pub(crate) const INDEXED_CHARS_MAX: usize = 200;

/// The text for an indexed column, which only helps to look things up.
pub(crate) fn indexed(text: &str) -> Cow<'_, str> {
    let end = text.char_indices().nth(INDEXED_CHARS_MAX);
    plain(end.and_then(|(end, _)| text.get(..end)).unwrap_or(text))
}

fn json_text(mut rows: serde_json::Value) -> String {
    let text = rows.to_string();
    if !text.contains("\\u0000") {
        return text;
    }
    make_plain(&mut rows);
    rows.to_string()
}

fn make_plain(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::String(text) => *text = plain(text).into_owned(),
        serde_json::Value::Array(values) => values.iter_mut().for_each(make_plain),
        serde_json::Value::Object(map) => map.values_mut().for_each(make_plain),
        _ => {}
    }
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

/// The arguments, and how many bytes of values they are.
pub(crate) fn sqlite_arguments(args: Vec<Arg>) -> Result<(SqliteArguments, usize), sqlx::Error> {
    let mut arguments = SqliteArguments::default();
    arguments.reserve(args.len(), 0);
    let mut bytes = 0;
    for arg in args {
        match arg {
            Arg::Null => arguments.add(None::<i64>),
            Arg::NoText => arguments.add(None::<String>),
            Arg::Int(number) => arguments.add(number),
            Arg::Text(text) => {
                bytes += text.len();
                arguments.add(text)
            }
            Arg::Blob(blob) => {
                bytes += blob.len();
                arguments.add(Vec::from(blob))
            }
            Arg::Json(rows) => {
                let text = json_text(rows);
                bytes += text.len();
                arguments.add(text)
            }
        }
        .map_err(sqlx::Error::Encode)?;
    }
    Ok((arguments, bytes))
}

fn postgres_arguments(args: Vec<Arg>) -> Result<PgArguments, sqlx::Error> {
    let mut arguments = PgArguments::default();
    for arg in args {
        match arg {
            Arg::Null => arguments.add(None::<i64>),
            Arg::NoText => arguments.add(None::<String>),
            Arg::Int(number) => arguments.add(number),
            Arg::Text(text) => arguments.add(&*text),
            Arg::Blob(bytes) => arguments.add(Vec::from(bytes)),
            Arg::Json(rows) => arguments.add(json_text(rows)),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}
