//! Everything that an import leaves behind, without the numbers that depend on its order.

use std::process::Command;

use tank::{Database, Filter, HoldingTank as _};

/// Messages with their states and findings, records with their sources, and the history.
#[derive(Debug)]
pub(crate) struct Snapshot {
    messages: Vec<String>,
    records: Vec<String>,
    history: Vec<String>,
}

/// Of each change: the kind of record, the message, and the values before and after.
const HISTORY: &str = "SELECT record_type || '|' || CAST(message_id AS TEXT) || '|'
    || CAST(before AS TEXT) || '|' || CAST(after AS TEXT) FROM record_history";

/// Prints the rows of one column. Python speaks to SQLite where no other client may be at hand.
const PYTHON: &str = "
import sqlite3, sys
for row in sqlite3.connect(sys.argv[1]).execute(sys.argv[2]): print(row[0])";

const ALL: u32 = 10_000;

impl Snapshot {
    pub(crate) async fn of(url: &str) -> Snapshot {
        let tank = Database::open(url).await.unwrap();
        let filter = Filter {
            limit: ALL,
            ..Filter::default()
        };
        let mut messages = Vec::new();
        for view in tank.list(&filter).await.unwrap() {
            let findings = tank.get(view.id).await.unwrap().unwrap().findings;
            let findings: Vec<_> = findings
                .iter()
                .map(|f| (&f.severity, &f.kind, &f.path, &f.sentence))
                .collect();
            messages.push(format!(
                "{} {} {} {findings:?}",
                view.id, view.state, view.reason
            ));
        }
        let mut records = Vec::new();
        for record_type in care::catalogue() {
            for record in tank.records(record_type, ALL).await.unwrap() {
                let (status, message_id, values) =
                    (record.status, record.message_id, record.values);
                records.push(format!(
                    "{} {status} {message_id} {values:?}",
                    record_type.name
                ));
            }
        }
        tank.close().await;
        messages.sort();
        records.sort();
        Snapshot {
            messages,
            records,
            history: history(url),
        }
    }

    pub(crate) fn messages(&self) -> usize {
        self.messages.len()
    }

    /// Fails and shows the first lines that differ.
    #[track_caller]
    pub(crate) fn assert_is(&self, expected: &Snapshot) {
        same(&self.messages, &expected.messages);
        same(&self.records, &expected.records);
        same(&self.history, &expected.history);
    }
}

/// Whether a message has not been looked at to the end.
pub(crate) async fn waits(url: &str) -> bool {
    let tank = Database::open(url).await.unwrap();
    let counts = tank.counts().await.unwrap();
    tank.close().await;
    let open = ["received", "failed"];
    counts.iter().any(|count| open.contains(&&*count.state))
}

fn history(url: &str) -> Vec<String> {
    let output = match url.strip_prefix("sqlite:") {
        Some(file) => Command::new("python3")
            .args(["-c", PYTHON, file, HISTORY])
            .output(),
        None => Command::new("psql")
            .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"])
            .args(["--command", HISTORY, url])
            .output(),
    };
    let output = output.expect("psql, or python3 for SQLite");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    let mut rows: Vec<String> = text.lines().map(str::to_owned).collect();
    rows.sort();
    rows
}

#[track_caller]
fn same(found: &[String], expected: &[String]) {
    let differ = found
        .iter()
        .zip(expected)
        .find(|(found, expected)| found != expected);
    assert_eq!(differ, None);
    assert_eq!(found.len(), expected.len());
}
