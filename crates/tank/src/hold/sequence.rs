//! `hold` under the sequence number protocol: what is expected of a sender is read, judged and moved
//! on in the transaction that keeps the message.

use std::collections::{HashMap, HashSet};

use serde_json::json;

use super::{ACTION, Incoming, keys, limit, postgres, sqlite};
use crate::arrival::{Arrival, Receipt, SequenceNumber, hex};
use crate::database::Database;
use crate::error::TankError;
use crate::session::{Arg, LockSpace, Row, Session, indexed};

impl Database {
    pub(super) async fn hold_in_sequence(
        &self,
        incoming: Vec<Incoming<'_>>,
    ) -> Result<Vec<Receipt>, TankError> {
        let fault = |error| TankError::database(ACTION, &error);
        let mut session = self.write(limit(&incoming)).await.map_err(fault)?;
        let receipts = hold(&mut session, incoming).await.map_err(fault)?;
        session.commit(ACTION).await?;
        Ok(receipts)
    }
}

async fn hold(
    session: &mut Session,
    incoming: Vec<Incoming<'_>>,
) -> Result<Vec<Receipt>, sqlx::Error> {
    let mut sequences = Sequences::lock(session, &incoming).await?;
    let (mut admitted, mut refusals) = (Vec::new(), Vec::new());
    for one in incoming {
        let refusal = sequences.refusal(&one);
        if refusal.is_none() {
            admitted.push(one);
        }
        refusals.push(refusal);
    }
    let kept = match session {
        _ if admitted.is_empty() => Vec::new(),
        Session::SqliteWriting(writing) => sqlite::keep(writing, &admitted, ["", ""]).await?,
        Session::Postgres(remote) => postgres::keep(remote, &admitted).await?,
        Session::SqliteReading(_) => return Err(sqlx::Error::BeginFailed),
    };
    sequences.write(session).await?;
    let mut kept = kept.into_iter();
    Ok(refusals
        .into_iter()
        .filter_map(|refusal| refusal.or_else(|| kept.next()))
        .collect())
}

/// What is known of the senders of some arrivals, and what of the arrivals is stored.
struct Sequences {
    /// The number that is expected of a sender; none where its next one begins the sequence.
    expected: HashMap<String, Option<i64>>,
    moved: HashSet<String>,
    stored: HashSet<(String, [u8; 32])>,
}

impl Sequences {
    /// Looks up and locks until the transaction ends: first the messages, in the order of every
    /// other `hold`, then the senders.
    async fn lock(
        session: &mut Session,
        incoming: &[Incoming<'_>],
    ) -> Result<Sequences, sqlx::Error> {
        if let Session::Postgres(remote) = session {
            postgres::lock(remote, incoming).await?;
        }
        let is_numbered = |one: &&Incoming<'_>| one.arrival.sequence.is_some();
        let numbered = incoming.iter().filter(is_numbered);
        let senders: HashSet<String> = numbered.clone().map(|one| sender(one.arrival)).collect();
        let identities = numbered.map(|one| json!([one.key, hex(one.digest())]));
        let identities = Arg::Json(identities.collect());
        let names = senders.iter().map(String::as_str).collect();
        session.lock_texts(LockSpace::Sequences, names).await?;
        Ok(Sequences {
            expected: expected(session, &senders).await?,
            moved: HashSet::new(),
            stored: stored(session, identities).await?,
        })
    }

    /// Why an arrival is not kept; what is kept moves its sequence on.
    fn refusal(&mut self, one: &Incoming<'_>) -> Option<Receipt> {
        let number = one.arrival.sequence?;
        let sender = sender(one.arrival);
        let expected = self.expected.get(&sender).copied().flatten();
        let is_repeat = || self.stored.contains(&one.identity());
        let next = match number {
            SequenceNumber::Restart if is_repeat() => return None,
            SequenceNumber::Restart => None,
            SequenceNumber::Number { number, first } if number == expected.unwrap_or(first) => {
                Some(number.saturating_add(1))
            }
            SequenceNumber::Number { .. } if is_repeat() => return None,
            SequenceNumber::Number { first, .. } => {
                let expected = expected.or(Some(first));
                return Some(Receipt::OutOfSequence { expected });
            }
            SequenceNumber::Asks { first } => {
                let expected = expected.or(first);
                return Some(Receipt::OutOfSequence { expected });
            }
        };
        if !one.key.is_empty() {
            self.stored.insert(one.identity());
        }
        self.expected.insert(sender.clone(), next);
        self.moved.insert(sender);
        None
    }

    async fn write(self, session: &mut Session) -> Result<(), sqlx::Error> {
        if self.moved.is_empty() {
            return Ok(());
        }
        let sql = format!(
            "INSERT INTO sequence_number (sender, expected)
             SELECT item.value ->> 0, CAST(item.value ->> 1 AS BIGINT) FROM {} WHERE true
             ON CONFLICT (sender) DO UPDATE SET expected = excluded.expected",
            session.engine().items(1)
        );
        let rows = self.moved.iter().map(|sender| {
            let expected = self.expected.get(sender).copied().flatten();
            json!([sender, expected])
        });
        let rows = Arg::Json(rows.collect());
        session.execute(&sql, vec![rows]).await?;
        Ok(())
    }
}

impl Incoming<'_> {
    /// What is equal for a message and its repeat.
    fn identity(&self) -> (String, [u8; 32]) {
        (self.key.clone(), *self.digest())
    }
}

/// The sender whose messages are in sequence.
fn sender(arrival: &Arrival) -> String {
    let [application, facility] = arrival.keys.sender();
    let parts = [&*arrival.feed, application, facility];
    parts.map(indexed).join("\u{1f}")
}

async fn expected(
    session: &mut Session,
    senders: &HashSet<String>,
) -> Result<HashMap<String, Option<i64>>, sqlx::Error> {
    let sql = format!(
        "SELECT sender, expected FROM sequence_number WHERE sender IN {}",
        session.engine().texts(1)
    );
    let rows = session.query(&sql, vec![Arg::Json(json!(senders))]).await?;
    let row = |row: &Row| Ok((row.text(0)?, row.maybe_int(1)?));
    rows.iter().map(row).collect()
}

/// Which identities are stored.
async fn stored(
    session: &mut Session,
    identities: Arg,
) -> Result<HashSet<(String, [u8; 32])>, sqlx::Error> {
    let rows = match session {
        Session::SqliteWriting(writing) => writing.query(keys::STORED, vec![identities]).await?,
        Session::Postgres(_) | Session::SqliteReading(_) => {
            let sql = format!(
                "SELECT m.message_key, m.digest FROM {} JOIN message m
                 ON m.message_key = item.value ->> 0 AND m.digest = decode(item.value ->> 1, 'hex')
                 WHERE m.message_key <> ''",
                session.engine().items(1)
            );
            session.query(&sql, vec![identities]).await?
        }
    };
    let identity = |row: &Row| Ok((row.text(0)?, keys::digest(row, 1)?));
    rows.iter().map(identity).collect()
}
