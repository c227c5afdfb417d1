//! The watch over the numbers of a feed's messages, and how often it warns.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::runs::{Gap, Runs};

/// How long after a warning about a sender comes the next.
const WARNING_PAUSE_MILLIS: i64 = 60_000;

/// What all links of a feed share of it.
#[derive(Default)]
pub(crate) struct Watch {
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    runs: Runs,
    /// When there was a warning about a sender, in milliseconds since 1970.
    warned: HashMap<String, i64>,
}

impl Watch {
    /// A message that is kept.
    pub(crate) fn see(&self, sender: &str, number: &str, control_id: &str) -> Option<Gap> {
        self.seen().runs.see(sender, number, control_id)
    }

    /// A message that was kept before.
    pub(crate) fn see_again(&self, sender: &str, number: &str, control_id: &str) -> Option<Gap> {
        self.seen().runs.see_again(sender, number, control_id)
    }

    /// Whether there was no warning about a sender for a while, nor about very many others.
    pub(crate) fn may_warn(&self, sender: &str, now: i64) -> bool {
        let warned = &mut self.seen().warned;
        let is_fresh = |at: i64| now - at < WARNING_PAUSE_MILLIS;
        if warned.get(sender).is_some_and(|at| is_fresh(*at)) {
            return false;
        }
        if warned.len() >= Runs::SENDERS_MAX {
            warned.retain(|_, at| is_fresh(*at));
            if warned.len() >= Runs::SENDERS_MAX {
                return false;
            }
        }
        warned.insert(sender.to_owned(), now);
        true
    }

    /// A count is whole again with the next message, whatever stopped the last.
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
