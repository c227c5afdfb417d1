//! `cargo xtask bench`: the benchmarks, those of the tank on PostgreSQL too.

use crate::environment::Environment;
use crate::run::{Failure, Steps, cargo, checked};

/// Puts loads on a listener, each for so many seconds, and prints what it keeps of them.
pub(crate) fn ingest(seconds: &str) -> Result<(), Failure> {
    let environment = Environment::set_up(&mut Steps::start())?;
    let mut bench = environment.around(cargo("bench -p benches --bench ingest"));
    checked(bench.env("INGEST_SECONDS", seconds))
}

pub(crate) fn run(filter: &[&str]) -> Result<(), Failure> {
    let environment = Environment::set_up(&mut Steps::start())?;
    checked(
        environment
            .around(cargo("bench -p benches --"))
            .args(filter),
    )
}
