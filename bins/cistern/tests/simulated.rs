//! Invented messages of all types and all misbehaviours, through the real listener and importer:
//! whatever was accepted is in the tank, once, with the very bytes.
#![cfg(test)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use importer::{Importer, Rules};
use listener::Door;
use service::{Config, Shutdown};
use sha2::{Digest as _, Sha256};
use simulator::{Dial, End, Misbehaviour, Plan, Report, run};
use tank::{Database, Filter, HoldingTank as _, MessageView};
use testkit::sqlite::TempDatabase;

const CONFIG: &str = "\
[[feed]]
name = \"simulated\"
address = \"127.0.0.1:0\"

[listener]
max_frame_bytes = 100_000
";

/// Control id, tab, digest of the bytes.
type Line = String;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_accepted_is_kept_once() {
    let database = TempDatabase::create();
    let tank = Arc::new(Database::open(&database.url()).await.unwrap());
    let config = Config::parse("test", CONFIG).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let acknowledged = folder.path().join("acknowledged.tsv");

    let report = simulate(&config, tank.clone(), &acknowledged).await;
    assert!(report.is_good(), "{report:?}");
    let views = views(&tank).await;
    let (broken, whole): (Vec<_>, Vec<_>) = views.iter().partition(|view| view.state == "broken");
    assert_eq!(lines_of(&tank, &whole).await, lines_of_file(&acknowledged));
    assert_eq!(broken.len() as u64, left_without_an_end(&report));

    let rules = Rules::load(&config.importer).unwrap();
    let mut importer = Importer::start(tank.clone(), rules, &config).await.unwrap();
    let settled = importer.finish().await.unwrap();
    println!("{settled:?}");
    let views = self::views(&tank).await;
    println!("{}", by_type_and_state(&views));
    for view in views.iter().filter(|view| view.state == "held") {
        // Latin-1 that claims UTF-8, and clients whose registration never came whole.
        assert!(
            ["undecodable", "unknown_client"].contains(&&*view.reason),
            "{}",
            view.reason
        );
    }
    assert_eq!((settled.failed, settled.put_back), (0, 0));
    tank.close().await;
}

/// 2,000 messages over 4 links, the listener stopped in order after them.
async fn simulate(config: &Config, tank: Arc<Database>, acknowledged: &Path) -> Report {
    let door = Door::bind(&config.feeds()[0]).await.unwrap();
    let address = door.address().unwrap();
    let shutdown = Shutdown::new();
    let listener = listener::run(config.listener.clone(), vec![door], tank, shutdown.clone());
    let listener = tokio::spawn(listener);
    let plan = Plan {
        links: 4,
        in_flight: 8,
        end: End::Messages(2000),
        misbehaviours: Misbehaviour::ALL.map(|each| (each, 0.006)).to_vec(),
        frame_limit_bytes: config.listener.max_frame_bytes,
        acknowledged: Some(acknowledged.to_owned()),
        ..Plan::new(address.to_string())
    };
    let report = run(plan, &Dial::default()).await.unwrap();
    assert_eq!(report.misbehaviours.len(), Misbehaviour::ALL.len());
    shutdown.cancel();
    listener.await.unwrap().unwrap();
    report
}

/// What was accepted; a repeat stands there twice and counts once.
fn lines_of_file(path: &Path) -> Vec<Line> {
    let text = fs::read_to_string(path).unwrap();
    let mut lines: Vec<Line> = text.lines().map(str::to_owned).collect();
    lines.sort();
    lines.dedup();
    lines
}

async fn lines_of(tank: &Database, views: &[&MessageView]) -> Vec<Line> {
    let mut lines = Vec::new();
    for view in views {
        let body = tank.get(view.id).await.unwrap().unwrap().body;
        let mut line = format!("{}\t", view.control_id);
        for byte in Sha256::digest(&body) {
            write!(line, "{byte:02x}").unwrap();
        }
        lines.push(line);
    }
    lines.sort();
    lines
}

/// Frames that never ended: the listener keeps the part that it got.
fn left_without_an_end(report: &Report) -> u64 {
    let unfinished = [
        Misbehaviour::NoEndBlock,
        Misbehaviour::HalfOpen,
        Misbehaviour::Oversized,
    ];
    unfinished
        .map(|misbehaviour| report.misbehaviours[&misbehaviour].as_expected)
        .iter()
        .sum()
}

async fn views(tank: &Database) -> Vec<MessageView> {
    let filter = Filter {
        limit: 100_000,
        ..Filter::default()
    };
    tank.list(&filter).await.unwrap()
}

fn by_type_and_state(views: &[MessageView]) -> String {
    let mut counts = BTreeMap::new();
    for view in views {
        let reason = if view.state == "imported" {
            ""
        } else {
            &*view.reason
        };
        let kind = (
            &*view.message_code,
            &*view.trigger_event,
            &*view.state,
            reason,
        );
        *counts.entry(kind).or_insert(0) += 1;
    }
    let line = |((code, event, state, reason), count): (&(&str, &str, &str, &str), &u64)| {
        format!("{count:>6}  {code}^{event} {state}  {reason}\n")
    };
    counts.iter().map(line).collect()
}
