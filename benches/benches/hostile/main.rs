//! Inputs that nobody sends in good faith: what a byte of one costs must not depend on how many
//! there are.
//!
//! Each is measured at one size and at four times that; the ratio of the costs per byte is 1 where
//! the work is linear, and 4 where it is quadratic. One above 2.5 is a failure.
#![expect(clippy::print_stdout, reason = "the table is the result")]

mod cases;
mod operations;

use std::process::ExitCode;

use benches::{measuring, medians, wanted};

use cases::CASES;

/// The greatest ratio that still counts as linear: a large input does not stay in the caches in
/// which a small one does, and the machine has moods.
const RATIO_MAX: f64 = 2.5;
const ROUNDS: usize = 9;

fn main() -> ExitCode {
    let rounds = if measuring() { ROUNDS } else { 1 };
    let mut worst: f64 = 0.0;
    for case in CASES
        .iter()
        .filter(|case| wanted(&format!("hostile/{}", case.name)))
    {
        println!("\n{}", case.name);
        let quarter = if measuring() { case.units } else { 100 };
        let [small, large] = [quarter, quarter * 4].map(case.make);
        for (name, operation) in case.operations {
            let times = medians([&|| operation(&small), &|| operation(&large)], rounds);
            let [of_small, of_large] = times;
            let (of_small, of_large) = (cost(of_small, &small), cost(of_large, &large));
            let ratio = of_large / of_small;
            println!(
                "  {name:20} {of_small:9.3} ns a byte of {:9}, {of_large:9.3} of {:9}: {ratio:5.2}",
                small.len(),
                large.len()
            );
            worst = worst.max(ratio);
        }
    }
    println!("\nworst ratio {worst:.2}, at most {RATIO_MAX}");
    if measuring() && worst > RATIO_MAX {
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// Nanoseconds a byte.
#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn cost(seconds: f64, input: &[u8]) -> f64 {
    seconds * 1e9 / input.len() as f64
}
