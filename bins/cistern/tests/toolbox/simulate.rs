//! `cistern simulate`.

use std::net::SocketAddr;
use std::sync::Arc;

use listener::Door;
use service::{Config, Shutdown};
use tank::Database;
use tokio::task::JoinHandle;

use crate::prompt::Prompt;

const CONFIG: &str = "[[feed]]\nname = \"main\"\naddress = \"127.0.0.1:0\"\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_simulation_is_reported() {
    let prompt = Prompt::new();
    let (address, shutdown, running) = listen(&prompt).await;
    let to = format!("--to={address}");
    let some = [
        "simulate",
        &to,
        "--seed=7",
        "--messages=40",
        "--misbehave=repeat=0.5",
    ];
    let report = masked(&prompt.good(&some), "<number>");
    testkit::golden::check("tests/toolbox/simulate.txt", report);

    let json = [
        "simulate",
        &to,
        "--seed=8",
        "--messages=9",
        "--types=ORU,ADT^A08",
        "--json",
    ];
    let report: serde_json::Value = serde_json::from_str(&prompt.good(&json)).unwrap();
    assert_eq!(report["good"], true);
    assert_eq!(report["answers"], serde_json::json!({ "AA": 9 }));
    assert_eq!(report["misbehaviours"], serde_json::json!({}));

    let quiet = [
        "simulate",
        &to,
        "--messages=3",
        "--quiet",
        "--acknowledged=good.tsv",
    ];
    assert_eq!(prompt.good(&quiet), "");
    assert_eq!(prompt.read("good.tsv").lines().count(), 3);

    #[cfg(target_os = "linux")]
    {
        let full = ["simulate", &to, "--messages=3", "--acknowledged=/dev/full"];
        let output = prompt.run(&full);
        assert_eq!(output.status.code(), Some(1));
        let report = String::from_utf8(output.stdout).unwrap();
        assert!(report.contains("3 messages, "), "{report}");
        assert_eq!(
            String::from_utf8(output.stderr).unwrap(),
            "cistern: the accepted messages are not written down: \
             No space left on device (os error 28)\n"
        );
    }
    shutdown.cancel();
    running.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_that_does_not_do_as_expected_fails() {
    let prompt = Prompt::new();
    let (address, shutdown, running) = listen(&prompt).await;
    let to = format!("--to={address}");
    // It takes messages that are longer than this.
    let wrong = ["--frame-limit-bytes=5000", "--answer-secs=1", "--quiet"];
    let oversized = ["simulate", &to, "--messages=2", "--misbehave=oversized=1"];
    let output = prompt.run(&[&oversized[..], &wrong].concat());
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "cistern: not every message was answered as it should be: see the report\n"
    );
    let report = String::from_utf8(output.stdout).unwrap();
    let line = report.lines().find(|line| line.contains("oversized"));
    assert_eq!(
        line,
        Some("  oversized     0            2          no answer, connection closed")
    );
    shutdown.cancel();
    running.await.unwrap();
}

#[test]
fn what_cannot_be_simulated_is_explained() {
    let prompt = Prompt::new();
    assert_eq!(
        prompt.bad(&["simulate", "--to=127.0.0.1:1"]),
        "cistern: cannot connect to 127.0.0.1:1\n  \
         because: Connection refused (os error 111)\n"
    );
    assert_eq!(
        prompt.bad(&["simulate", "--to=127.0.0.1:1", "--links=0"]),
        "cistern: this cannot be simulated\n  because: links must be 1 to 99999\n"
    );
    for (argument, expected) in [
        (
            "--rate=1e-30",
            "the rate must be 0.001 to 1000000 messages a second",
        ),
        (
            "--seconds=18446744073709551615",
            "a run must last some time, and at most 366 days",
        ),
        (
            "--bytes=18446744073709551615",
            "messages can be filled up to at most 1073741824 bytes",
        ),
        (
            "--answer-secs=18446744073709551615",
            "there must be some time to wait for an answer, and at most 24 hours",
        ),
        (
            "--answer-secs=0",
            "there must be some time to wait for an answer, and at most 24 hours",
        ),
        (
            "--frame-limit-bytes=18446744073709551615",
            "the frame limit must be 1 to 1073741824 bytes",
        ),
    ] {
        assert_eq!(
            prompt.bad(&["simulate", "--to=127.0.0.1:1", argument]),
            format!("cistern: this cannot be simulated\n  because: {expected}\n")
        );
    }
    let usage = [
        (
            "--misbehave=nicely",
            "no such misbehaviour; there are split, junk, no-end-block, ",
        ),
        ("--misbehave=split=much", "invalid float literal"),
        (
            "--types=XXX",
            "no such type of message; there are ADT^A01, ADT^A03, ADT^A04, ",
        ),
    ];
    for (argument, expected) in usage {
        let output = prompt.run(&["simulate", argument]);
        let complaint = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(complaint.contains(expected), "{complaint}");
    }
}

/// A listener on the database of a prompt.
async fn listen(prompt: &Prompt) -> (SocketAddr, Shutdown, JoinHandle<()>) {
    let database = prompt.folder.path().join("cistern.db");
    let tank = Database::open(&format!("sqlite:{}", database.display())).await;
    let config = Config::parse("test", CONFIG).unwrap();
    let door = Door::bind(&config.feeds()[0]).await.unwrap();
    let address = door.address().unwrap();
    let shutdown = Shutdown::new();
    let tank = Arc::new(tank.unwrap());
    let running = listener::run(config.listener, vec![door], tank, shutdown.clone());
    let running = tokio::spawn(async { running.await.unwrap() });
    (address, shutdown, running)
}

/// Text with each number that has a point, and each rate, replaced, and columns a space apart.
fn masked(text: &str, mask: &str) -> String {
    let word = |word: &str| {
        let number = word.parse::<f64>().is_ok();
        if number && word.contains('.') {
            mask.to_owned()
        } else {
            word.to_owned()
        }
    };
    let line = |line: &str| {
        line.split_whitespace()
            .map(word)
            .collect::<Vec<_>>()
            .join(" ")
            + "\n"
    };
    let text: String = text.lines().map(line).collect();
    let (before, rate) = text.split_once(" s, ").unwrap();
    let (_, after) = rate.split_once(' ').unwrap();
    format!("{before} s, {mask} {after}")
}
