//! `hold` on SQLite: one transaction of the one writer, who knows the ids that come next.

use std::collections::HashMap;

use bytes::Bytes;
use serde_json::json;

use super::{ACTION, Incoming, runs};
use crate::arrival::{Answer, Arrival, Arrived, Receipt};
use crate::database::{Database, SHORT_LIMIT};
use crate::error::TankError;
use crate::instant::iso;
use crate::session::{Arg, Session, indexed, plain};

/// So many rows go into one statement; each number of rows is a statement of its own, prepared
/// once.
const ROWS_MAX: usize = 64;

const COLUMNS: &str = "id, feed, peer, received_at, received_ms, sending_application,
    sending_facility, receiving_application, receiving_facility, control_id, message_code,
    trigger_event, version, message_key, lane, state, reason, digest, body, body_bytes,
    altered_from, answer_code, answer";
const COLUMN_COUNT: usize = 23;

impl Database {
    pub(super) async fn hold_on_sqlite(
        &self,
        incoming: &[Incoming<'_>],
    ) -> Result<Vec<Receipt>, TankError> {
        let fault = |error| TankError::database(ACTION, &error);
        let mut session = self.write(SHORT_LIMIT).await.map_err(fault)?;
        let mut receipts = Vec::with_capacity(incoming.len());
        for run in runs(incoming) {
            let kept = keep(&mut session, run).await;
            receipts.extend(kept.map_err(fault)?);
        }
        session.commit(ACTION).await?;
        Ok(receipts)
    }
}

async fn keep(session: &mut Session, run: &[Incoming<'_>]) -> Result<Vec<Receipt>, sqlx::Error> {
    let mut stored = Stored::under_keys_of(session, run).await?;
    let receipts: Vec<Receipt> = run.iter().map(|one| stored.receipt(one)).collect();
    let fresh: Vec<Row<'_>> = run
        .iter()
        .zip(&receipts)
        .filter_map(|(one, receipt)| Row::of(one, receipt))
        .collect();
    for rows in fresh.chunks(ROWS_MAX) {
        insert(session, rows).await?;
    }
    Ok(receipts)
}

/// What is in the table: the messages of some keys, and the newest id.
struct Stored {
    by_key: HashMap<String, Vec<Kept>>,
    newest_id: i64,
}

struct Kept {
    id: i64,
    digest: Bytes,
    answer: Bytes,
}

impl Stored {
    async fn under_keys_of(
        session: &mut Session,
        run: &[Incoming<'_>],
    ) -> Result<Stored, sqlx::Error> {
        let sql = "SELECT '', seq, x'', x'' FROM sqlite_sequence WHERE name = 'message'
                   UNION ALL
                   SELECT message_key, id, digest, answer FROM message WHERE message_key <> ''
                   AND message_key IN (SELECT value FROM json_each($1))";
        let keys = run.iter().map(|one| json!(one.key)).collect();
        let mut stored = Stored {
            by_key: HashMap::new(),
            newest_id: 0,
        };
        for row in session.query(sql, vec![Arg::Json(keys)]).await? {
            let (key, id) = (row.text(0)?, row.int(1)?);
            if key.is_empty() {
                stored.newest_id = id;
                continue;
            }
            let (digest, answer) = (row.bytes(2)?, row.bytes(3)?);
            let kept = Kept { id, digest, answer };
            stored.by_key.entry(key).or_default().push(kept);
        }
        Ok(stored)
    }

    /// What becomes of an arrival. One that is to be kept gets the next id.
    fn receipt(&mut self, one: &Incoming<'_>) -> Receipt {
        let kept = self.by_key.get(&one.key).map_or(&[][..], Vec::as_slice);
        if let Some(same) = kept.iter().find(|kept| kept.digest == one.digest[..]) {
            return Receipt::Repeat {
                id: same.id,
                answer: same.answer.clone(),
            };
        }
        self.newest_id += 1;
        let id = self.newest_id;
        match kept.iter().map(|kept| kept.id).max() {
            Some(earlier) => Receipt::Altered { id, earlier },
            None => Receipt::New { id },
        }
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
            Receipt::Repeat { .. } => return None,
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
            ..
        } = self.one.arrival;
        let (state, reason) = self.state.state_and_reason();
        let text = |text: &str| Arg::Text(plain(text));
        [
            Arg::Int(self.id),
            text(feed),
            text(peer),
            Arg::Text(iso(*received_at)),
            Arg::Int(*received_at),
            text(&keys.sending_application),
            text(&keys.sending_facility),
            text(&keys.receiving_application),
            text(&keys.receiving_facility),
            text(&keys.control_id),
            Arg::Text(indexed(&keys.message_code)),
            Arg::Text(indexed(&keys.trigger_event)),
            text(&keys.version),
            Arg::Text(self.one.key.clone()),
            Arg::Text(indexed(lane)),
            text(state.as_str()),
            text(reason),
            Arg::Blob(Bytes::copy_from_slice(&self.one.digest)),
            Arg::Blob(body.clone()),
            Arg::Int(i64::try_from(body.len()).unwrap_or(i64::MAX)),
            self.earlier.map_or(Arg::Null, Arg::Int),
            text(&self.answer.code),
            Arg::Blob(self.answer.bytes.clone()),
        ]
    }
}

async fn insert(session: &mut Session, rows: &[Row<'_>]) -> Result<(), sqlx::Error> {
    let places = format!("({})", ["?"; COLUMN_COUNT].join(", "));
    let places = vec![places; rows.len()].join(", ");
    let sql = format!("INSERT INTO message ({COLUMNS}) VALUES {places}");
    let args = rows.iter().flat_map(Row::args).collect();
    session.execute(&sql, args).await?;
    Ok(())
}
