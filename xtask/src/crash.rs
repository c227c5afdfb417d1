//! `cargo xtask crash --rounds N`: kills the programs again and again and counts the messages.

use crate::environment::Environment;
use crate::run::{Failure, Steps, at_least_one, cargo, checked};

pub(crate) fn run(rounds: &str) -> Result<(), Failure> {
    at_least_one("--rounds", rounds)?;
    let environment = Environment::set_up(&mut Steps::start())?;
    let test = cargo("test -p cistern-listener -p cistern-importer --test crash -- --nocapture");
    checked(environment.around(test).env("CISTERN_CRASH_ROUNDS", rounds))
}
