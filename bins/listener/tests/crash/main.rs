//! The listener is killed at random moments under load, again and again: what it acknowledged is
//! there exactly once, with the very bytes.
//!
//! `CISTERN_CRASH_ROUNDS` says how often (`cargo xtask crash --rounds 100` runs a campaign), and
//! `CISTERN_CRASH_SEED` repeats the random choices of an earlier run.
#![cfg(test)]

mod ledger;
mod sender;

#[allow(dead_code, reason = "each test uses its part")]
mod program;

mod random;

use std::env;
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use ledger::Ledger;
use program::Program;
use random::Random;
use sender::Sender;
use testkit::{postgres, sqlite::TempDatabase};

/// How many messages of each link may be unanswered: lock-step and pipelined senders.
const WINDOWS: [usize; 5] = [1, 1, 4, 16, 64];
/// A round ends after at most so many acknowledgments.
const ACKNOWLEDGMENTS_MAX: u64 = 150;
/// And so long after the last of them, in microseconds.
const LINGER_MICROS_MAX: u64 = 600;

#[test]
fn killed_on_sqlite() {
    let database = TempDatabase::create();
    campaign("SQLite", &database.url());
}

#[test]
fn killed_on_postgres() {
    if let Some(database) = postgres::Database::create_or_skip() {
        campaign("PostgreSQL", &database.url());
    }
}

fn campaign(engine: &str, url: &str) {
    let rounds = env::var("CISTERN_CRASH_ROUNDS").map_or(3, |rounds| rounds.parse().unwrap());
    let mut random = Random::seeded("CISTERN_CRASH_SEED");
    let mut senders: Vec<Sender> = (1..).zip(WINDOWS).map(Sender::new).collect();
    let mut ledger = Ledger::of(url);
    let start = Instant::now();
    for round in 1..=rounds {
        let acknowledgments = 1 + random.below(ACKNOWLEDGMENTS_MAX);
        let linger = Duration::from_micros(random.below(LINGER_MICROS_MAX));
        println!("round {round}: killed {linger:?} after acknowledgment {acknowledgments}");
        load_and_kill(url, &mut senders, acknowledgments, linger);
        ledger.check_new(&senders);
        assert!(senders.iter().all(|sender| sender.rejected == 0));
    }
    ledger.check_all(&senders);
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{engine}: {rounds} kills in {seconds:.1} s; {}",
        ledger.summary(&senders)
    );
}

/// One life of the listener, under load until it is killed.
fn load_and_kill(url: &str, senders: &mut [Sender], acknowledgments: u64, linger: Duration) {
    let config = "[[feed]]\nname = \"main\"\naddress = \"127.0.0.1:0\"\n";
    let environment = [("CISTERN_DATABASE_URL", url)];
    let mut program = Program::start(env!("CARGO_BIN_EXE_cistern-listener"), config, &environment);
    let line = program.wait_for("address=");
    let address = line.rsplit("address=").next().unwrap().trim();
    thread::scope(|scope| {
        let (acknowledged, events) = channel();
        for sender in senders {
            let acknowledged = acknowledged.clone();
            scope.spawn(move || sender.send_until_lost(address, &acknowledged));
        }
        drop(acknowledged);
        for _ in 0..acknowledgments {
            events.recv().expect("an acknowledgment");
        }
        let moment = Instant::now() + linger;
        // Sleeping would take as long as the scheduler likes.
        while Instant::now() < moment {
            std::hint::spin_loop();
        }
        program.kill();
    });
}
