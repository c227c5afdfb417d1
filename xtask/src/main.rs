//! `cargo xtask`: sets up what the checks need, then runs them.
#![expect(
    clippy::print_stderr,
    reason = "progress is for the person at the prompt; standard output belongs to the commands"
)]

mod api;
mod bench;
mod corpus;
mod crash;
mod dictionary;
mod fuzz;
mod instructions;
mod package;
mod power_cut;
mod semver;
mod soak;
mod test;
mod with_postgres;

mod environment;
mod run;
mod setup_apt;
mod setup_cargo_tool;
mod setup_node;
mod setup_postgres;
mod setup_python;

mod features;
mod lints;
mod orphans;
mod published;
mod rust_version;
mod tree;

use std::env;
use std::process::ExitCode;

const USAGE: &str = "\
Usage: cargo xtask COMMAND

  test                     set up what is missing, then run every check
  corpus                   send the corpus in CISTERN_CORPUS (default ../shared/corpus)
                           through listener, tank and importer
  crash --rounds N         kill and restart listener and importer N times
  power-cut --rounds N [--no-flush]
                           cut the power under the listener N times; without flushes
                           it must lose messages
  soak [--minutes N] [--postgres]
                           watch a listener under load for N minutes (default 60)
  fuzz [--seconds N] [TARGET...]
                           run the fuzz targets, each for N seconds (default 20)
  bench [FILTER]           run the benchmarks
  bench --ingest [SECONDS] put loads on a listener, and print how much it acknowledges
  bench --instructions     count what reading a message costs, with valgrind
  dictionary               turn crates/hl7/dictionary into Rust
  api                      list what the published crates offer, in their api.txt
  package                  pack the published crates, and build each by itself
  semver                   compare their API with that of their last release
  with-postgres -- CMD...  run CMD with a throw-away PostgreSQL cluster";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["test"] => test::run(),
        ["corpus"] => corpus::run(),
        ["crash", "--rounds", rounds] => crash::run(rounds),
        ["power-cut", "--rounds", rounds] => power_cut::run(rounds, true),
        ["power-cut", "--rounds", rounds, "--no-flush"] => power_cut::run(rounds, false),
        ["soak", arguments @ ..] => soak::run(arguments),
        ["fuzz", "--seconds", seconds, targets @ ..] => fuzz::run(seconds, targets),
        ["fuzz", targets @ ..] => fuzz::run(fuzz::SECONDS, targets),
        ["bench", "--ingest"] => bench::ingest("5"),
        ["bench", "--ingest", seconds] => bench::ingest(seconds),
        ["bench", "--instructions"] => instructions::run(),
        ["bench", filter @ ..] => bench::run(filter),
        ["dictionary"] => dictionary::run(),
        ["api"] => api::run(),
        ["package"] => package::run(),
        ["semver"] => semver::run(),
        ["with-postgres", "--", program, arguments @ ..] => with_postgres::run(program, arguments),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask: {failure}");
            failure.exit_code()
        }
    }
}
