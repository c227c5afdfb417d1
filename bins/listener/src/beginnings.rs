//! The numbers by which senders begin their sequences: while such a message is not kept, none behind
//! it may begin in its place.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tank::{Arrival, Receipt, SequenceNumber};
use tokio::time::Instant;

/// So many senders may have begun at once; a further one is taken at its word.
const SENDERS_MAX: usize = 1_024;

/// So long a sender is held to the number by which it tried to begin last: longer than it goes on
/// with what was on its way. By then it may have begun at another listener on the same database.
const PATIENCE: Duration = Duration::from_mins(5);

/// What all links of a feed share of it.
#[derive(Debug, Default)]
pub(crate) struct Beginnings {
    /// Of each sender, until a message is kept.
    beginnings: Mutex<HashMap<String, Beginning>>,
}

#[derive(Clone, Copy, Debug)]
struct Beginning {
    first: i64,
    tried: Instant,
    /// The first number since its last restart, which holds once that is kept.
    restarted: Option<i64>,
}

/// What a message on its way into the tank was told.
#[derive(Debug)]
pub(crate) struct Told {
    sender: String,
    first: Option<i64>,
    is_first: bool,
    is_restart: bool,
}

impl Beginnings {
    /// Tells a message in sequence which number is the first of its sender.
    pub(crate) fn place(&self, arrival: &mut Arrival, now: Instant) -> Option<Told> {
        let step = arrival.sequence.as_mut()?;
        let sender = arrival.keys.sender().join("\u{1f}");
        let mut beginnings = self.beginnings();
        beginnings.retain(|_, it| now.duration_since(it.tried) < PATIENCE);
        let begun = beginnings.get_mut(&sender);
        let mut told = Told {
            first: begun.as_deref().map(|it| it.first),
            is_first: false,
            is_restart: false,
            sender,
        };
        match step {
            SequenceNumber::Restart => {
                told.is_restart = true;
                if let Some(begun) = begun {
                    begun.restarted = None;
                }
            }
            SequenceNumber::Asks { first } => *first = told.first,
            SequenceNumber::Number { number, first } => {
                *first = told.first.map_or(*number, |begun| begun.min(*number));
                told.first = Some(*first);
                told.is_first = number == first;
                if let Some(begun) = begun {
                    begun.place(*number, now);
                } else if beginnings.len() < SENDERS_MAX {
                    beginnings.insert(told.sender.clone(), Beginning::new(*number, now));
                }
            }
        }
        Some(told)
    }

    /// Once the tank expects a number by itself, it needs to be told of none.
    pub(crate) fn learn(&self, told: &Told, receipt: &Receipt) {
        let Some(first) = told.first else { return };
        let has_begun = match receipt {
            Receipt::New { .. } | Receipt::Altered { .. } => true,
            Receipt::Repeat { .. } => told.is_first,
            Receipt::OutOfSequence { expected } => expected.is_some_and(|it| it != first),
        };
        let mut beginnings = self.beginnings();
        let Some(begun) = beginnings.get_mut(&told.sender) else {
            return;
        };
        if !has_begun || begun.first != first {
            return;
        }
        match begun.restarted {
            Some(restarted) if told.is_restart => begun.first = restarted,
            _ => {
                beginnings.remove(&told.sender);
            }
        }
    }

    /// A number is written whole, whatever stopped the last writer.
    fn beginnings(&self) -> MutexGuard<'_, HashMap<String, Beginning>> {
        let beginnings = self.beginnings.lock();
        beginnings.unwrap_or_else(PoisonError::into_inner)
    }
}

impl Beginning {
    fn new(first: i64, tried: Instant) -> Beginning {
        Beginning {
            first,
            tried,
            restarted: Some(first),
        }
    }

    fn place(&mut self, number: i64, now: Instant) {
        if number <= self.first || self.restarted.is_none() {
            self.first = self.first.min(number);
            self.tried = now;
        }
        let restarted = self.restarted.map_or(number, |it| it.min(number));
        self.restarted = Some(restarted);
    }
}

#[cfg(test)]
mod tests;
