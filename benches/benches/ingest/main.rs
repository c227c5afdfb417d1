//! From the sender's first byte to its acknowledgement: the listener over real sockets, each
//! acknowledgement after its flush to disk, and what disk and socket allow.
//!
//! `cargo xtask bench --ingest [SECONDS]` runs it on both engines. Sender, listener and database
//! share the machine.
#![expect(clippy::print_stdout, reason = "the table is the result")]
#![expect(clippy::unwrap_used, reason = "a benchmark may panic")]
#![expect(clippy::cast_precision_loss, reason = "figures are rounded to be read")]

mod cpu;
mod limits;
mod tally;

use std::env;
use std::sync::Arc;
use std::time::Duration;

use listener::{Door, run};
use service::{Config, Shutdown};
use simulator::{Dial, End, Plan, Report};
use tank::Database;
use tokio::runtime::Runtime;

use cpu::CpuTime;
use tally::Tally;

/// How long each load lasts where `INGEST_SECONDS` does not say.
const SECONDS: f64 = 5.0;
/// What a message of an ordinary feed is filled up to.
const MESSAGE_BYTES: usize = 2_000;
const LARGE_BYTES: usize = 1_000_000;

const CONFIG: &str = "[[feed]]\nname = 'bench'\naddress = '127.0.0.1:0'";

/// What is asked of a listener.
struct Load {
    name: &'static str,
    links: u32,
    in_flight: usize,
    bytes: usize,
}

const ONE_LINK: Load = Load {
    name: "1 link, lock-step",
    links: 1,
    in_flight: 1,
    bytes: MESSAGE_BYTES,
};
const MANY_LINKS: Load = Load {
    name: "100 links, lock-step",
    links: 100,
    ..ONE_LINK
};
const PIPELINES: Load = Load {
    name: "100 links, 10 in flight",
    links: 100,
    in_flight: 10,
    ..ONE_LINK
};
const LARGE: Load = Load {
    name: "1 link, messages of 1 MB",
    bytes: LARGE_BYTES,
    ..ONE_LINK
};

fn main() {
    let runtime = Runtime::new().unwrap();
    let echo = runtime.block_on(limits::echo(MESSAGE_BYTES, seconds()));
    println!("echo of a frame, lock-step: {:.1} µs", echo * 1e6);
    println!("\nno store");
    runtime.block_on(measure(&PIPELINES, Tally::without_store()));
    let file = testkit::sqlite::TempDatabase::create();
    println!("\nSQLite");
    runtime.block_on(measure_on(&file.url(), echo));
    if let Some(database) = testkit::postgres::Database::create_or_skip() {
        println!("\nPostgreSQL");
        runtime.block_on(measure_on(&database.url(), echo));
    }
}

async fn measure_on(url: &str, echo: f64) {
    let database = Database::open(url).await.unwrap();
    let row = limits::row(&database, MESSAGE_BYTES, seconds()).await;
    let rows = limits::rows(&database, MESSAGE_BYTES, seconds()).await;
    println!(
        "  limit: a row a commit {:.0}/s, a hundred {rows:.0}/s",
        row.recip()
    );
    let alone = measure(&ONE_LINK, Tally::of(&database)).await;
    let allowed = (row + echo).recip();
    println!("    {:.0} % of a row and an echo", alone / allowed * 100.0);
    measure(&MANY_LINKS, Tally::of(&database)).await;
    measure(&PIPELINES, Tally::of(&database)).await;
    measure(&LARGE, Tally::of(&database)).await;
    database.close().await;
}

/// Puts a load on a listener of its own, prints what came of it, and says how many answers a second
/// there were.
async fn measure(load: &Load, tally: Tally) -> f64 {
    let config = Config::parse("bench", CONFIG).unwrap();
    let feed = config.feeds().remove(0);
    let door = Door::bind(&feed).await.unwrap();
    let address = door.address().unwrap().to_string();
    let (tally, shutdown) = (Arc::new(tally), Shutdown::new());
    let listening = tokio::spawn(run(
        config.listener,
        vec![door],
        tally.clone(),
        shutdown.clone(),
    ));
    let mut plan = Plan::new(address);
    plan.links = load.links;
    plan.in_flight = load.in_flight;
    plan.bytes = load.bytes;
    plan.clients = 10_000;
    plan.seed = tally::seed();
    plan.end = End::After(Duration::from_secs_f64(seconds()));
    let cpu = CpuTime::now();
    let report = simulator::run(plan, &Dial::default()).await.unwrap();
    let cpu = CpuTime::now().since(cpu);
    shutdown.cancel();
    listening.await.unwrap().unwrap();
    assert!(report.is_good(), "{report:?}");
    print(load, &report, cpu, &tally);
    rate(&report)
}

fn print(load: &Load, report: &Report, cpu: Duration, tally: &Tally) {
    let millis = |percent| report.latency.percentile(percent).as_secs_f64() * 1e3;
    println!(
        "  {:24} {:7.0}/s  p50 {:6.2} ms  p99 {:6.2} ms  {:5.1} µs CPU  {:5.1} a commit",
        load.name,
        rate(report),
        millis(50.0),
        millis(99.0),
        cpu.as_secs_f64() * 1e6 / report.latency.count() as f64,
        tally.messages_a_commit(),
    );
}

fn rate(report: &Report) -> f64 {
    report.latency.count() as f64 / report.elapsed.as_secs_f64()
}

/// Where nothing is to be measured, long enough to see that it works.
fn seconds() -> f64 {
    if !benches::measuring() {
        return 0.1;
    }
    let wanted = env::var("INGEST_SECONDS").ok();
    wanted.map_or(SECONDS, |seconds| seconds.parse().unwrap())
}
