//! A listener that is told to stop finishes what it has in hand.

use std::fmt::Write as _;
use std::sync::Arc;

use testkit::{golden, postgres};
use tokio::net::TcpStream;

use crate::gate::{Gate, WAITING};
use crate::importing::{Importing, registration};
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

/// Row 14 of the decision table.
#[tokio::test(flavor = "multi_thread")]
async fn a_frame_in_hand_is_answered_and_none_that_begins_later() {
    for store in Store::all() {
        let feed = "answer_after = \"import\"";
        let mut listening = Listening::with_feed(&store.url(), "", feed).await;
        let mut peer = listening.peer().await;
        peer.write(framed(registration("1", ""))).await;
        while listening.kept().await.is_empty() {}
        listening.wish_to_stop();
        peer.write(framed(registration("2", ""))).await;
        let importing = Importing::start(&store.url()).await;
        let answer = "MSH|^~\\&|CISTERN|HARBOR_CARE|HARBOR_EHR^2.999.7.1^ISO\
                      |HARBOR^2.999.7^ISO|<time>||ACK^A28^ACK|<id>|P|2.5.1\rMSA|AA|1\r";
        assert_eq!(peer.answer().await, answer);
        peer.closed().await;
        listening.returned().await.unwrap();
        assert_eq!(listening.bodies().await, [registration("1", "")]);
        importing.stop().await;
    }
}

/// The same for feeds that say so.
#[tokio::test(flavor = "multi_thread")]
async fn a_frame_that_begins_later_is_turned_down_where_the_feed_says_so() {
    for code in ["reject", "error"] {
        for store in Store::all() {
            let feed = format!("codes = {{ stopping = \"{code}\" }}");
            let mut listening = Listening::with_feed(&store.url(), "drain_secs = 2", &feed).await;
            let mut peer = listening.peer().await;
            assert_eq!(peer.ask(update("1", "2.5.1")).await, accepted("1"));
            listening.wish_to_stop();
            let batch = [update("6", "2.5.1"), update("7", "2.5.1")].concat();
            let mut page = String::new();
            for message in [
                update("2", "2.5.1"),
                update("3", "2.3"),
                update("4", "2.5.1|||AL|NE"),
                update("5", "2.7|||AL|NE"),
                format!("BHS|^~\\&|EHR\r{batch}BTS|2\r"),
            ] {
                let answer = peer.ask(message).await;
                writeln!(page, "{}", answer.replace('\r', "\n")).unwrap();
            }
            writeln!(page, "{}", peer.answer().await.replace('\r', "\n")).unwrap();
            golden::check(format!("tests/answers/stopping_{code}.txt"), page);
            peer.closed().await;
            listening.returned().await.unwrap();
            assert_eq!(listening.bodies().await, [update("1", "2.5.1")]);
        }
    }
}

#[tokio::test]
async fn a_batch_that_is_too_long_is_turned_down_as_one() {
    let store = Store::sqlite();
    let settings = "drain_secs = 2\nbatch_messages_max = 1";
    let feed = "codes = { stopping = \"reject\" }";
    let mut listening = Listening::with_feed(&store.url(), settings, feed).await;
    let mut peer = listening.peer().await;
    assert_eq!(peer.ask(update("1", "2.5.1")).await, accepted("1"));
    listening.wish_to_stop();
    let batch = [update("2", "2.5.1"), update("3", "2.5.1")].concat();
    let answer = peer.ask(format!("BHS|^~\\&|EHR\r{batch}BTS|2\r")).await;
    assert_eq!(answer.matches("MSA|AR|").count(), 1);
    peer.closed().await;
    listening.returned().await.unwrap();
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
