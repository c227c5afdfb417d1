//! `cargo xtask power-cut`: cuts the power of a disk under the listener, again and again.

use std::fs::OpenOptions;

use crate::environment::Environment;
use crate::run::{Failure, Steps, cargo, checked};

/// The test as cargo runs it; the feature is that of a listener which does not flush its commits.
const TEST: &str = "test -p cistern-listener --test power_cut";
const WITHOUT_FLUSHES: &str = "--features no-flush";
const SHOWN: &str = "-- --nocapture";

/// Without flushes the campaign must find that messages are lost.
pub(crate) fn run(rounds: &str, flushes: bool) -> Result<(), Failure> {
    if rounds.parse::<u32>().is_err() {
        return Err(Failure::new(format!(
            "--rounds takes a number, not {rounds:?}"
        )));
    }
    if !can_mount() {
        return Err(Failure::new(
            "a disk whose power can be cut is a file system of FUSE: it needs /dev/fuse",
        ));
    }
    let environment = Environment::set_up(&mut Steps::start())?;
    cut(&environment, rounds, flushes)
}

/// The negative control, if this machine lets us mount the disk. The campaign itself is among the
/// tests, where it says for itself that it is skipped.
pub(crate) fn control(environment: &Environment, rounds: &str) -> Result<(), Failure> {
    if can_mount() {
        return cut(environment, rounds, false);
    }
    eprintln!("    SKIPPED: /dev/fuse cannot be used, so no power was cut");
    Ok(())
}

fn cut(environment: &Environment, rounds: &str, flushes: bool) -> Result<(), Failure> {
    let features = if flushes { "" } else { WITHOUT_FLUSHES };
    let test = cargo(&format!("{TEST} {features} {SHOWN}"));
    checked(
        environment
            .around(test)
            .env("CISTERN_POWER_CUT_ROUNDS", rounds)
            .env("CISTERN_REQUIRE_DISK", "1"),
    )
}

fn can_mount() -> bool {
    let mut device = OpenOptions::new();
    device.read(true).write(true).open("/dev/fuse").is_ok()
}
