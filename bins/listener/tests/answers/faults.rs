//! A tank that fails: the sender hears so in time, never hears AA, and service resumes by itself.

use std::sync::Arc;
use std::time::{Duration, Instant};

use testkit::postgres;

use crate::gate::{Gate, WAITING, run};
use crate::listening::Listening;
use crate::peer::{HEAD_2_5_1, Peer, accepted, framed, update};
use crate::stub::{Stub, Way};

/// The masked answer that asks for [`update`] in version 2.5.1 again.
pub(crate) fn not_kept(control_id: &str) -> String {
    format!(
        "{HEAD_2_5_1}MSA|AR|{control_id}\r\
         ERR|||207^Application internal error^HL70357|E\
         ||||the message could not be stored: send it again later\r"
    )
}

fn waiting_ids() -> [String; 5] {
    [1, 2, 3, 4, 5].map(|number| format!("{WAITING} {number}"))
}

#[tokio::test]
async fn a_database_that_refuses() {
    let listening = Listening::before_stub(Arc::new(Stub::new(Way::Refuse)), "").await;
    let mut peer = listening.peer().await;
    assert_eq!(peer.ask(update("1", "2.5.1")).await, not_kept("1"));
    for conditions in ["AL|NE", "ER|NE"] {
        let message = update("2", &format!("2.5.1|||{conditions}"));
        let commit_error = not_kept("2").replace("MSA|AR|", "MSA|CE|");
        assert_eq!(peer.ask(message).await, commit_error);
    }
    for conditions in ["SU|NE", "NE|AL"] {
        peer.write(framed(update("3", &format!("2.5.1|||{conditions}"))))
            .await;
    }
    // Had one of the unanswered been answered, this would be the wrong answer.
    assert_eq!(peer.ask(update("4", "2.5.1")).await, not_kept("4"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_takes_too_long() {
    let Some(database) = postgres::Database::create_or_skip() else {
        return;
    };
    let listening = Listening::start(&database.url(), "commit_secs = 1").await;
    let gate = Gate::shut(&database);
    let messages = waiting_ids().map(|id| update(&id, "2.5.1"));
    let mut peer = listening.peer().await;
    let start = Instant::now();
    peer.write(messages.each_ref().map(framed).concat()).await;
    for id in waiting_ids() {
        assert_eq!(peer.answer().await, not_kept(&id));
    }
    assert!(start.elapsed() < Duration::from_secs(3), "one wait for all");

    gate.open();
    for (message, id) in messages.iter().zip(waiting_ids()) {
        assert_eq!(peer.ask(message).await, accepted(&id));
    }
    assert_eq!(listening.bodies().await, messages, "each once");
}

#[tokio::test(flavor = "multi_thread")]
async fn more_messages_than_may_wait_for_a_commit() {
    let Some(database) = postgres::Database::create_or_skip() else {
        return;
    };
    let settings = "commit_secs = 1\ncommit_messages_max = 1";
    let listening = Listening::start(&database.url(), settings).await;
    let gate = Gate::shut(&database);
    let mut peers = Vec::new();
    let start = Instant::now();
    for id in waiting_ids() {
        let mut peer = listening.peer().await;
        peer.write(framed(update(&id, "2.5.1"))).await;
        peers.push(peer);
    }
    for (peer, id) in peers.iter_mut().zip(waiting_ids()) {
        assert_eq!(peer.answer().await, not_kept(&id));
    }
    assert!(start.elapsed() < Duration::from_secs(3), "one wait for all");
    gate.open();
    assert_eq!(peers[0].ask(update("1", "2.5.1")).await, accepted("1"));
}

#[tokio::test]
async fn a_database_that_lets_nobody_in() {
    let Some(database) = postgres::Database::create_or_skip() else {
        return;
    };
    let listening = Listening::start(&database.url(), "commit_secs = 5").await;
    let mut peer = listening.peer().await;
    assert_eq!(peer.ask(update("1", "2.5.1")).await, accepted("1"));

    allow_connections(&database, false);
    for _ in 0..3 {
        assert_eq!(peer.ask(update("2", "2.5.1")).await, not_kept("2"));
    }
    allow_connections(&database, true);
    let answer = first_but(&mut peer, "2", &not_kept("2")).await;
    assert_eq!(answer, accepted("2"));
    let messages = ["1", "2"].map(|id| update(id, "2.5.1"));
    assert_eq!(listening.bodies().await, messages);
}

/// Asks until the answer is another one.
async fn first_but(peer: &mut Peer, id: &str, but: &str) -> String {
    loop {
        let answer = peer.ask(update(id, "2.5.1")).await;
        if answer != but {
            return answer;
        }
    }
}

/// Lets everybody in, or nobody, and throws out who is in.
fn allow_connections(database: &postgres::Database, allow: bool) {
    let url = database.url();
    let (cluster, name) = url.rsplit_once('/').unwrap();
    let sql = format!("ALTER DATABASE {name} ALLOW_CONNECTIONS {allow}");
    run(&format!("{cluster}/postgres"), &sql);
    if !allow {
        let sql = format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        );
        run(&format!("{cluster}/postgres"), &sql);
    }
}
