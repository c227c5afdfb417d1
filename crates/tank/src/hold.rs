//! `hold`: the one durable commit behind every acknowledgement.

use std::collections::{HashMap, HashSet};

use bytes::Bytes;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::arrival::{Answer, Arrival, Receipt};
use crate::database::{Database, SHORT_LIMIT};
use crate::error::TankError;
use crate::instant::iso;
use crate::session::{Arg, Engine, LockSpace, Session, indexed, plain};

const ACTION: &str = "hold messages";

/// So many rows go into one statement on SQLite; each number of rows is a statement of its own,
/// prepared once.
const SQLITE_ROWS_MAX: usize = 32;

const COLUMNS: &str = "feed, peer, received_at, received_ms, sending_application, sending_facility,
    receiving_application, receiving_facility, control_id, message_code, trigger_event, version,
    message_key, lane, altered_from, answer_code, state, reason, body_bytes, digest, body, answer";
const COLUMN_COUNT: usize = 22;

impl Database {
    pub(crate) async fn hold_all(&self, arrivals: &[Arrival]) -> Result<Vec<Receipt>, TankError> {
        if arrivals.is_empty() {
            return Ok(Vec::new());
        }
        let fault = |error| TankError::database(ACTION, &error);
        let mut session = self.write(SHORT_LIMIT).await.map_err(fault)?;
        let receipts = keep(&mut session, arrivals).await.map_err(fault)?;
        session.commit(ACTION).await?;
        Ok(receipts)
    }
}

/// An arrival on its way into the table.
struct Incoming<'a> {
    arrival: &'a Arrival,
    key: String,
    digest: Bytes,
    altered_from: Option<i64>,
}

impl Incoming<'_> {
    fn answer(&self) -> &Answer {
        match (&self.arrival.altered_answer, self.altered_from) {
            (Some(altered), Some(_)) => altered,
            _ => &self.arrival.answer,
        }
    }
}

/// What is stored under a message key.
struct Kept {
    id: i64,
    digest: Bytes,
    answer: Bytes,
}

async fn keep(session: &mut Session, arrivals: &[Arrival]) -> Result<Vec<Receipt>, sqlx::Error> {
    let mut incoming: Vec<Incoming<'_>> = arrivals.iter().map(Incoming::of).collect();
    let keys = incoming.iter().map(|one| one.key.as_str());
    session
        .lock_texts(LockSpace::Messages, keys.collect())
        .await?;
    let mut receipts = Vec::with_capacity(arrivals.len());
    let mut rest = incoming.as_mut_slice();
    while !rest.is_empty() {
        let (run, later) = rest.split_at_mut(run_length(rest));
        receipts.extend(keep_run(session, run).await?);
        rest = later;
    }
    Ok(receipts)
}

/// How many arrivals stand before the first whose key came before among them. That one is looked
/// up when the earlier is in the table.
fn run_length(incoming: &[Incoming<'_>]) -> usize {
    let mut seen = HashSet::new();
    incoming
        .iter()
        .position(|one| !one.key.is_empty() && !seen.insert(&one.key))
        .unwrap_or(incoming.len())
}

async fn keep_run(
    session: &mut Session,
    incoming: &mut [Incoming<'_>],
) -> Result<Vec<Receipt>, sqlx::Error> {
    let stored = stored_under(session, incoming).await?;
    for one in &mut *incoming {
        one.altered_from = stored
            .get(&one.key)
            .and_then(|kept| altered_from(kept, &one.digest));
    }
    let fresh: Vec<&Incoming<'_>> = incoming
        .iter()
        .filter(|one| find(&stored, one).is_none())
        .collect();
    let mut ids = insert(session, &fresh).await?;
    incoming
        .iter()
        .map(|one| receipt(one, &stored, &mut ids))
        .collect()
}

impl<'a> Incoming<'a> {
    fn of(arrival: &'a Arrival) -> Incoming<'a> {
        let digest = Bytes::copy_from_slice(&Sha256::digest(&arrival.body));
        Incoming {
            arrival,
            key: plain(&arrival.keys.message_key()),
            digest,
            altered_from: None,
        }
    }
}

/// The ids of inserted rows, by key and digest. Rows without a control id share the empty key, so
/// each entry is a list, the first to come at its end.
struct Inserted(HashMap<(String, Bytes), Vec<i64>>);

impl Inserted {
    fn take(&mut self, one: &Incoming<'_>) -> Option<i64> {
        self.0
            .get_mut(&(one.key.clone(), one.digest.clone()))?
            .pop()
    }
}

fn receipt(
    one: &Incoming<'_>,
    stored: &HashMap<String, Vec<Kept>>,
    ids: &mut Inserted,
) -> Result<Receipt, sqlx::Error> {
    if let Some(kept) = find(stored, one) {
        return Ok(Receipt::Repeat {
            id: kept.id,
            answer: kept.answer.clone(),
        });
    }
    let id = ids.take(one).ok_or(sqlx::Error::RowNotFound)?;
    Ok(match one.altered_from {
        Some(earlier) => Receipt::Altered { id, earlier },
        None => Receipt::New { id },
    })
}

fn find<'a>(stored: &'a HashMap<String, Vec<Kept>>, one: &Incoming<'_>) -> Option<&'a Kept> {
    stored
        .get(&one.key)?
        .iter()
        .find(|kept| kept.digest == one.digest)
}

fn altered_from(kept: &[Kept], digest: &Bytes) -> Option<i64> {
    let same = kept.iter().any(|kept| kept.digest == digest);
    if same {
        None
    } else {
        kept.iter().map(|kept| kept.id).max()
    }
}

async fn stored_under(
    session: &mut Session,
    incoming: &[Incoming<'_>],
) -> Result<HashMap<String, Vec<Kept>>, sqlx::Error> {
    let keys: Vec<&str> = incoming
        .iter()
        .map(|one| one.key.as_str())
        .filter(|key| !key.is_empty())
        .collect();
    let mut stored: HashMap<String, Vec<Kept>> = HashMap::new();
    if keys.is_empty() {
        return Ok(stored);
    }
    let sql = format!(
        "SELECT message_key, id, digest, answer FROM message
         WHERE message_key <> '' AND message_key IN {}",
        session.engine().texts(1)
    );
    for row in session.query(&sql, vec![Arg::Json(json!(keys))]).await? {
        let kept = Kept {
            id: row.int(1)?,
            digest: row.bytes(2)?,
            answer: row.bytes(3)?,
        };
        stored.entry(row.text(0)?).or_default().push(kept);
    }
    Ok(stored)
}

async fn insert(session: &mut Session, fresh: &[&Incoming<'_>]) -> Result<Inserted, sqlx::Error> {
    let mut rows = Vec::new();
    match session.engine() {
        Engine::Postgres => rows = insert_arrays(session, fresh).await?,
        Engine::Sqlite => {
            for chunk in fresh.chunks(SQLITE_ROWS_MAX) {
                rows.extend(insert_values(session, chunk).await?);
            }
        }
    }
    let mut ids: HashMap<(String, Bytes), Vec<i64>> = HashMap::new();
    for row in rows {
        ids.entry((row.text(1)?, row.bytes(2)?))
            .or_default()
            .push(row.int(0)?);
    }
    for same in ids.values_mut() {
        same.sort_unstable_by(|a, b| b.cmp(a));
    }
    Ok(Inserted(ids))
}

/// PostgreSQL unfolds arrays side by side, so any number of rows is one statement.
async fn insert_arrays(
    session: &mut Session,
    fresh: &[&Incoming<'_>],
) -> Result<Vec<crate::session::Row>, sqlx::Error> {
    let sql = format!(
        "INSERT INTO message ({COLUMNS})
         SELECT r ->> 0, r ->> 1, r ->> 2, CAST(r ->> 3 AS BIGINT), r ->> 4, r ->> 5, r ->> 6,
                r ->> 7, r ->> 8, r ->> 9, r ->> 10, r ->> 11, r ->> 12, r ->> 13,
                CAST(r ->> 14 AS BIGINT), r ->> 15, r ->> 16, r ->> 17, CAST(r ->> 18 AS BIGINT),
                digest, body, answer
         FROM ROWS FROM (jsonb_array_elements(CAST($1 AS jsonb)), unnest($2), unnest($3),
                         unnest($4)) AS item (r, digest, body, answer)
         RETURNING id, message_key, digest"
    );
    let rows = fresh.iter().map(|one| Value::Array(one.texts())).collect();
    let args = vec![
        Arg::Json(rows),
        Arg::Blobs(fresh.iter().map(|one| one.digest.clone()).collect()),
        Arg::Blobs(fresh.iter().map(|one| one.arrival.body.clone()).collect()),
        Arg::Blobs(fresh.iter().map(|one| one.answer().bytes.clone()).collect()),
    ];
    session.query(&sql, args).await
}

async fn insert_values(
    session: &mut Session,
    fresh: &[&Incoming<'_>],
) -> Result<Vec<crate::session::Row>, sqlx::Error> {
    let mut sql = format!("INSERT INTO message ({COLUMNS}) VALUES ");
    let row = format!("({})", vec!["?"; COLUMN_COUNT].join(", "));
    sql.push_str(&vec![row; fresh.len()].join(", "));
    sql.push_str(" RETURNING id, message_key, digest");
    let mut args = Vec::with_capacity(fresh.len() * COLUMN_COUNT);
    for one in fresh {
        args.extend(one.texts().into_iter().map(|value| match value {
            Value::String(text) => Arg::Text(text),
            other => other.as_i64().map_or(Arg::Null, Arg::Int),
        }));
        args.push(Arg::Blob(one.digest.clone()));
        args.push(Arg::Blob(one.arrival.body.clone()));
        args.push(Arg::Blob(one.answer().bytes.clone()));
    }
    session.query(&sql, args).await
}

impl Incoming<'_> {
    /// The columns that are text or number, in the order of [`COLUMNS`].
    fn texts(&self) -> Vec<Value> {
        let Arrival {
            feed,
            peer,
            received_at,
            keys,
            lane,
            body,
            state,
            ..
        } = self.arrival;
        let (state, reason) = state.state_and_reason();
        vec![
            json!(plain(feed)),
            json!(plain(peer)),
            json!(iso(*received_at)),
            json!(received_at),
            json!(plain(&keys.sending_application)),
            json!(plain(&keys.sending_facility)),
            json!(plain(&keys.receiving_application)),
            json!(plain(&keys.receiving_facility)),
            json!(plain(&keys.control_id)),
            json!(indexed(&keys.message_code)),
            json!(indexed(&keys.trigger_event)),
            json!(plain(&keys.version)),
            json!(self.key),
            json!(indexed(lane)),
            json!(self.altered_from),
            json!(self.answer().code),
            json!(state.as_str()),
            json!(plain(reason)),
            json!(body.len()),
        ]
    }
}
