//! Several ways of doing the same, measured in turn, so that the machine's moods meet all of them.

use std::env;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// How long one way is gone before it is the next one's turn.
const TURN: Duration = Duration::from_millis(5);

/// Whether to measure: `cargo test --all-targets` runs a benchmark to see that it works.
pub fn measuring() -> bool {
    env::args().any(|argument| argument == "--bench")
}

/// Whether this is wanted: its name holds what follows `cargo bench … --`, if anything does.
pub fn wanted(name: &str) -> bool {
    let mut filters = env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'));
    filters.next().is_none_or(|filter| name.contains(&filter))
}

/// Seconds that each way takes, the median of so many turns. What a way answers says how much it
/// found, so that nothing of it is left out.
pub fn medians<const N: usize>(ways: [&dyn Fn() -> usize; N], rounds: usize) -> [f64; N] {
    let mut times: [Vec<f64>; N] = std::array::from_fn(|_| Vec::with_capacity(rounds));
    for round in 0..rounds {
        for turn in 0..N {
            let whose = (round + turn) % N;
            if let (Some(way), Some(times)) = (ways.get(whose), times.get_mut(whose)) {
                times.push(turn_of(way));
            }
        }
    }
    times.map(median)
}

/// Seconds for one pass, of as many as there is time for, one at least.
fn turn_of(way: &dyn Fn() -> usize) -> f64 {
    let started = Instant::now();
    let mut passes = 0;
    while passes == 0 || started.elapsed() < TURN {
        black_box(way());
        passes += 1;
    }
    started.elapsed().as_secs_f64() / f64::from(passes)
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or_default()
}
