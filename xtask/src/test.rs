//! `cargo xtask test`: everything that must hold, from a fresh machine on.

use std::path::Path;
use std::process::Command;

use crate::environment::Environment;
use crate::run::{Failure, Steps, cargo, checked, workspace};
use crate::setup_cargo_tool::CARGO_DENY;
use crate::{api, features, fuzz, lints, orphans, package, power_cut, rust_version};

/// How often listener and importer are killed; `cargo xtask crash` runs longer campaigns.
const CRASH_ROUNDS: &str = "20";
/// How often the power is cut; `cargo xtask power-cut` runs longer campaigns.
const POWER_CUT_ROUNDS: &str = "5";
/// How long a listener is watched, in seconds; `cargo xtask soak` watches longer.
const SOAK_SECONDS: &str = "20";
/// How long each fuzz target runs, in seconds; `cargo xtask fuzz` runs them longer.
const FUZZ_SECONDS: &str = "3";
/// The targets of what every sender's bytes meet first, and their seconds.
const FUZZ_LONGER: (&str, [&str; 2]) = ("20", ["codec", "ack"]);

pub(crate) fn run() -> Result<(), Failure> {
    let mut steps = Steps::start();
    let with_features = format!("--features {}", features::all()?);
    let deny = steps.run("set up cargo-deny", || CARGO_DENY.program())?;
    let environment = Environment::set_up(&mut steps)?;

    steps.run("format", || checked(&mut cargo("fmt --all --check")))?;
    steps.run("orphaned files", orphans::check)?;
    steps.run("inherited lints", lints::check)?;
    steps.run("Rust version", rust_version::check)?;
    steps.run("dependencies", || checked(&mut check_dependencies(&deny)))?;
    steps.run("clippy", || {
        let clippy = format!("clippy --workspace --all-targets {with_features} -- -D warnings");
        checked(&mut cargo(&clippy))
    })?;
    steps.run("features", features::check)?;
    // All targets include the benchmarks, each of which runs once, unmeasured.
    steps.run("tests", || {
        let tests = cargo(&format!("test --workspace --all-targets {with_features}"));
        checked(
            environment
                .around(tests)
                .env("CISTERN_CRASH_ROUNDS", CRASH_ROUNDS)
                .env("CISTERN_POWER_CUT_ROUNDS", POWER_CUT_ROUNDS)
                .env("CISTERN_SOAK_SECONDS", SOAK_SECONDS),
        )
    })?;
    steps.run("power cuts without flushes", || {
        power_cut::control(&environment, POWER_CUT_ROUNDS)
    })?;
    steps.run("doc tests", || {
        let tests = cargo(&format!("test --workspace --doc {with_features}"));
        checked(&mut environment.around(tests))
    })?;
    steps.run("fuzz targets", || {
        let (seconds, targets) = FUZZ_LONGER;
        fuzz::run(seconds, &targets)?;
        fuzz::run_others(FUZZ_SECONDS, &targets)
    })?;
    // Before the documentation, whose pages of the same crates rustdoc removes here.
    steps.run("public API", api::check)?;
    steps.run("documentation", || {
        let document = format!("doc --workspace --no-deps {with_features}");
        checked(cargo(&document).env("RUSTDOCFLAGS", "-D warnings"))
    })?;
    steps.run("packages", package::run)?;

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
