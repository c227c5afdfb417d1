//! `cargo xtask bench`: the benchmarks, those of the tank on PostgreSQL too.

use crate::environment::Environment;
use crate::run::{Failure, Steps, cargo, checked};

pub(crate) fn run(filter: &[&str]) -> Result<(), Failure> {
    let environment = Environment::set_up(&mut Steps::start())?;
    checked(
        environment
            .around(cargo("bench -p benches --"))
            .args(filter),
    )
}
