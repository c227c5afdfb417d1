//! Latencies, counted in classes that are narrow for short ones and wide for long ones.

use std::time::Duration;

/// Each power of two has 2 to this many classes, so a class is less than 1/64 as wide as its values.
const PRECISION_BITS: u32 = 6;

/// A count of durations, from a microsecond to days, in a few kilobytes.
///
/// ```
/// use std::time::Duration;
/// use cistern_simulator::Histogram;
///
/// let mut latencies = Histogram::default();
/// for millis in 1..=1000 {
///     latencies.record(Duration::from_millis(millis));
/// }
/// let median = latencies.percentile(50.0).as_micros();
/// assert!((500_000..508_000).contains(&median));
/// assert_eq!(latencies.max(), Duration::from_secs(1));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Histogram {
    /// How many fell into each class; as long as the longest made it.
    classes: Vec<u64>,
    count: u64,
    max_micros: u64,
}

impl Histogram {
    /// Counts one.
    pub fn record(&mut self, duration: Duration) {
        let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        let class = class_of(micros);
        if class >= self.classes.len() {
            self.classes.resize(class + 1, 0);
        }
        if let Some(count) = self.classes.get_mut(class) {
            *count += 1;
        }
        self.count += 1;
        self.max_micros = self.max_micros.max(micros);
    }

    /// Adds what another one counted.
    pub fn add(&mut self, other: &Histogram) {
        if other.classes.len() > self.classes.len() {
            self.classes.resize(other.classes.len(), 0);
        }
        for (count, more) in self.classes.iter_mut().zip(&other.classes) {
            *count += more;
        }
        self.count += other.count;
        self.max_micros = self.max_micros.max(other.max_micros);
    }

    /// How many were counted.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The longest, to the microsecond.
    pub fn max(&self) -> Duration {
        Duration::from_micros(self.max_micros)
    }

    /// The duration that this percentage of all did not exceed, at most 1/64 too long; zero where
    /// nothing was counted.
    pub fn percentile(&self, percent: f64) -> Duration {
        let rank = rank(percent, self.count);
        let mut below = 0;
        for (class, count) in self.classes.iter().enumerate() {
            below += count;
            if below >= rank {
                return Duration::from_micros(longest_of(class).min(self.max_micros));
            }
        }
        self.max()
    }
}

/// How many of `count` are this percentage, at least one.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rank of a percentile need not be exact beyond 2^53"
)]
fn rank(percent: f64, count: u64) -> u64 {
    ((percent / 100.0 * count as f64).ceil() as u64).max(1)
}

/// Values below 64 have a class each; above, the six bits after the highest tell the class.
fn class_of(micros: u64) -> usize {
    let shift = shift_of(micros.checked_ilog2().unwrap_or(0));
    usize::try_from((u64::from(shift) << PRECISION_BITS) + (micros >> shift)).unwrap_or(usize::MAX)
}

fn longest_of(class: usize) -> u64 {
    let class = class as u64;
    let shift = (class >> PRECISION_BITS).saturating_sub(1);
    let highest_bits = class - (shift << PRECISION_BITS);
    (highest_bits << shift) | ((1 << shift) - 1)
}

fn shift_of(highest_bit: u32) -> u32 {
    highest_bit.saturating_sub(PRECISION_BITS)
}
