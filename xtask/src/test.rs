//! `cargo xtask test`: everything that must hold, from a fresh machine on.

use std::path::Path;
use std::process::Command;

use crate::environment::Environment;
use crate::run::{Failure, Steps, cargo, checked, workspace};
use crate::setup_cargo_tool::CARGO_DENY;
use crate::{fuzz, lints, orphans};

/// How often listener and importer are killed; `cargo xtask crash` runs longer campaigns.
const CRASH_ROUNDS: &str = "20";
/// How long each fuzz target runs, in seconds; `cargo xtask fuzz` runs them longer.
const FUZZ_SECONDS: &str = "3";

pub(crate) fn run() -> Result<(), Failure> {
    let mut steps = Steps::start();
    let deny = steps.run("set up cargo-deny", || CARGO_DENY.program())?;
    let environment = Environment::set_up(&mut steps)?;

    steps.run("format", || checked(&mut cargo("fmt --all --check")))?;
    steps.run("orphaned files", orphans::check)?;
    steps.run("inherited lints", lints::check)?;
    steps.run("dependencies", || checked(&mut check_dependencies(&deny)))?;
    steps.run("clippy", || {
        checked(&mut cargo(
            "clippy --workspace --all-targets -- -D warnings",
        ))
    })?;
    steps.run("hl7 without features", || {
        checked(&mut cargo("check -p cistern-hl7 --no-default-features"))
    })?;
    // All targets include the benchmarks, each of which runs once, unmeasured.
    steps.run("tests", || {
        let tests = cargo("test --workspace --all-targets");
        checked(
            environment
                .around(tests)
                .env("CISTERN_CRASH_ROUNDS", CRASH_ROUNDS),
        )
    })?;
    steps.run("doc tests", || {
        checked(&mut environment.around(cargo("test --workspace --doc")))
    })?;
    steps.run("fuzz targets", || fuzz::run(FUZZ_SECONDS, &[]))?;
    steps.run("documentation", || {
        checked(cargo("doc --workspace --no-deps").env("RUSTDOCFLAGS", "-D warnings"))
    })?;

    drop(environment);
    steps.finish();
    Ok(())
}

/// Not the advisories: they need a database from the network, and change without a commit.
fn check_dependencies(deny: &Path) -> Command {
    let mut command = Command::new(deny);
    command
        .args(["check", "--hide-inclusion-graph"])
        .args(["bans", "licenses", "sources"])
        .current_dir(workspace());
    command
}
