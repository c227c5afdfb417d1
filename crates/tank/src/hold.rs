//! `hold`: the one durable commit behind every acknowledgement.

mod keys;
mod owe;
mod postgres;
mod sequence;
mod sqlite;

use std::time::Duration;

use crate::arrival::{Arrival, Receipt};
use crate::database::{Database, Pool, SHORT_LIMIT};
use crate::error::TankError;
use crate::session::plain;

pub(crate) use keys::RecentKeys;

const ACTION: &str = "hold messages";

impl Database {
    pub(crate) async fn hold_all(&self, arrivals: &[Arrival]) -> Result<Vec<Receipt>, TankError> {
        if arrivals.is_empty() {
            return Ok(Vec::new());
        }
        let incoming: Vec<Incoming<'_>> = arrivals.iter().map(Incoming::of).collect();
        if arrivals.iter().any(|arrival| arrival.sequence.is_some()) {
            return self.hold_in_sequence(incoming).await;
        }
        match self.pool() {
            Pool::Sqlite { writer, .. } => sqlite::hold(writer, &incoming).await,
            Pool::Postgres { pool, holder } => postgres::hold(pool, holder, &incoming).await,
        }
    }
}

/// How long PostgreSQL may take over a commit of these.
fn limit(incoming: &[Incoming<'_>]) -> Duration {
    let bytes = incoming.iter().map(|one| one.arrival.body.len()).sum();
    limit_of(incoming.len(), bytes)
}

/// For so many messages, and for so many bytes, PostgreSQL may take a second longer.
const LONGER_MESSAGES: usize = 1_000;
const LONGER_BYTES: usize = 1024 * 1024;

/// A batch of a file that takes too long comes again, and is then as long as before.
fn limit_of(messages: usize, bytes: usize) -> Duration {
    let longer_secs = messages / LONGER_MESSAGES + bytes / LONGER_BYTES;
    let longer_secs = u64::try_from(longer_secs).unwrap_or(u64::MAX);
    SHORT_LIMIT.saturating_add(Duration::from_secs(longer_secs))
}

/// An arrival on its way into the table.
struct Incoming<'a> {
    arrival: &'a Arrival,
    key: String,
}

impl<'a> Incoming<'a> {
    fn of(arrival: &'a Arrival) -> Incoming<'a> {
        Incoming {
            arrival,
            key: key(arrival),
        }
    }

    fn digest(&self) -> &[u8; 32] {
        &self.arrival.body.digest
    }
}

/// What is to be judged anew has a key of its own: for what comes later it is no earlier message.
fn key(arrival: &Arrival) -> String {
    let key = arrival.keys.message_key();
    let key = plain(&key).into_owned();
    if arrival.is_provisional && !key.is_empty() {
        key + PROVISIONAL
    } else {
        key
    }
}

/// Ends the keys of what is to be judged anew.
const PROVISIONAL: &str = "\u{1f}provisional";

#[cfg(test)]
mod tests {
    use super::limit_of;

    #[test]
    fn what_is_large_may_take_longer() {
        let cases = [
            (1, 2_000, 15),
            (999, 1_048_575, 15),
            (1_000, 1_000_000, 16),
            (10_000, 64 << 20, 89),
        ];
        for (messages, bytes, secs) in cases {
            assert_eq!(limit_of(messages, bytes).as_secs(), secs);
        }
    }
}
