//! Random choices that a failing test can repeat.

use std::env;
use std::time::{SystemTime, UNIX_EPOCH};

/// The `SplitMix64` generator: small, and good enough to choose moments.
#[derive(Clone, Debug)]
pub(crate) struct Random {
    state: u64,
}

impl Random {
    /// Seeded by the environment variable `variable`, else by the clock. Prints the seed, which the
    /// test harness shows when the test fails.
    #[track_caller]
    pub(crate) fn seeded(variable: &str) -> Random {
        let seed = match env::var(variable) {
            Ok(seed) => seed.parse().expect("a seed is a number"),
            Err(_) => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |since| u64::from(since.subsec_nanos())),
        };
        println!("{variable}={seed}");
        Random { state: seed }
    }

    /// A number from 0 to `limit` - 1.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % limit.max(1)
    }
}
