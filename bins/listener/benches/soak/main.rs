//! A listener for a long time: well-behaved senders at a steady rate, misbehaving ones among them.
//! Its memory, file handles and threads stay what they were after the warm-up, a crowd of idle and
//! of slow links does not hurt the others, and whatever was acknowledged is there at the end.
//!
//! `cargo xtask soak [--minutes N] [--postgres]` runs it. `CISTERN_SOAK_SECONDS` is how long, and
//! `CISTERN_SOAK_POSTGRES` takes PostgreSQL instead of SQLite.
#![expect(clippy::print_stdout, reason = "the table is the result")]
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a proof that fails may panic"
)]

mod crowd;
mod process;
mod store;
mod table;
mod weight;

#[allow(dead_code, reason = "each test uses its part")]
#[path = "../../tests/crash/program.rs"]
mod program;

use std::env;
use std::fs;
use std::time::Duration;

use program::Program;
use simulator::{Dial, End, Histogram, Misbehaviour, Plan, Report, RunError};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

use crowd::Crowd;
use process::Process;
use store::Store;
use table::{Sample, Table};

/// How long it lasts where nobody says, in seconds: long enough to see that it works.
const SECONDS: u64 = 8;
const FRAME_BYTES_MAX: usize = 100_000;

const GOOD_LINKS: u32 = 20;
/// Messages a second over all of these links.
const GOOD_RATE: f64 = 200.0;
const BAD_LINKS: u32 = 10;
/// Misbehaviours a second over all of these links.
const BAD_RATE: f64 = 20.0;

/// The slowest hundredth of well-behaved senders may wait so long for an answer.
const P99_MAX: Duration = Duration::from_secs(5);
/// How soon the handles of a crowd that left must be closed.
const CROWD_LEAVES_IN: Duration = Duration::from_mins(1);

fn main() {
    if !Process::can_be_watched() {
        println!("soak skipped: there is no /proc to watch a process in");
        return;
    }
    let seconds = env::var("CISTERN_SOAK_SECONDS").ok();
    let seconds = seconds.map_or(SECONDS, |seconds| seconds.parse().unwrap());
    let Some(store) = Store::wanted() else { return };
    Runtime::new().unwrap().block_on(soak(&store, seconds));
}

async fn soak(store: &Store, seconds: u64) {
    let folder = tempfile::tempdir().unwrap();
    let (program, address) = start(store);
    let process = Process::of(program.id());
    weight::weigh(&process, &address).await;
    let good = Senders::start(good(&address), &folder);
    let bad = Senders::start(bad(&address), &folder);

    let steady = watch(&process, &good.dial, Duration::from_secs(seconds)).await;
    steady.assert_flat();
    let alone = steady.latency();
    let before = process.handles();

    let crowd = Crowd::gather(&address, seconds >= 60).await;
    println!("{crowd}:");
    let crowded = Duration::from_secs((seconds / 5).clamp(2, 60));
    let crowded = watch(&process, &good.dial, crowded).await.latency();
    crowd.leave();
    report_p99(&alone, &crowded);
    handles_fall_to(&process, before).await;

    let good = good.finish().await;
    assert!(good.is_good(), "{good:?}");
    let bad = bad.finish().await;
    assert!(bad.is_good(), "{bad:?}");
    assert!(
        program.terminate().0.success(),
        "the listener stops in order"
    );
    store.assert_has_all(folder.path());
    println!(
        "{} answers to {} well-behaved messages; {} to others, as expected of each misbehaviour; \
         every acknowledged message is there once",
        good.answers.values().sum::<u64>(),
        good.sent,
        bad.answers.values().sum::<u64>(),
    );
}

fn start(store: &Store) -> (Program, String) {
    let config = format!(
        "[[feed]]\nname = 'soak'\naddress = '127.0.0.1:0'\n[listener]\n\
         max_frame_bytes = {FRAME_BYTES_MAX}\nlinks_max = 20000\n"
    );
    let environment = [("CISTERN_DATABASE_URL", &*store.url())];
    let program = env!("CARGO_BIN_EXE_cistern-listener");
    let mut program = Program::start(program, &config, &environment);
    let line = program.wait_for("address=");
    let address = line.rsplit("address=").next().unwrap().trim().to_owned();
    (program, address)
}

fn good(address: &str) -> Plan {
    let mut plan = Plan::new(address);
    plan.seed = 1;
    plan.links = GOOD_LINKS;
    plan.rate = Some(GOOD_RATE);
    plan.in_flight = 4;
    plan
}

/// Each message of these is one of the misbehaviours, all equally often.
fn bad(address: &str) -> Plan {
    let mut plan = Plan::new(address);
    plan.seed = 2;
    plan.links = BAD_LINKS;
    plan.rate = Some(BAD_RATE);
    plan.misbehaviours = Misbehaviour::ALL.map(|each| (each, 0.1)).to_vec();
    plan.frame_limit_bytes = FRAME_BYTES_MAX;
    plan
}

/// Senders at work, until they are told to stop.
struct Senders {
    dial: Dial,
    running: JoinHandle<Result<Report, RunError>>,
}

impl Senders {
    fn start(mut plan: Plan, folder: &TempDir) -> Senders {
        plan.end = End::After(Duration::from_hours(24 * 366));
        plan.clients = 10_000;
        let file = format!("{}.tsv", plan.seed);
        plan.acknowledged = Some(folder.path().join(file));
        let dial = Dial::default();
        let running = tokio::spawn({
            let dial = dial.clone();
            async move { simulator::run(plan, &dial).await }
        });
        Senders { dial, running }
    }

    async fn finish(self) -> Report {
        self.dial.stop();
        self.running.await.unwrap().unwrap()
    }
}

/// Looks at the process every few seconds, and prints what it saw.
async fn watch(process: &Process, senders: &Dial, time: Duration) -> Table {
    let start = Instant::now();
    let mut table = Table::for_time(time);
    senders.take_latency();
    while start.elapsed() < time {
        sleep_until(Instant::now() + table.interval()).await;
        table.add(Sample {
            at: start.elapsed(),
            memory_kib: process.memory_kib(),
            handles: process.handles(),
            threads: process.threads(),
            latency: senders.take_latency(),
        });
    }
    table
}

fn report_p99(alone: &Histogram, crowded: &Histogram) {
    let (alone, crowded) = (alone.percentile(99.0), crowded.percentile(99.0));
    println!("p99 of well-behaved senders: {alone:.1?} without the crowd, {crowded:.1?} with it");
    assert!(
        alone.max(crowded) <= P99_MAX,
        "answers must come within {P99_MAX:?}"
    );
}

async fn handles_fall_to(process: &Process, before: usize) {
    let deadline = Instant::now() + CROWD_LEAVES_IN;
    while process.handles() > before + table::HANDLES_GROWTH_MAX {
        assert!(
            Instant::now() < deadline,
            "{} handles, {before} before",
            process.handles()
        );
        sleep_until(Instant::now() + Duration::from_millis(100)).await;
    }
}

/// The lines of all files of acknowledged messages; what was repeated counts once.
fn acknowledged(folder: &std::path::Path) -> Vec<String> {
    let mut lines = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        lines.extend(text.lines().map(str::to_owned));
    }
    lines.sort_unstable();
    lines.dedup();
    lines
}
