//! When a link sends its next message, and whether it behaves.

use std::time::Duration;

use fastrand::Rng;
use tokio::time::Instant;

use crate::misbehaviour::Misbehaviour;
use crate::person::mixed;
use crate::plan::{End, Plan};

/// How late a timer may be: what is due so shortly before the end may not have been sent.
const TIMER_SLACK: Duration = Duration::from_millis(5);

/// The turns of one link.
#[derive(Debug)]
pub(crate) struct Turns {
    rng: Rng,
    misbehaviours: Vec<(Misbehaviour, f64)>,
    left: u64,
    until: Option<Instant>,
    pace: Option<Pace>,
}

/// What a link does at a moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Turn {
    /// It sends a message that was due at that moment, or misbehaves.
    Send {
        due: Instant,
        misbehaviour: Option<Misbehaviour>,
    },
    /// It waits until then.
    Wait(Instant),
    /// It has nothing more to send.
    Over,
}

/// Moments that do not depend on answers.
#[derive(Debug)]
struct Pace {
    next: Instant,
    interval: Duration,
}

impl Turns {
    /// The turns of this link in a run that starts at `start`.
    pub(crate) fn new(plan: &Plan, link: u32, start: Instant) -> Turns {
        let (left, until) = match plan.end {
            End::Messages(messages) => (share(messages, plan.links, link), None),
            End::After(time) => (u64::MAX, Some(start + time)),
        };
        let pace = plan.rate.map(|rate| Pace {
            next: start + Duration::from_secs_f64(f64::from(link) / rate),
            interval: Duration::from_secs_f64(f64::from(plan.links) / rate),
        });
        Turns {
            rng: Rng::with_seed(mixed(plan.seed, (u64::from(link) << 32) + 1)),
            misbehaviours: plan.misbehaviours.clone(),
            left,
            until,
            pace,
        }
    }

    /// Takes the turn of this moment.
    pub(crate) fn next(&mut self, now: Instant) -> Turn {
        if self.left == 0 || self.until.is_some_and(|until| until <= now) {
            return Turn::Over;
        }
        let due = match &mut self.pace {
            None => now,
            Some(pace) if pace.next > now => {
                let next = self.until.map_or(pace.next, |until| until.min(pace.next));
                return Turn::Wait(next);
            }
            Some(pace) => {
                let due = pace.next;
                pace.next += pace.interval;
                due
            }
        };
        self.left -= 1;
        let misbehaviour = self.draw();
        Turn::Send { due, misbehaviour }
    }

    /// Puts off what is to come: the listener is not to blame for this time.
    pub(crate) fn pause(&mut self, time: Duration) {
        if let Some(pace) = &mut self.pace {
            pace.next += time;
        }
    }

    /// How many messages were due and had no turn when the run ended, by time or at `stopped`.
    pub(crate) fn behind(&self, stopped: Option<Instant>) -> u64 {
        let end = stopped.into_iter().chain(self.until).min();
        let (Some(pace), Some(end)) = (&self.pace, end) else {
            return 0;
        };
        let overdue = end.saturating_duration_since(pace.next + TIMER_SLACK);
        let due = overdue.as_nanos().div_ceil(pace.interval.as_nanos().max(1));
        u64::try_from(due).unwrap_or(u64::MAX).min(self.left)
    }

    fn draw(&mut self) -> Option<Misbehaviour> {
        if self.misbehaviours.is_empty() {
            return None;
        }
        let mut lot = self.rng.f64();
        let drawn = self.misbehaviours.iter().find(|(_, share)| {
            lot -= share;
            lot < 0.0
        });
        drawn.map(|(misbehaviour, _)| *misbehaviour)
    }
}

/// The messages of one link, where all links together send so many.
fn share(messages: u64, links: u32, link: u32) -> u64 {
    let (links, link) = (u64::from(links), u64::from(link));
    messages / links + u64::from(link < messages % links)
}
