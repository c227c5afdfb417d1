//! `hold`: the one durable commit behind every acknowledgement.

mod keys;
mod owe;
mod postgres;
mod sequence;
mod sqlite;

use crate::arrival::{Arrival, Receipt};
use crate::database::{Database, Pool};
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
