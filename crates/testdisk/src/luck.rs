//! What of the unflushed survives a power cut.

use fastrand::Rng;

/// What becomes of what was written and not flushed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "nothing or some, there is no third"
)]
pub enum Unflushed {
    /// Nothing of it reached the disk.
    Lost,
    /// Any part of it did: the same part for the same seed.
    Scattered {
        /// What decides.
        seed: u64,
    },
}

/// Tosses the coins.
#[derive(Debug)]
pub(crate) struct Luck(Option<Rng>);

impl Luck {
    pub(crate) fn of(unflushed: Unflushed) -> Luck {
        Luck(match unflushed {
            Unflushed::Lost => None,
            Unflushed::Scattered { seed } => Some(Rng::with_seed(seed)),
        })
    }

    /// Whether one thing survives.
    pub(crate) fn survives(&mut self) -> bool {
        self.0.as_mut().is_some_and(Rng::bool)
    }

    /// How many of `count` things survive of which none can without those before it.
    pub(crate) fn survivors(&mut self, count: usize) -> usize {
        self.0.as_mut().map_or(0, |rng| rng.usize(..=count))
    }
}
