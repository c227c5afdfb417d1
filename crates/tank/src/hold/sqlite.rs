//! `hold` on SQLite: one transaction of the one writer, who knows the ids that come next.

use bytes::Bytes;

use super::keys::{Found, RecentKeys, find, put_into_index};
use super::owe::{is_any_wanted, owe};
use super::{ACTION, Incoming};
use crate::arrival::{Answer, Arrival, Arrived, Receipt};
use crate::error::TankError;
use crate::instant::iso;
use crate::session::{Arg, indexed};
use crate::writer::{BEGIN, COMMIT, Writer, Writing};

/// So many rows go into one statement; each number of rows is a statement of its own, prepared
/// once.
const ROWS_MAX: usize = 64;

const COLUMNS: &str = "id, feed, peer, received_at, received_ms, sending_application,
    sending_facility, receiving_application, receiving_facility, control_id, message_code,
    trigger_event, version, message_key, lane, state, reason, digest, body, body_bytes,
    altered_from, answer_code, answer, charset, charset_from";
const COLUMN_COUNT: usize = 25;

/// So many arrivals are looked up and judged at once: what a writer knows of the newest keys is
/// searched one by one.
const JUDGED_MAX: usize = 1_024;

pub(super) async fn hold(
    writer: &Writer,
    incoming: &[Incoming<'_>],
) -> Result<Vec<Receipt>, TankError> {
    let fault = |error| TankError::commit(ACTION, &error);
    let mut writing = writer.take().await.map_err(fault)?;
    let kept = keep(&mut writing, incoming, [BEGIN, COMMIT]).await;
    let receipts = kept.map_err(fault)?;
    writing.committed();
    Ok(receipts)
}

/// The transaction begins with the first statement and ends with the last, so that a commit costs
/// two calls.
pub(super) async fn keep(
    writing: &mut Writing,
    incoming: &[Incoming<'_>],
    [begin, commit]: [&str; 2],
) -> Result<Vec<Receipt>, sqlx::Error> {
    let mut receipts = Vec::with_capacity(incoming.len());
    let mut parts = incoming.chunks(JUDGED_MAX).peekable();
    let mut begin = begin;
    while let Some(part) = parts.next() {
        let commit = if parts.peek().is_none() { commit } else { "" };
        receipts.extend(keep_part(writing, part, [begin, commit]).await?);
        begin = "";
    }
    Ok(receipts)
}

async fn keep_part(
    writing: &mut Writing,
    part: &[Incoming<'_>],
    [begin, commit]: [&str; 2],
) -> Result<Vec<Receipt>, sqlx::Error> {
    let (newest_id, found) = find(writing, part, begin).await?;
    let (receipts, fresh) = judge(&mut writing.keys, part, newest_id, found);
    let mut chunks = fresh.chunks(ROWS_MAX).peekable();
    while let Some(rows) = chunks.next_if(|rows| rows.len() == ROWS_MAX) {
        insert(writing, rows, "").await?;
    }
    let last = chunks.next().unwrap_or_default();
    let (is_any_wanted, are_many) = (is_any_wanted(part), writing.keys.are_many());
    if !is_any_wanted && !are_many {
        insert(writing, last, commit).await?;
        return Ok(receipts);
    }
    insert(writing, last, "").await?;
    if is_any_wanted {
        owe(writing, part, &receipts).await?;
    }
    if are_many {
        put_into_index(writing).await?;
    }
    insert(writing, &[], commit).await?;
    Ok(receipts)
}

/// What becomes of each arrival, and the rows of those that are new.
fn judge<'r>(
    keys: &mut RecentKeys,
    part: &'r [Incoming<'r>],
    newest_id: i64,
    found: Vec<Found>,
) -> (Vec<Receipt>, Vec<Row<'r>>) {
    let mut fresh: Vec<Row<'_>> = Vec::with_capacity(part.len());
    let mut receipts = Vec::with_capacity(part.len());
    let mut next_id = newest_id + 1;
    for (one, found) in part.iter().zip(found) {
        let found = match found {
            Found::Earlier(earlier) => found_beside(keys, &fresh, one, earlier),
            same @ Found::Same(_) => same,
        };
        receipts.push(match found {
            Found::Same(repeat) => repeat,
            Found::Earlier(earlier) => {
                let id = next_id;
                next_id += 1;
                keys.add(id, one);
                fresh.push(Row::of(one, id, earlier));
                earlier.map_or(Receipt::New { id }, |earlier| Receipt::Altered {
                    id,
                    earlier,
                })
            }
        });
    }
    (receipts, fresh)
}

/// What is found where those are kept too that came just before. Of what the table has the newest is
/// `earlier`.
fn found_beside(
    keys: &RecentKeys,
    fresh: &[Row<'_>],
    one: &Incoming<'_>,
    earlier: Option<i64>,
) -> Found {
    let id = keys.find(one);
    let row = id.and_then(|id| fresh.iter().rfind(|row| row.id == id));
    match row {
        Some(row) => Found::Same(Receipt::Repeat {
            id: row.id,
            answer: row.answer.bytes.clone(),
            earlier: row.earlier,
        }),
        None => Found::Earlier(keys.newest(&one.key).or(earlier)),
    }
}

/// A row to be inserted.
struct Row<'r> {
    id: i64,
    earlier: Option<i64>,
    one: &'r Incoming<'r>,
    state: &'r Arrived,
    answer: &'r Answer,
}

impl<'r> Row<'r> {
    fn of(one: &'r Incoming<'r>, id: i64, earlier: Option<i64>) -> Row<'r> {
        let Arrival {
            answer,
            state,
            altered,
            ..
        } = one.arrival;
        let (state, answer) = match altered {
            Some(altered) if earlier.is_some() => (&altered.state, &altered.answer),
            _ => (state, answer),
        };
        Row {
            id,
            earlier,
            one,
            state,
            answer,
        }
    }

    /// In the order of [`COLUMNS`].
    fn args(&self) -> [Arg; COLUMN_COUNT] {
        let Arrival {
            feed,
            peer,
            received_at,
            keys,
            lane,
            body,
            read_as,
            ..
        } = self.one.arrival;
        let (state, reason) = self.state.state_and_reason();
        let text = |text: &str| Arg::from(text);
        let cut = |text| Arg::Text(indexed(text).into());
        [
            Arg::Int(self.id),
            text(feed),
            text(peer),
            Arg::Text(iso(*received_at).into()),
            Arg::Int(*received_at),
            text(&keys.sending_application),
            text(&keys.sending_facility),
            text(&keys.receiving_application),
            text(&keys.receiving_facility),
            text(&keys.control_id),
            cut(&keys.message_code),
            cut(&keys.trigger_event),
            text(&keys.version),
            Arg::Text(self.one.key.as_str().into()),
            cut(lane),
            text(state.as_str()),
            text(reason),
            Arg::Blob(Bytes::copy_from_slice(&body.digest)),
            Arg::Blob(body.bytes()),
            Arg::Int(i64::try_from(body.len()).unwrap_or(i64::MAX)),
            self.earlier.map_or(Arg::Null, Arg::Int),
            text(&self.answer.code),
            Arg::Blob(self.answer.bytes.clone()),
            text(&read_as.charset),
            text(read_as.source.as_str()),
        ]
    }
}

/// A row that fails leaves those before it, for the transaction ends with it all the same: SQLite
/// would otherwise keep a copy of every page until the statement is through.
async fn insert(writing: &mut Writing, rows: &[Row<'_>], commit: &str) -> Result<(), sqlx::Error> {
    let places = format!("({})", ["?"; COLUMN_COUNT].join(", "));
    let places = vec![places; rows.len()].join(", ");
    let sql = match rows {
        [] => commit.to_owned(),
        _ => format!("INSERT OR FAIL INTO message ({COLUMNS}) VALUES {places}; {commit}"),
    };
    let args = rows.iter().flat_map(Row::args).collect();
    writing.execute(&sql, args).await?;
    Ok(())
}
