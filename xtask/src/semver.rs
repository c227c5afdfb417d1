//! `cargo xtask semver`: that the published crates keep what their last release promised.

use std::process::Command;

use crate::published::packages;
use crate::run::{Failure, checked, workspace};
use crate::setup_cargo_tool::CARGO_SEMVER_CHECKS;

/// The revision of the last release, or before the first one from which changes are counted.
const BASELINE: &str = "c55b97c4ebd0cb8de8ef34cb2eac9952181de8fc";

pub(crate) fn run() -> Result<(), Failure> {
    let mut command = Command::new(CARGO_SEMVER_CHECKS.program()?);
    command
        .args(["semver-checks", "--all-features"])
        .args(["--baseline-rev", BASELINE])
        .args(packages())
        .current_dir(workspace());
    checked(&mut command)
}
