//! The numbers by which senders begin their sequences: while such a message is not kept, none behind
//! it may begin in its place.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tank::{Arrival, Receipt, SequenceNumber};

/// So many senders may have begun at once; a further one is taken at its word.
const SENDERS_MAX: usize = 1_024;

/// What all links of a feed share of it.
#[derive(Debug, Default)]
pub(crate) struct Beginnings {
    /// The first number of each sender, until a message is kept.
    numbers: Mutex<HashMap<String, i64>>,
}

/// What a message on its way into the tank was told.
#[derive(Debug)]
pub(crate) struct Told {
    sender: String,
    first: Option<i64>,
    is_first: bool,
}

impl Beginnings {
    /// Tells a message in sequence which number is the first of its sender.
    pub(crate) fn place(&self, arrival: &mut Arrival) -> Option<Told> {
        let step = arrival.sequence.as_mut()?;
        let keys = &arrival.keys;
        let sender = [&*keys.sending_application, &keys.sending_facility].join("\u{1f}");
        let mut numbers = self.numbers();
        let begun = numbers.get(&sender).copied();
        let (first, is_first) = match step {
            SequenceNumber::Restart => {
                numbers.remove(&sender);
                (None, false)
            }
            SequenceNumber::Asks { first } => {
                *first = begun;
                (begun, false)
            }
            SequenceNumber::Number { number, first } => {
                *first = begun.map_or(*number, |begun| begun.min(*number));
                if begun.is_some() || numbers.len() < SENDERS_MAX {
                    numbers.insert(sender.clone(), *first);
                }
                (Some(*first), number == first)
            }
        };
        Some(Told {
            sender,
            first,
            is_first,
        })
    }

    /// Once the tank expects a number by itself, it needs to be told of none.
    pub(crate) fn learn(&self, told: &Told, receipt: &Receipt) {
        let Some(first) = told.first else { return };
        let has_begun = match receipt {
            Receipt::New { .. } | Receipt::Altered { .. } => true,
            Receipt::Repeat { .. } => told.is_first,
            Receipt::OutOfSequence { expected } => expected.is_some_and(|it| it != first),
        };
        let mut numbers = self.numbers();
        if has_begun && numbers.get(&told.sender) == Some(&first) {
            numbers.remove(&told.sender);
        }
    }

    /// A number is written whole, whatever stopped the last writer.
    fn numbers(&self) -> MutexGuard<'_, HashMap<String, i64>> {
        self.numbers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
