//! One counter of one sender.

use std::collections::VecDeque;

use super::gap::{Gap, Numbers};

/// So many numbers must have followed each other before a sender is believed to count.
const STEPS_MIN: u32 = 10;
/// Of so many numbers one at most may not follow.
const STEPS_OF_A_BREAK: u32 = 10;
/// After so many numbers all that was before counts half.
const MEMORY: u32 = 512;
/// So many numbers must follow each other elsewhere before the run goes on there.
const STEPS_ELSEWHERE: u32 = 3;
/// Who passes over more than so many numbers has begun anew.
const PASSED_MAX: u64 = 10_000;
/// So many ranges of missing numbers are remembered, to be taken back.
const RANGES_MAX: usize = 32;
/// A longer id is not followed.
const ID_BYTES_MAX: usize = 64;
/// So many digits at the end of an id are its number; they fit into 64 bits.
const DIGITS_MAX: usize = 18;

/// A counter, as far as it is one.
#[derive(Default)]
pub(super) struct Run {
    last: Option<Place>,
    /// Where numbers follow each other elsewhere, and how many have done so.
    elsewhere: Option<(Place, u32)>,
    steps: u32,
    breaks: u32,
    missing: VecDeque<Numbers>,
}

/// A number that was seen.
struct Place {
    prefix: String,
    digits: usize,
    number: u64,
}

/// An id that ends in digits.
#[derive(Clone, Copy)]
struct Id<'a> {
    prefix: &'a str,
    digits: usize,
    number: u64,
}

/// The id does not go on from what was seen.
struct Stray;

impl Run {
    /// A new message.
    pub(super) fn see(&mut self, id: &str) -> Option<Gap> {
        let Some(id) = Id::parse(id) else {
            self.count(0, 1);
            return None;
        };
        let followed = self.follow(id);
        followed.unwrap_or_else(|Stray| {
            self.stray(id);
            None
        })
    }

    /// A message that came before.
    pub(super) fn see_again(&mut self, id: &str) -> Option<Gap> {
        self.follow(Id::parse(id)?).ok().flatten()
    }

    /// Whether its numbers follow each other.
    pub(super) fn counts(&self) -> bool {
        self.steps >= STEPS_MIN && self.breaks * STEPS_OF_A_BREAK <= self.steps
    }

    fn follow(&mut self, id: Id<'_>) -> Result<Option<Gap>, Stray> {
        if let Some(late) = self.take_back(id) {
            return Ok(Some(Gap::Late(late)));
        }
        let is_believed = self.counts();
        let goes_on_elsewhere = self.goes_on_elsewhere(id);
        let last = self.last.as_mut().ok_or(Stray)?;
        let passed = last.passed_before(id).ok_or(Stray)?;
        if passed > 0 && goes_on_elsewhere {
            return Err(Stray);
        }
        let (digits, first) = (last.digits, last.number + 1);
        (last.digits, last.number) = (id.digits, id.number);
        self.elsewhere = None;
        if passed == 0 {
            self.count(1, 0);
            return Ok(None);
        }
        self.count(0, 1);
        if !is_believed {
            return Ok(None);
        }
        let missing = Numbers {
            prefix: id.prefix.to_owned(),
            digits,
            first,
            last: id.number - 1,
        };
        self.remember(missing.clone());
        Ok(Some(Gap::Missing(missing)))
    }

    /// The number, where it was missing.
    fn take_back(&mut self, id: Id<'_>) -> Option<Numbers> {
        let is_it = |numbers: &Numbers| numbers.contains(id.prefix, id.number);
        let range = self.missing.remove(self.missing.iter().position(is_it)?)?;
        if range.count() == 1 {
            self.breaks = self.breaks.saturating_sub(1);
        }
        let late = Numbers {
            first: id.number,
            last: id.number,
            ..range.clone()
        };
        for rest in range.without(id.number) {
            self.remember(rest);
        }
        Some(late)
    }

    fn remember(&mut self, missing: Numbers) {
        if self.missing.len() >= RANGES_MAX {
            self.missing.pop_front();
        }
        self.missing.push_back(missing);
    }

    /// Begins elsewhere, or goes on there; when enough has followed, that is the run.
    fn stray(&mut self, id: Id<'_>) {
        let steps = match &self.elsewhere {
            Some((_, steps)) if self.goes_on_elsewhere(id) => steps + 1,
            _ => {
                self.count(0, u32::from(self.last.is_some()));
                0
            }
        };
        if self.last.is_none() || steps >= STEPS_ELSEWHERE {
            self.last = Some(id.place());
            self.elsewhere = None;
            self.missing.clear();
        } else {
            self.elsewhere = Some((id.place(), steps));
        }
    }

    fn goes_on_elsewhere(&self, id: Id<'_>) -> bool {
        let place = self.elsewhere.as_ref().map(|(place, _)| place);
        place.is_some_and(|place| place.passed_before(id) == Some(0))
    }

    fn count(&mut self, steps: u32, breaks: u32) {
        self.steps += steps;
        self.breaks += breaks;
        if self.steps + self.breaks >= MEMORY {
            self.steps /= 2;
            self.breaks /= 2;
        }
    }
}

impl Place {
    /// How many numbers were passed over between this one and the next; none where it is not one of
    /// the same counter.
    fn passed_before(&self, next: Id<'_>) -> Option<u64> {
        if self.prefix != next.prefix {
            return None;
        }
        let passed = next.number.checked_sub(self.number)?.checked_sub(1)?;
        (passed <= PASSED_MAX && !begins_anew(self.number, next.number)).then_some(passed)
    }
}

/// Whether the lower digits begin anew under higher ones that have changed: `260302417` is followed
/// by `260303001` on the next day. Three digits at least, or any gap might be meant.
fn begins_anew(last: u64, next: u64) -> bool {
    let blocks = (3..).map_while(|digits| 10_u64.checked_pow(digits));
    let mut blocks = blocks.take_while(|block| *block <= next);
    next - last > 10 && blocks.any(|block| last / block != next / block && next % block <= 1)
}

impl<'a> Id<'a> {
    fn parse(id: &'a str) -> Option<Id<'a>> {
        if id.len() > ID_BYTES_MAX {
            return None;
        }
        let digits = id.bytes().rev().take_while(u8::is_ascii_digit).count();
        let digits = digits.min(DIGITS_MAX);
        let (prefix, number) = id.split_at_checked(id.len() - digits)?;
        Some(Id {
            prefix,
            digits,
            number: number.parse().ok()?,
        })
    }

    fn place(self) -> Place {
        Place {
            prefix: self.prefix.to_owned(),
            digits: self.digits,
            number: self.number,
        }
    }
}
