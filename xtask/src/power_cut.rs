//! `cargo xtask power-cut`: cuts the power of a disk under the listener, again and again.

use std::process::Command;

use crate::environment::Environment;
use crate::run::{Failure, Steps, at_least_one, cargo, checked};

/// The test as cargo runs it; the feature is that of a listener which does not flush its commits.
const TEST: &str = "test -p cistern-listener --test power_cut";
const WITHOUT_FLUSHES: &str = "--features no-flush";
const SHOWN: &str = "-- --nocapture";

/// Without flushes the campaign must find that messages are lost.
pub(crate) fn run(rounds: &str, flushes: bool) -> Result<(), Failure> {
    at_least_one("--rounds", rounds)?;
    let environment = Environment::set_up(&mut Steps::start())?;
    // Who asks for a campaign wants to hear that there is none.
    checked(cut(&environment, rounds, flushes).env("CISTERN_REQUIRE_DISK", "1"))
}

/// The negative control. Like the campaign, which is among the tests, it says for itself that it is
/// skipped where this machine lets nobody mount the disk.
pub(crate) fn control(environment: &Environment, rounds: &str) -> Result<(), Failure> {
    checked(&mut cut(environment, rounds, false))
}

fn cut(environment: &Environment, rounds: &str, flushes: bool) -> Command {
    let features = if flushes { "" } else { WITHOUT_FLUSHES };
    let test = cargo(&format!("{TEST} {features} {SHOWN}"));
    let mut cut = environment.around(test);
    cut.env("CISTERN_POWER_CUT_ROUNDS", rounds);
    cut
}
