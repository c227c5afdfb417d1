//! What is bound to a statement.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use sqlx::Arguments as _;
use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;

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

pub(super) fn postgres_arguments(args: Vec<Arg>) -> Result<PgArguments, sqlx::Error> {
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
