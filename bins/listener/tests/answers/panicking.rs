//! A task of a feed panics: the listener ends, and says of which feed it was.

use std::net::TcpListener;
use std::sync::Arc;

use crate::listening::Listening;
use crate::peer::{accepted, framed, soon, update};
use crate::stub::{Stub, Way};
use crate::watched::get;

const SENTENCE: &str =
    "stopped, because a task of feed main panicked: this is a mistake in Cistern";

#[tokio::test]
async fn a_panic_of_a_task_is_seen_while_frames_in_hand_are_waited_for() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let status = free.local_addr().unwrap();
    drop(free);
    let stub = Arc::new(Stub::new(Way::Wait));
    let settings = format!("status_address = \"{status}\"");
    let mut listening = Listening::before_stub(stub.clone(), &settings).await;
    let mut peer = listening.peer().await;
    peer.write(framed(update("1", "2.5.1"))).await;
    while stub.held().is_empty() {
        tokio::task::yield_now().await;
    }
    stub.fail_at_replies();
    let word = soon(async {
        loop {
            let (code, word) = get(status, "/readyz").await;
            if code != "HTTP/1.1 200 OK" {
                return word;
            }
            tokio::task::yield_now().await;
        }
    });
    assert_eq!(word.await, "a task of a feed panicked: stopping\n");
    stub.open();
    assert_eq!(peer.answer().await, accepted("1"));
    let verdict = listening.returned().await.unwrap_err();
    assert_eq!(verdict.to_string(), SENTENCE);
}
