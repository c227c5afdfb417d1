//! `cargo xtask crash --rounds N`: kills the programs again and again and counts the messages.

use crate::environment::Environment;
use crate::run::{Failure, Steps, cargo, checked};

pub(crate) fn run(rounds: &str) -> Result<(), Failure> {
    if rounds.parse::<u32>().is_err() {
        return Err(Failure::new(format!(
            "--rounds takes a number, not {rounds:?}"
        )));
    }
    let environment = Environment::set_up(&mut Steps::start())?;
    let test = cargo("test -p cistern-listener -p cistern-importer --test crash -- --nocapture");
    checked(environment.around(test).env("CISTERN_CRASH_ROUNDS", rounds))
}
