//! The watch over numbers: what the log and monitoring say when some are missing.

use std::net::SocketAddr;

use crate::listening::Store;
use crate::peer::{Peer, accepted, soon, update};
use crate::program::Program;
use crate::watched::{get, start};

fn config(sequence: &str) -> String {
    format!(
        "[log]\nlevel = \"debug\"\n[listener]\nstatus_address = \"127.0.0.1:0\"\n\
         [[feed]]\nname = \"main\"\naddress = \"127.0.0.1:0\"\nsequence = \"{sequence}\"\n"
    )
}

async fn missing(status: SocketAddr) -> String {
    let (_, metrics) = get(status, "/metrics").await;
    let name = "cistern_missing_messages{feed=\"main\"} ";
    let line = metrics.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap().to_owned()
}

/// The lines about a thing, from their level on.
async fn lines(program: Program, about: &str) -> Vec<String> {
    let ended = tokio::task::spawn_blocking(|| program.terminate());
    let (_, output) = soon(ended).await.unwrap();
    let output = String::from_utf8(output).unwrap();
    assert!(!output.contains("SECRET"), "{output}");
    let lines = output.lines().filter(|line| line.contains(about));
    let line = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().skip(1).collect();
        let words = words.iter().filter(|word| !word.starts_with("peer="));
        words.copied().collect::<Vec<_>>().join(" ")
    };
    lines.map(line).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_numbers_are_told_of_and_taken_back() {
    let store = Store::sqlite();
    let (program, [feed], status) = start(&store, &config("watch"));
    let mut peer = Peer::connect(feed).await;
    let id = |number: u64| format!("SECRET{number:04}");
    for number in (98..=111).chain([115]) {
        let answer = peer.ask(update(&id(number), "2.5.1")).await;
        assert_eq!(answer, accepted(&id(number)));
    }
    assert_eq!(missing(status).await, "3");
    // A repeat, and one that is late; then a second gap within the minute.
    for number in [100, 101, 113, 116, 118] {
        let answer = peer.ask(update(&id(number), "2.5.1")).await;
        assert_eq!(answer, accepted(&id(number)));
    }
    assert_eq!(missing(status).await, "3");
    let expected = [
        "WARN cistern_listener::link::numbers: messages probably missing feed=\"main\" \
         first=112 last=114 messages=3",
        "DEBUG cistern_listener::link::numbers: messages probably missing feed=\"main\" \
         first=117 last=117 messages=1",
    ];
    assert_eq!(lines(program, "probably missing").await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_may_be_left_alone() {
    let store = Store::sqlite();
    let (program, [feed], status) = start(&store, &config("off"));
    let mut peer = Peer::connect(feed).await;
    for number in (1..=20).chain([30]) {
        let id = number.to_string();
        let answer = peer.ask(update(&id, &format!("2.5.1|{number}"))).await;
        assert_eq!(answer, accepted(&id));
    }
    assert_eq!(missing(status).await, "0");
    assert_eq!(lines(program, "missing").await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strict_feed_warns_once_a_minute() {
    let store = Store::sqlite();
    let (program, [feed], status) = start(&store, &config("strict"));
    let mut peer = Peer::connect(feed).await;
    for number in [1, 3, 4, 5] {
        let message = update(&format!("SECRET{number}"), &format!("2.5.1|{number}"));
        peer.ask(message).await;
    }
    let (_, metrics) = get(status, "/metrics").await;
    let counted = "cistern_refusals_total{feed=\"main\",reason=\"sequence\"} 3";
    assert!(metrics.contains(counted), "{metrics}");
    let expected = "WARN cistern_listener::link::numbers: message out of sequence feed=\"main\" \
                    expected=2 number=3";
    assert_eq!(lines(program, "out of sequence").await, [expected]);
}
