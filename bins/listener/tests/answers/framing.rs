//! Frames as real senders write them, and bytes that are no frames.

use std::sync::Arc;
use std::time::Duration;

use crate::listening::{Listening, Store};
use crate::peer::{Peer, accepted, framed, soon, update};
use crate::stub::{Stub, Way};

#[tokio::test]
async fn several_frames_in_one_write() {
    let store = Store::sqlite();
    let listening = Listening::start(&store.url(), "").await;
    let mut peer = listening.peer().await;
    let messages = ["1", "2", "3"].map(|id| update(id, "2.5.1"));
    peer.write(messages.each_ref().map(framed).concat()).await;
    for id in ["1", "2", "3"] {
        assert_eq!(peer.answer().await, accepted(id));
    }
    assert_eq!(listening.bodies().await, messages);
}

#[tokio::test]
async fn a_frame_split_at_every_byte() {
    let store = Store::sqlite();
    let listening = Listening::start(&store.url(), "").await;
    let mut peer = listening.peer().await;
    let length = framed(update("000", "2.5.1")).len();
    for split in 1..length {
        let id = format!("{split:03}");
        let frame = framed(update(&id, "2.5.1"));
        let (before, after) = frame.split_at(split);
        peer.write(before).await;
        // Gives the listener, on the same thread, a turn to read the first part.
        for _ in 0..3 {
            tokio::task::yield_now().await;
        }
        peer.write(after).await;
        assert_eq!(peer.answer().await, accepted(&id));
    }
    assert_eq!(listening.kept().await.len(), length - 1);
}

#[tokio::test]
async fn junk_between_frames_is_passed_over() {
    let store = Store::sqlite();
    let listening = Listening::start(&store.url(), "").await;
    let mut peer = listening.peer().await;
    for (id, junk) in [
        ("1", &b"\r\n\0 "[..]),
        ("2", b"junk"),
        ("3", b"\x0B\x1C\r\r\n"),
    ] {
        peer.write(junk).await;
        assert_eq!(peer.ask(update(id, "2.5.1")).await, accepted(id));
    }
    assert_eq!(listening.kept().await.len(), 3);
}

#[tokio::test]
async fn a_missing_carriage_return_is_forgiven() {
    let store = Store::sqlite();
    let listening = Listening::start(&store.url(), "").await;
    let mut peer = listening.peer().await;
    let frame = |id| {
        let mut frame = framed(update(id, "2.5.1"));
        frame.pop();
        frame
    };
    peer.write(
        [
            frame("next start"),
            frame("line feed"),
            b"\n".to_vec(),
            frame("silence"),
        ]
        .concat(),
    )
    .await;
    for id in ["next start", "line feed", "silence"] {
        assert_eq!(peer.answer().await, accepted(id));
    }
    peer.write(frame("end")).await;
    peer.finish().await;
    assert_eq!(peer.answer().await, accepted("end"));
    peer.closed().await;
    assert_eq!(listening.broken().await, []);
}

#[tokio::test]
async fn an_early_start_leaves_a_fragment() {
    let store = Store::sqlite();
    let listening = Listening::start(&store.url(), "").await;
    let mut peer = listening.peer().await;
    peer.write(b"\x0BMSH|^~\\&|cut off").await;
    assert_eq!(peer.ask(update("1", "2.5.1")).await, accepted("1"));
    let reason =
        "end each frame with 0x1C 0x0D before starting the next, and send no 0x0B inside one";
    let fragment = (reason.into(), "MSH|^~\\&|cut off".into());
    peer.finish().await;
    peer.closed().await;
    assert_eq!(listening.broken().await, [fragment]);
}

#[tokio::test]
async fn a_frame_past_the_limit_ends_the_link_only() {
    let store = Store::sqlite();
    let listening = Listening::start(&store.url(), "max_frame_bytes = 200").await;
    let mut other = listening.peer().await;
    let mut peer = listening.peer().await;
    let long = format!("{}{}", update("long", "2.5.1"), "x".repeat(300));
    peer.write(framed(&long)).await;
    peer.closed().await;

    assert_eq!(other.ask(update("1", "2.5.1")).await, accepted("1"));
    let reason = "send smaller messages, or have the frame limit of this port raised";
    let fragment = (reason.into(), long.as_bytes()[..200].to_vec().into());
    assert_eq!(listening.broken().await, [fragment]);
}

#[tokio::test]
async fn a_frame_at_the_limit_passes() {
    let store = Store::sqlite();
    let message = update("1", "2.5.1");
    let settings = format!("max_frame_bytes = {}", message.len());
    let listening = Listening::start(&store.url(), &settings).await;
    assert_eq!(listening.peer().await.ask(message).await, accepted("1"));
}

#[tokio::test]
async fn a_stalled_frame_ends_the_link_and_is_kept() {
    let store = Store::sqlite();
    let listening = Listening::start(&store.url(), "in_frame_idle_secs = 1").await;
    let mut peer = listening.peer().await;
    peer.write([&framed(update("1", "2.5.1"))[..], b"\x0BMSH|^~\\&|stalled"].concat())
        .await;
    assert_eq!(peer.answer().await, accepted("1"));
    peer.closed().await;
    let reason = "the frame began and never ended";
    let fragment = (reason.into(), "MSH|^~\\&|stalled".into());
    assert_eq!(listening.broken().await, [fragment]);
}

#[tokio::test]
async fn a_quiet_link_between_frames_stays_open() {
    let store = Store::sqlite();
    let listening = Listening::start(&store.url(), "in_frame_idle_secs = 1").await;
    let mut quiet = listening.peer().await;
    assert_eq!(quiet.ask(update("1", "2.5.1")).await, accepted("1"));
    // By the time that this link has stalled, the quiet one has been quiet for as long.
    let mut stalling = listening.peer().await;
    stalling.write(b"\x0BMSH").await;
    stalling.closed().await;
    assert_eq!(quiet.ask(update("2", "2.5.1")).await, accepted("2"));
}

#[tokio::test]
async fn a_peer_that_goes_in_the_middle_of_a_frame_leaves_a_fragment() {
    let reason = "keep the connection open until the 0x1C 0x0D of the last frame is sent";
    for reset in [false, true] {
        let store = Store::sqlite();
        let mut listening = Listening::start(&store.url(), "").await;
        let mut peer = half_way(&listening).await;
        if reset {
            peer.reset();
        } else {
            peer.finish().await;
            peer.closed().await;
        }
        listening.wish_to_stop();
        listening.returned().await.unwrap();
        let fragment = (reason.into(), "MSH|^~\\&|half".into());
        assert_eq!(listening.broken().await, [fragment], "reset: {reset}");
    }
}

/// A link that is in the middle of a frame, and whose listener knows.
async fn half_way(listening: &Listening) -> Peer {
    let mut peer = listening.peer().await;
    let bytes = [&framed(update("1", "2.5.1"))[..], b"\x0BMSH|^~\\&|half"].concat();
    peer.write(bytes).await;
    assert_eq!(peer.answer().await, accepted("1"));
    peer
}

#[tokio::test]
async fn a_peer_that_goes_without_its_answer_has_its_message_kept() {
    let store = Store::sqlite();
    let mut listening = Listening::start(&store.url(), "").await;
    let mut peer = listening.peer().await;
    peer.write([framed(update("1", "2.5.1")), framed(update("2", "2.5.1"))].concat())
        .await;
    assert_eq!(peer.answer().await, accepted("1"));
    drop(peer);
    listening.wish_to_stop();
    listening.returned().await.unwrap();
    let messages = ["1", "2"].map(|id| update(id, "2.5.1"));
    assert_eq!(listening.bodies().await, messages);
}

#[tokio::test]
async fn other_protocols_are_not_answered() {
    let store = Store::sqlite();
    let listening = Listening::start(&store.url(), "").await;
    let hello = [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xFC\x03\x03".as_slice(),
        &[7; 5000],
    ]
    .concat();
    for bytes in [
        &hello[..],
        &b"GET / HTTP/1.1\r\nHost: tank\r\n\r\n".repeat(200),
    ] {
        let mut peer = listening.peer().await;
        peer.write(bytes).await;
        peer.closed().await;
    }
    assert_eq!(listening.kept().await, []);
}

/// MLLP release 2: what is stored is said before anything else, also where HL7 asks for no answer.
#[tokio::test]
async fn a_feed_of_release_2_says_what_is_stored() {
    let store = Store::sqlite();
    let listening = Listening::with_feed(&store.url(), "", "commit_bytes = true").await;
    let mut peer = listening.peer().await;
    peer.write(framed(update("1", "2.5.1"))).await;
    assert_eq!(peer.raw_answer().await, b"\x06");
    assert_eq!(peer.answer().await, accepted("1"));
    let silent = update("2", "2.5.1").replace("|P|2.5.1", "|P|2.5.1|||NE|NE");
    peer.write(framed(silent)).await;
    assert_eq!(peer.raw_answer().await, b"\x06");
    peer.write(framed("no message")).await;
    assert_eq!(peer.raw_answer().await, b"\x06", "kept, though it is none");
    assert_eq!(peer.answer().await.lines().count(), 1);
}

#[tokio::test]
async fn a_feed_of_release_2_says_what_is_not_stored() {
    let stub = Arc::new(Stub::new(Way::Refuse));
    let listening = Listening::before_stub_with_feed(stub, "", "commit_bytes = true").await;
    let mut peer = listening.peer().await;
    peer.write(framed(update("1", "2.5.1"))).await;
    assert_eq!(peer.raw_answer().await, b"\x15");
    let answer = peer.answer().await.replace('\r', "\n");
    assert_eq!(answer.lines().nth(1), Some("MSA|AR|1"));
}

/// A sender that dribbles is never silent for long, and yet holds its link for ever.
#[tokio::test]
async fn a_frame_that_takes_too_long_ends_the_link_and_is_kept() {
    let store = Store::sqlite();
    let settings = "frame_secs = 1\nin_frame_idle_secs = 30";
    let listening = Listening::start(&store.url(), settings).await;
    let mut peer = listening.peer().await;
    assert_eq!(peer.ask(update("1", "2.5.1")).await, accepted("1"));
    peer.write(b"\x0BMSH|^~\\&|").await;
    let dribbled = soon(async {
        let mut dribbled = 0_usize;
        while peer.try_write(b"x").await {
            dribbled += 1;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        dribbled
    });
    assert!(dribbled.await > 10, "it was not silent");
    let [(reason, bytes)] = &listening.broken().await[..] else {
        panic!("one fragment");
    };
    assert_eq!(reason, "the frame took longer than frame_secs");
    assert!(bytes.starts_with(b"MSH|^~\\&|xxxxxxxxxx"));
}
