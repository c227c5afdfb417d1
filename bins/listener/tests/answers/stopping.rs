//! A listener that is told to stop finishes what it has in hand.

use std::sync::Arc;

use testkit::postgres;
use tokio::net::TcpStream;

use crate::gate::{Gate, WAITING};
use crate::listening::{Listening, Store};
use crate::peer::{Peer, accepted, framed, soon, update};
use crate::program::Program;
use crate::stub::{Stub, Way};

#[tokio::test(flavor = "multi_thread")]
async fn frames_in_hand_are_answered() {
    let Some(database) = postgres::Database::create_or_skip() else {
        return;
    };
    let mut listening = Listening::start(&database.url(), "").await;
    let gate = Gate::shut(&database);
    let mut peer = listening.peer().await;
    let ids = ["1", "2", "3"].map(|id| format!("{WAITING} {id}"));
    let messages = ids.each_ref().map(|id| update(id, "2.5.1"));
    peer.write(messages.each_ref().map(framed).concat()).await;
    gate.somebody_waits();
    listening.wish_to_stop();
    gate.open();
    for id in &ids {
        assert_eq!(peer.answer().await, accepted(id));
    }
    peer.closed().await;
    listening.returned().await.unwrap();
    assert_eq!(listening.bodies().await, messages);
}

#[tokio::test]
async fn a_frame_that_has_begun_may_end() {
    let store = Store::sqlite();
    let mut listening = Listening::start(&store.url(), "").await;
    let mut peer = listening.peer().await;
    let second = framed(update("2", "2.5.1"));
    let (begun, rest) = second.split_at(20);
    peer.write([&framed(update("1", "2.5.1")), begun].concat())
        .await;
    assert_eq!(peer.answer().await, accepted("1"));
    listening.wish_to_stop();
    peer.write(rest).await;
    assert_eq!(peer.answer().await, accepted("2"));
    peer.closed().await;
    listening.returned().await.unwrap();
}

#[tokio::test]
async fn nobody_new_is_let_in() {
    let store = Store::sqlite();
    let mut listening = Listening::start(&store.url(), "").await;
    let mut idle = listening.peer().await;
    assert_eq!(idle.ask(update("1", "2.5.1")).await, accepted("1"));
    listening.wish_to_stop();
    idle.closed().await;
    listening.returned().await.unwrap();
    let refused = TcpStream::connect(listening.address).await.unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_does_not_answer_is_not_waited_for_for_ever() {
    let Some(database) = postgres::Database::create_or_skip() else {
        return;
    };
    let mut listening = Listening::start(&database.url(), "drain_secs = 0").await;
    let gate = Gate::shut(&database);
    let mut peer = listening.peer().await;
    peer.write(framed(update(WAITING, "2.5.1"))).await;
    gate.somebody_waits();
    listening.wish_to_stop();
    listening.returned().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_ends_though_its_database_does_not_answer() {
    let Some(database) = postgres::Database::create_or_skip() else {
        return;
    };
    let config = "[listener]\ndrain_secs = 0\n\
        [[feed]]\nname = \"main\"\naddress = \"127.0.0.1:0\"\n";
    let environment = [("CISTERN_DATABASE_URL", &*database.url())];
    let mut program = Program::start(env!("CARGO_BIN_EXE_cistern-listener"), config, &environment);
    let line = program.wait_for("address=");
    let address = line.rsplit("address=").next().unwrap().trim();
    let gate = Gate::shut(&database);
    let mut peer = Peer::connect(address.parse().unwrap()).await;
    peer.write(framed(update(WAITING, "2.5.1"))).await;
    gate.somebody_waits();
    let ended = tokio::task::spawn_blocking(|| program.terminate());
    let (status, _) = soon(ended).await.unwrap();
    assert!(status.success(), "{status}");
}

#[tokio::test]
async fn a_panic_of_the_tank_ends_the_listener_though_a_sender_is_inside_a_frame() {
    let stub = Arc::new(Stub::new(Way::Panic));
    let mut listening = Listening::before_stub(stub, "drain_secs = 0").await;
    let mut peer = listening.peer().await;
    let begun = &framed(update("2", "2.5.1"))[..20];
    peer.write([&framed(update("1", "2.5.1")), begun].concat())
        .await;
    let verdict = listening.returned().await.unwrap_err();
    assert_eq!(
        verdict.to_string(),
        "stopped, because the task that commits panicked: this is a mistake in Cistern"
    );
}
