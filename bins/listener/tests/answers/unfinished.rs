//! Messages that have begun and not ended: how much room they have, and for how long.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::listening::{Listening, Store};
use crate::peer::{Peer, accepted, framed, soon, update};
use crate::stub::{Stub, Way};
use crate::watched::get;

#[tokio::test]
async fn unfinished_frames_have_room_together() {
    let store = Store::sqlite();
    let settings = "unfinished_bytes_max = 1_000_000\nin_frame_idle_secs = 1";
    let listening = Listening::start(&store.url(), settings).await;
    let mut peers = Vec::new();
    for _ in 0..4 {
        peers.push(listening.peer().await);
    }
    let begun = format!("\x0BMSH|{}", "x".repeat(700_000));
    for peer in &mut peers {
        peer.write(&begun).await;
    }
    // There is room for one of them and a part of the next, and one more may go on without. They
    // wait for what does not come.
    for peer in &mut peers {
        peer.closed().await;
    }
    let broken = listening.broken().await;
    let is_out_of_room = |reason: &str| reason.ends_with("unfinished_bytes_max");
    let out_of_room = broken.iter().filter(|(reason, _)| is_out_of_room(reason));
    assert_ne!(out_of_room.count(), 0, "{:?}", broken[0].0);
    let bytes: usize = broken.iter().map(|(_, bytes)| bytes.len()).sum();
    let free_bytes = 4 * 64 * 1024;
    assert!(bytes <= 1_700_000 + free_bytes, "{bytes} bytes in memory");
    // The room is free again, and a message that is larger than all of it gets all of it.
    let large = update("1", "2.5.1") + "NTE|1||" + &"x".repeat(2_000_000) + "\r";
    assert_eq!(listening.peer().await.ask(large).await, accepted("1"));
}

#[tokio::test]
async fn frames_that_fill_the_room_together_end_one_after_the_other() {
    let store = Store::sqlite();
    let settings = "unfinished_bytes_max = 1_000_000\nframe_secs = 15\nin_frame_idle_secs = 15";
    let listening = Listening::start(&store.url(), settings).await;
    let mut senders = JoinSet::new();
    let all_have_begun = Arc::new(Barrier::new(16));
    for number in 0..16 {
        let (address, all_have_begun) = (listening.address, all_have_begun.clone());
        senders.spawn(async move {
            let id = number.to_string();
            let long = update(&id, "2.5.1") + "NTE|1||" + &"x".repeat(1_000_000) + "\r";
            let frame = framed(long);
            let (begun, rest) = frame.split_at(150_000);
            let mut peer = Peer::connect(address).await;
            peer.write(begun).await;
            all_have_begun.wait().await;
            peer.write(rest).await;
            assert_eq!(peer.answer().await, accepted(&id));
        });
    }
    soon(senders.join_all()).await;
}

/// A start block within a message ends it: what follows has its own time and room.
#[tokio::test]
async fn a_message_after_a_fragment_has_its_own_time() {
    let store = Store::sqlite();
    let settings = "frame_secs = 2\nunfinished_bytes_max = 300_000";
    let listening = Listening::start(&store.url(), settings).await;
    let mut peer = listening.peer().await;
    let begun = format!("\x0BMSH|{}", "x".repeat(200_000));
    for _ in 0..3 {
        peer.write(&begun).await;
        tokio::time::sleep(Duration::from_millis(900)).await;
    }
    assert_eq!(peer.ask(update("1", "2.5.1")).await, accepted("1"));
    let reasons: Vec<String> = listening
        .broken()
        .await
        .into_iter()
        .map(|it| it.0)
        .collect();
    assert_eq!(reasons, vec![reasons[0].clone(); 3]);
    assert!(!reasons[0].contains("frame_secs"), "{}", reasons[0]);
}

/// What waits for its answer has other room, and is in nobody's way.
#[tokio::test]
async fn a_complete_message_leaves_its_room_while_its_link_is_full() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let status = free.local_addr().unwrap();
    drop(free);
    let stub = Arc::new(Stub::new(Way::Wait));
    let settings = format!(
        "status_address = \"{status}\"\nlink_window_messages = 1\ncommit_secs = 60\n\
         unfinished_bytes_max = 1_000_000\nin_frame_idle_secs = 2"
    );
    let listening = Listening::before_stub(stub.clone(), &settings).await;
    let long = |id: &str| update(id, "2.5.1") + "NTE|1||" + &"x".repeat(700_000) + "\r";
    let short = ["1", "2"].map(|id| framed(update(id, "2.5.1"))).concat();
    let mut peers = Vec::new();
    for frames in [3, 6] {
        let mut peer = listening.peer().await;
        peer.write([short.clone(), framed(long("3"))].concat())
            .await;
        soon(have_come(status, frames)).await;
        peers.push(peer);
    }
    let mut other = listening.peer().await;
    other.write(framed(long("4"))).await;
    soon(have_come(status, 7)).await;
    stub.open();
    assert_eq!(other.answer().await, accepted("4"));
}

/// Waits until so many frames are complete.
async fn have_come(status: SocketAddr, frames: usize) {
    let line = format!("cistern_frames_total{{feed=\"main\"}} {frames}\n");
    while !get(status, "/metrics").await.1.contains(&line) {
        tokio::task::yield_now().await;
    }
}
