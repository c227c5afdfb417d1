//! The importer is killed at random moments, again and again: what the messages say is in the care
//! records exactly once, as if nobody had disturbed it.
//!
//! `CISTERN_CRASH_ROUNDS` says how often (`cargo xtask crash --rounds 100` runs a campaign), and
//! `CISTERN_CRASH_SEED` repeats the random choices of an earlier run.
#![cfg(test)]

mod held;
mod snapshot;

#[allow(dead_code, reason = "each test uses its part")]
#[path = "../../../listener/tests/crash/program.rs"]
mod program;
#[path = "../../../listener/tests/crash/random.rs"]
mod random;

use std::env;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cistern_importer::{Importer, Rules};
use program::Program;
use random::Random;
use service::Config;
use snapshot::Snapshot;
use tank::Database;
use testkit::{postgres, sqlite::TempDatabase};
use tokio::runtime::Runtime;

/// Small batches make many moments; the log tells of each.
const CONFIG: &str = "[importer]\nbatch_messages_max = 3\n[log]\nlevel = \"debug\"\n";
const SETTLED: &str = "batch settled";
/// So often an import is killed before it may end.
const KILLS_EACH: u64 = 4;
/// A round ends after at most so many batches, and so many microseconds after the last of them.
const BATCHES_MAX: u64 = 3;
const LINGER_MICROS_MAX: u64 = 8_000;
/// So many importers finish at once: PostgreSQL has room for a hundred connections.
const FINISHING_MAX: usize = 8;

#[test]
fn killed_on_sqlite() {
    campaign("SQLite", TempDatabase::create, TempDatabase::url);
}

#[test]
fn killed_on_postgres() {
    if postgres::Database::create_or_skip().is_some() {
        campaign(
            "PostgreSQL",
            postgres::Database::create,
            postgres::Database::url,
        );
    }
}

fn campaign<D>(engine: &str, create: fn() -> D, url: fn(&D) -> String) {
    let rounds = env::var("CISTERN_CRASH_ROUNDS").map_or(3, |rounds| rounds.parse().unwrap());
    let mut random = Random::seeded("CISTERN_CRASH_SEED");
    let runtime = Runtime::new().unwrap();
    let start = Instant::now();
    let undisturbed = create();
    runtime.block_on(import(&url(&undisturbed)));
    let expected = runtime.block_on(Snapshot::of(&url(&undisturbed)));

    let mut databases = Vec::new();
    let mut kills = 0;
    while kills < rounds {
        let database = create();
        runtime.block_on(held::hold(&url(&database)));
        for _ in 0..KILLS_EACH.min(rounds - kills) {
            kill_one(&url(&database), &mut random);
            kills += 1;
        }
        databases.push(database);
    }
    for group in databases.chunks(FINISHING_MAX) {
        finish(
            &runtime,
            &group.iter().map(url).collect::<Vec<_>>(),
            &expected,
        );
    }
    let seconds = start.elapsed().as_secs_f64();
    let (imports, messages) = (databases.len(), expected.messages());
    println!(
        "{engine}: {kills} kills over {imports} imports of {messages} messages in {seconds:.1} s, \
         each as if undisturbed"
    );
}

/// Lets importers finish, all at once: what a dead one has claimed is free after 30 seconds.
fn finish(runtime: &Runtime, urls: &[String], expected: &Snapshot) {
    let programs: Vec<Program> = urls.iter().map(|url| program(url)).collect();
    for (url, mut program) in urls.iter().zip(programs) {
        while runtime.block_on(snapshot::waits(url)) {
            program.wait_for(SETTLED);
        }
        let (status, _) = program.terminate();
        assert!(status.success(), "{status}");
        runtime.block_on(Snapshot::of(url)).assert_is(expected);
    }
}

/// An import that nobody disturbs.
async fn import(url: &str) {
    held::hold(url).await;
    let config = Config::parse("test", CONFIG).unwrap();
    let rules = Rules::load(&config.importer).unwrap();
    let tank = Arc::new(Database::open(url).await.unwrap());
    let mut importer = Importer::start(tank.clone(), rules, &config).await.unwrap();
    importer.finish().await.unwrap();
    tank.close().await;
}

/// One life of the importer.
fn kill_one(url: &str, random: &mut Random) {
    let batches = random.below(BATCHES_MAX);
    let linger = Duration::from_micros(random.below(LINGER_MICROS_MAX));
    println!("killed {linger:?} after batch {batches}");
    let mut program = program(url);
    program.wait_for("importing");
    for _ in 0..batches {
        program.wait_for(SETTLED);
    }
    let moment = Instant::now() + linger;
    // Sleeping would take as long as the scheduler likes.
    while Instant::now() < moment {
        std::hint::spin_loop();
    }
    program.kill();
}

fn program(url: &str) -> Program {
    let environment = [("CISTERN_DATABASE_URL", url)];
    Program::start(env!("CARGO_BIN_EXE_cistern-importer"), CONFIG, &environment)
}
