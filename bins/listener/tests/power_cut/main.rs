//! The power is cut at random moments under load, again and again: what the listener acknowledged
//! is there exactly once, with the very bytes, though the disk has nothing that was not flushed.
//!
//! `CISTERN_POWER_CUT_ROUNDS` says how often (`cargo xtask power-cut --rounds 100` runs a campaign),
//! and `CISTERN_POWER_CUT_SEED` repeats the random choices of an earlier run. Built with the feature
//! `no-flush`, it demands that messages are lost: a campaign that could not see that proves nothing.
#![cfg(test)]
#![cfg(target_os = "linux")]

#[path = "../crash/ledger.rs"]
mod ledger;
#[path = "../crash/sender.rs"]
mod sender;

#[allow(dead_code, reason = "each test uses its part")]
#[path = "../crash/program.rs"]
mod program;
#[path = "../crash/random.rs"]
mod random;

use std::env;
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use ledger::Ledger;
use program::Program;
use random::Random;
use sender::Sender;
use testdisk::{Disk, Unflushed};
use testkit::cluster::Cluster;
use testkit::sqlite::assert_intact;

/// How many messages of each link may be unanswered: lock-step and pipelined senders.
const WINDOWS: [usize; 5] = [1, 1, 4, 16, 64];
/// A round ends after at most so many acknowledgments.
const ACKNOWLEDGMENTS_MAX: u64 = 150;
/// And so long after the last of them, in microseconds.
const LINGER_MICROS_MAX: u64 = 2_000;

#[test]
fn power_cut_on_sqlite() {
    let Some(disk) = Disk::mount_or_skip() else {
        return;
    };
    let file = disk.path().join("cistern.db");
    let url = format!("sqlite:{}", file.display());
    let mut campaign = Campaign::on(disk, &url);
    campaign.run(None, || assert_intact(&file));
}

#[test]
fn power_cut_on_postgres() {
    let Some(disk) = Disk::mount_or_skip() else {
        return;
    };
    let Some(cluster) = Cluster::start_or_skip(disk.path()) else {
        return;
    };
    // It was made without flushes, since nothing was promised yet.
    disk.flush();
    let url = cluster.url();
    let mut campaign = Campaign::on(disk, &url);
    campaign.run(Some(cluster), || ());
}

/// A disk, a database on it, and those who send.
struct Campaign {
    disk: Disk,
    url: String,
    senders: Vec<Sender>,
    ledger: Ledger,
    random: Random,
}

impl Campaign {
    fn on(disk: Disk, url: &str) -> Campaign {
        Campaign {
            disk,
            url: url.to_owned(),
            senders: (1..).zip(WINDOWS).map(Sender::new).collect(),
            ledger: Ledger::of(url),
            random: Random::seeded("CISTERN_POWER_CUT_SEED"),
        }
    }

    /// The cluster is that of PostgreSQL, whose power is cut too.
    fn run(&mut self, mut cluster: Option<Cluster>, assert_intact: impl Fn()) {
        let engine = cluster.as_ref().map_or("SQLite", |_| "PostgreSQL");
        let rounds =
            env::var("CISTERN_POWER_CUT_ROUNDS").map_or(3, |rounds| rounds.parse().unwrap());
        let start = Instant::now();
        for round in 1..=rounds {
            let unflushed = self.live(round);
            if let Some(cluster) = &mut cluster {
                cluster.crash();
            }
            self.disk.restore_power(unflushed).unwrap();
            if let Some(cluster) = &mut cluster {
                cluster.restart();
            }
            self.ledger.read_new();
            assert_intact();
            let lost = self.ledger.lost(&self.senders).len();
            if !flushes() && lost > 0 {
                println!(
                    "{engine} without flushes: {lost} acknowledged messages lost by cut {round}"
                );
                return;
            }
            assert_eq!(lost, 0, "acknowledged messages lost by cut {round}");
        }
        assert!(flushes(), "{rounds} cuts without flushes, and nothing lost");
        self.ledger.check_all(&self.senders);
        let seconds = start.elapsed().as_secs_f64();
        let summary = self.ledger.summary(&self.senders);
        println!("{engine}: {rounds} power cuts in {seconds:.1} s; {summary}");
    }

    /// Lets the listener live until the power is cut. Says what of the unflushed is to survive.
    fn live(&mut self, round: u32) -> Unflushed {
        let acknowledgments = 1 + self.random.below(ACKNOWLEDGMENTS_MAX);
        let linger = Duration::from_micros(self.random.below(LINGER_MICROS_MAX));
        let unflushed = match self.random.below(2) {
            0 => Unflushed::Lost,
            _ => Unflushed::Scattered {
                seed: self.random.below(u64::MAX),
            },
        };
        println!(
            "round {round}: cut {linger:?} after acknowledgment {acknowledgments}, {unflushed:?}"
        );
        self.load_and_cut(acknowledgments, linger);
        unflushed
    }

    fn load_and_cut(&mut self, acknowledgments: u64, linger: Duration) {
        let config = "[[feed]]\nname = \"main\"\naddress = \"127.0.0.1:0\"\n";
        let environment = [("CISTERN_DATABASE_URL", &*self.url)];
        let mut program =
            Program::start(env!("CARGO_BIN_EXE_cistern-listener"), config, &environment);
        let line = program.wait_for("address=");
        let address = line.rsplit("address=").next().unwrap().trim();
        thread::scope(|scope| {
            let (acknowledged, events) = channel();
            for sender in &mut self.senders {
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
            self.disk.cut_power();
            program.kill();
        });
    }
}

/// Whether the listener was built to flush its commits, as it should be.
fn flushes() -> bool {
    !cfg!(feature = "no-flush")
}
