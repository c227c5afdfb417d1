//! `hold` on SQLite: one transaction of the one writer, who knows the ids that come next.

use bytes::Bytes;

use super::keys::{Found, find, put_into_index};
use super::owe::{is_any_wanted, owe};
use super::{ACTION, Incoming, runs};
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

pub(super) async fn hold(
    writer: &Writer,
    incoming: &[Incoming<'_>],
) -> Result<Vec<Receipt>, TankError> {
    let fault = |error| TankError::commit(ACTION, &error);
    let mut writing = writer.take().await.map_err(fault)?;
    let mut receipts = Vec::with_capacity(incoming.len());
    let runs = runs(incoming);
    for (number, run) in (1..).zip(&runs) {
        let begin = if number == 1 { BEGIN } else { "" };
        let commit = if number == runs.len() { COMMIT } else { "" };
        let kept = keep(&mut writing, run, [begin, commit]).await;
        receipts.extend(kept.map_err(fault)?);
    }
    writing.committed();
    Ok(receipts)
}

/// The transaction begins with the first statement of the first run and ends with the last of the
/// last, so that a commit costs two calls.
pub(super) async fn keep(
    writing: &mut Writing,
    run: &[Incoming<'_>],
    [begin, commit]: [&str; 2],
) -> Result<Vec<Receipt>, sqlx::Error> {
    let (mut newest_id, stored) = find(writing, run, begin).await?;
    let mut receipts = Vec::with_capacity(run.len());
    for (one, found) in run.iter().zip(stored) {
        receipts.push(match found {
            Found::Same {
                id,
                answer,
                earlier,
            } => Receipt::Repeat {
                id,
                answer,
                earlier,
            },
            Found::Earlier(earlier) => {
                newest_id += 1;
                let id = newest_id;
                writing.keys.add(id, one);
                earlier.map_or(Receipt::New { id }, |earlier| Receipt::Altered {
                    id,
                    earlier,
                })
            }
        });
    }
    let fresh: Vec<Row<'_>> = run
        .iter()
        .zip(&receipts)
        .filter_map(|(one, receipt)| Row::of(one, receipt))
        .collect();
    let mut chunks = fresh.chunks(ROWS_MAX).peekable();
    while let Some(rows) = chunks.next_if(|rows| rows.len() == ROWS_MAX) {
        insert(writing, rows, "").await?;
    }
    let last = chunks.next().unwrap_or_default();
    let (is_any_wanted, are_many) = (is_any_wanted(run), writing.keys.are_many());
    if !is_any_wanted && !are_many {
        insert(writing, last, commit).await?;
        return Ok(receipts);
    }
    insert(writing, last, "").await?;
    if is_any_wanted {
        owe(writing, run, &receipts).await?;
    }
    if are_many {
        put_into_index(writing).await?;
    }
    insert(writing, &[], commit).await?;
    Ok(receipts)
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
    fn of(one: &'r Incoming<'r>, receipt: &Receipt) -> Option<Row<'r>> {
        let Arrival {
            answer,
            state,
            altered,
            ..
        } = one.arrival;
        let (id, earlier) = match receipt {
            Receipt::New { id } => (*id, None),
            Receipt::Altered { id, earlier } => (*id, Some(*earlier)),
            Receipt::Repeat { .. } | Receipt::OutOfSequence { .. } => return None,
        };
        let (state, answer) = match altered {
            Some(altered) if earlier.is_some() => (&altered.state, &altered.answer),
            _ => (state, answer),
        };
        Some(Row {
            id,
            earlier,
            one,
            state,
            answer,
        })
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
        let indexed = |text| Arg::Text(indexed(text).into());
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
            indexed(&keys.message_code),
            indexed(&keys.trigger_event),
            text(&keys.version),
            Arg::Text(self.one.key.as_str().into()),
            indexed(lane),
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
