//! Many messages on one link, and many links.

#[cfg(target_os = "linux")]
use std::net::SocketAddr;
use std::sync::Arc;

use testkit::postgres;
use tokio::task::JoinSet;

use crate::faults::not_kept;
use crate::gate::{Gate, WAITING};
use crate::listening::{Listening, Store};
use crate::peer::{Peer, accepted, framed, soon, update};
use crate::stub::{Stub, Way};

#[tokio::test]
async fn pipelined_messages_are_answered_in_order() {
    for store in Store::all() {
        let listening = Listening::start(&store.url(), "link_window_messages = 8").await;
        let mut peer = listening.peer().await;
        let ids: Vec<String> = (1..=50).map(|number| number.to_string()).collect();
        let messages: Vec<String> = ids.iter().map(|id| update(id, "2.5.1")).collect();
        peer.write(messages.iter().flat_map(framed).collect::<Vec<u8>>())
            .await;
        for id in &ids {
            assert_eq!(peer.answer().await, accepted(id));
        }
        assert_eq!(listening.bodies().await, messages);
    }
}

#[tokio::test]
async fn a_hundred_links_at_once() {
    for store in Store::all() {
        let listening = Listening::start(&store.url(), "").await;
        let mut links = JoinSet::new();
        for link in 0..100 {
            let address = listening.address;
            links.spawn(async move {
                let mut peer = Peer::connect(address).await;
                for number in 0..3 {
                    let id = format!("{link}-{number}");
                    assert_eq!(peer.ask(update(&id, "2.5.1")).await, accepted(&id));
                }
            });
        }
        soon(links.join_all()).await;
        assert_eq!(listening.kept().await.len(), 300);
    }
}

#[tokio::test]
async fn links_past_the_limit_are_closed() {
    let store = Store::sqlite();
    let listening = Listening::start(&store.url(), "links_max = 2").await;
    let (mut first, mut second) = (listening.peer().await, listening.peer().await);
    assert_eq!(first.ask(update("1", "2.5.1")).await, accepted("1"));
    assert_eq!(second.ask(update("2", "2.5.1")).await, accepted("2"));
    listening.peer().await.closed().await;

    first.finish().await;
    first.closed().await;
    // The place is free a moment after the link is closed.
    let mut third = listening.peer().await;
    third.write(framed(update("3", "2.5.1"))).await;
    while third.is_refused().await {
        third = listening.peer().await;
        third.write(framed(update("3", "2.5.1"))).await;
    }
    assert_eq!(third.answer().await, accepted("3"));
    assert_eq!(second.ask(update("4", "2.5.1")).await, accepted("4"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_does_not_wait_for_the_message_behind_it() {
    let Some(database) = postgres::Database::create_or_skip() else {
        return;
    };
    let listening = Listening::start(&database.url(), "commit_messages_max = 1").await;
    let gate = Gate::shut(&database);
    let mut peer = listening.peer().await;
    let frames = ["1", WAITING].map(|id| framed(update(id, "2.5.1")));
    peer.write(frames.concat()).await;
    gate.somebody_waits();
    assert_eq!(peer.answer().await, accepted("1"));
    gate.open();
    assert_eq!(peer.answer().await, accepted(WAITING));
}

#[tokio::test]
async fn a_commit_takes_no_more_bytes_than_it_may() {
    let stub = Arc::new(Stub::new(Way::Wait));
    let bytes = update("1", "2.5.1").len() * 2;
    let settings = format!("commit_bytes_max = {bytes}");
    let listening = Listening::before_stub(stub.clone(), &settings).await;
    let mut peer = listening.peer().await;
    let longer = update("4", "2.5.1").replace("Quill", &"Quill".repeat(100));
    let messages = ["1", "2", "3", "5"].map(|id| update(id, "2.5.1"));
    let [one, two, three, five] = &messages;
    // The first is committed alone: the others gather before the gate.
    peer.write(framed(one)).await;
    while stub.held().is_empty() {
        tokio::task::yield_now().await;
    }
    let rest = [two, three, &longer, five].map(framed).concat();
    peer.write(rest).await;
    // Gives the listener, on the same thread, turns to read them.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    stub.open();
    for id in ["1", "2", "3", "4", "5"] {
        assert_eq!(peer.answer().await, accepted(id));
    }
    let commits: [&[&str]; 4] = [&["1"], &["2", "3"], &["4"], &["5"]];
    assert_eq!(stub.held(), commits);
}

#[tokio::test]
async fn no_more_bytes_wait_for_their_commits_than_may() {
    let stub = Arc::new(Stub::new(Way::Wait));
    let bytes = update("1", "2.5.1").len() * 2;
    let settings = format!("commit_secs = 1\nin_flight_bytes_max = {bytes}");
    let listening = Listening::before_stub(stub.clone(), &settings).await;
    let mut peer = listening.peer().await;
    let frames = ["1", "2", "3"].map(|id| framed(update(id, "2.5.1")));
    peer.write(frames.concat()).await;
    for id in ["1", "2", "3"] {
        assert_eq!(peer.answer().await, not_kept(id));
    }
    stub.open();
    let longer = update("4", "2.5.1").replace("Quill", &"Quill".repeat(100));
    assert_eq!(peer.ask(longer).await, accepted("4"));
    // There never was room for the third.
    let held: Vec<String> = stub.held().concat();
    assert_eq!(held, ["1", "2", "4"]);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_silent_link_is_probed() {
    let store = Store::sqlite();
    let listening = Listening::start(&store.url(), "keep_alive_secs = 120").await;
    let mut peer = listening.peer().await;
    assert_eq!(peer.ask(update("1", "2.5.1")).await, accepted("1"));
    let (kind, hundredths) = loop {
        match timer(listening.address, peer.address()) {
            // The answer waits to be confirmed.
            (kind, _) if kind == "01" => tokio::task::yield_now().await,
            idle => break idle,
        }
    };
    assert_eq!(kind, "02", "the keep-alive timer");
    assert!((6_001..=12_000).contains(&hundredths), "{hundredths}");
}

/// The kind of timer that runs on a socket, and in how many hundredths of a second it ends.
#[cfg(target_os = "linux")]
fn timer(ours: SocketAddr, theirs: SocketAddr) -> (String, u64) {
    let ends = [ours, theirs].map(|end| format!("0100007F:{:04X}", end.port()));
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let socket = table.lines().find(|line| line.contains(&ends.join(" ")));
    let timer = socket.unwrap().split_whitespace().nth(5).unwrap();
    let (kind, end) = timer.split_once(':').unwrap();
    (kind.to_owned(), u64::from_str_radix(end, 16).unwrap())
}

#[tokio::test]
async fn a_feed_has_limits_of_its_own() {
    let store = Store::sqlite();
    for (feed, allowed) in [
        ("links_max = 2", 2),
        ("links_per_address_max = 1", 1),
        ("from = [\"10.0.0.0/8\"]", 0),
        ("from = [\"10.0.0.0/8\", \"127.0.0.0/8\"]", 3),
    ] {
        let listening = Listening::with_feed(&store.url(), "", feed).await;
        let mut peers = Vec::new();
        for number in 0..3 {
            let mut peer = listening.peer().await;
            if number < allowed {
                assert_eq!(
                    peer.ask(update("1", "2.5.1")).await,
                    accepted("1"),
                    "{feed}"
                );
            } else {
                assert!(peer.is_refused().await, "{feed}");
            }
            peers.push(peer);
        }
    }
}
