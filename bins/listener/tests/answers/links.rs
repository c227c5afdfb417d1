//! Many messages on one link, and many links.

use testkit::postgres;
use tokio::task::JoinSet;

use crate::gate::{Gate, WAITING};
use crate::listening::{Listening, Store};
use crate::peer::{Peer, accepted, framed, soon, update};

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
