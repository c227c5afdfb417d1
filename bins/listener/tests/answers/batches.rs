//! Batches in a frame: one commit, and an answer for each message or one for all.

use std::fmt::Write as _;
use std::path::Path;

use testkit::golden;

use crate::listening::{Kept, Listening, Store};
use crate::peer::{accepted, framed, update};

const BHS: &str = "BHS|^~\\&|EHR|HARBOR|CISTERN|CLINIC|20260302101500||||B-7\r";

fn batch(round: &str, trailer: &str) -> String {
    let ids = [format!("{round}1"), format!("{round}2"), String::new()];
    let messages = ids.map(|id| update(&id, "2.5.1")).concat();
    format!("FHS|^~\\&|EHR\r{BHS}{messages}{trailer}")
}

fn kept(kept: &[Kept]) -> String {
    let mut page = String::new();
    for Kept {
        state,
        reason,
        answer_code,
        body,
    } in kept
    {
        let bytes = body.len();
        writeln!(page, "{state} {answer_code}: {bytes} bytes; {reason}").unwrap();
    }
    page
}

#[tokio::test]
async fn each_message_gets_its_answer_in_order() {
    for store in Store::all() {
        let listening = Listening::start(&store.url(), "").await;
        let mut peer = listening.peer().await;
        let mut page = String::new();
        let trailers = ["BTS|3\rFTS|1\r", "BTS|4\rFTS|1\r", "BTS|3\r", ""];
        for (round, trailer) in ["a", "b", "c", "d"].into_iter().zip(trailers) {
            writeln!(page, "{trailer:?}:").unwrap();
            peer.write(framed(batch(round, trailer))).await;
            for _ in 0..3 {
                let answer = peer.answer().await.replace('\r', "\n");
                writeln!(page, "{answer}").unwrap();
            }
        }
        // Nothing more was answered.
        assert_eq!(peer.ask(update("last", "2.5.1")).await, accepted("last"));
        page += &kept(&listening.kept().await);
        golden::check(Path::new("tests/answers/batches.txt"), page);
    }
}

#[tokio::test]
async fn a_feed_may_answer_a_batch_by_one() {
    let store = Store::sqlite();
    let listening = Listening::with_feed(&store.url(), "", "batch_answers = \"one\"").await;
    let mut peer = listening.peer().await;
    peer.write(framed(batch("a", "BTS|3\rFTS|1\r"))).await;
    let answer = String::from_utf8(peer.raw_answer().await).unwrap();
    let lines: Vec<&str> = answer.split_terminator('\r').collect();
    let named: Vec<&str> = lines.iter().map(|line| line.get(..3).unwrap()).collect();
    assert_eq!(
        named,
        [
            "BHS", "MSH", "MSA", "MSH", "MSA", "MSH", "MSA", "ERR", "BTS"
        ]
    );
    let header: Vec<&str> = lines[0].split('|').collect();
    assert_eq!(
        header[1..6],
        ["^~\\&", "CISTERN", "CLINIC", "EHR", "HARBOR"]
    );
    assert_eq!((header.len(), header[11]), (12, "B-7"));
    let verdicts = [lines[2], lines[4], lines[6], lines[8]];
    assert_eq!(verdicts, ["MSA|AA|a1", "MSA|AA|a2", "MSA|AE", "BTS|3"]);
}

#[tokio::test]
async fn what_was_held_for_its_batch_is_judged_anew() {
    for store in Store::all() {
        let listening = Listening::start(&store.url(), "").await;
        let mut peer = listening.peer().await;
        let message = update("1", "2.5.1");
        for (trailer, code) in [("BTS|2\r", "AE"), ("BTS|two\r", "AE"), ("BTS|1\r", "AA")] {
            let answer = peer.ask(format!("{BHS}{message}{trailer}")).await;
            assert!(answer.contains(&format!("MSA|{code}|1\r")), "{answer}");
        }
        assert_eq!(peer.ask(&message).await, accepted("1"));
        let kept = listening.kept().await;
        let kept = kept.iter().filter(|kept| kept.body == message.as_bytes());
        let states: Vec<&str> = kept.map(|kept| &*kept.state).collect();
        assert_eq!(states, ["held", "received"]);
    }
}

#[tokio::test]
async fn a_batch_that_nobody_wants_an_answer_to_gets_none() {
    let store = Store::sqlite();
    let feed = "batch_answers = \"one\"\nmode = \"silent\"";
    let listening = Listening::with_feed(&store.url(), "", feed).await;
    let mut peer = listening.peer().await;
    peer.write(framed(batch("a", "BTS|3\rFTS|1\r"))).await;
    peer.finish().await;
    peer.closed().await;
    assert_eq!(listening.kept().await.len(), 4);
}

#[tokio::test]
async fn a_batch_that_is_too_long_is_kept_whole_and_refused() {
    let store = Store::sqlite();
    let listening = Listening::start(&store.url(), "batch_messages_max = 2").await;
    let mut peer = listening.peer().await;
    let answer = peer.ask(batch("a", "BTS|3\rFTS|1\r")).await;
    let sentence = "the batch has too many messages: send it in parts";
    assert!(
        answer.contains("MSA|AR|") && answer.contains(sentence),
        "{answer}"
    );
    let broken = listening.broken().await;
    assert_eq!(
        broken,
        [(sentence.to_owned(), batch("a", "BTS|3\rFTS|1\r").into())]
    );
}

#[tokio::test]
async fn a_batch_begins_after_a_byte_order_mark_and_its_header_may_be_bare() {
    let store = Store::sqlite();
    let listening = Listening::with_feed(&store.url(), "", "batch_answers = \"one\"").await;
    let mut peer = listening.peer().await;
    peer.write(framed(format!(
        "\u{feff}BHS\r{}BTS|1\r",
        update("1", "2.5.1")
    )))
    .await;
    let answer = String::from_utf8(peer.raw_answer().await).unwrap();
    let lines: Vec<&str> = answer.split_terminator('\r').collect();
    assert!(lines[0].starts_with("BHS|^~\\&|||||2"), "{answer}");
    assert_eq!((lines[2], lines[3]), ("MSA|AA|1", "BTS|1"));
}

#[tokio::test]
async fn what_holds_no_message_is_no_batch() {
    let store = Store::sqlite();
    let listening = Listening::start(&store.url(), "").await;
    let mut peer = listening.peer().await;
    let answer = peer.ask(format!("{BHS}BTS|0\r")).await;
    assert!(answer.contains("MSA|AR||"), "{answer}");
    assert_eq!(listening.broken().await.len(), 1);
}

#[tokio::test]
async fn a_feed_may_split_a_frame_of_several_messages() {
    let store = Store::sqlite();
    let several = ["a", "b"].map(|id| update(id, "2.5.1")).concat();
    let listening = Listening::start(&store.url(), "").await;
    let mut peer = listening.peer().await;
    assert_eq!(peer.ask(&several).await, accepted("a"), "one message");
    assert_eq!(peer.ask(update("last", "2.5.1")).await, accepted("last"));
    drop(listening);

    let store = Store::sqlite();
    let listening = Listening::with_feed(&store.url(), "", "split_frames = true").await;
    let mut peer = listening.peer().await;
    peer.write(framed(&several)).await;
    assert_eq!(peer.answer().await, accepted("a"));
    assert_eq!(peer.answer().await, accepted("b"));
    assert_eq!(peer.ask(update("last", "2.5.1")).await, accepted("last"));
    let states: Vec<_> = listening
        .kept()
        .await
        .into_iter()
        .map(|kept| kept.state)
        .collect();
    assert_eq!(states, ["received", "received", "ignored", "received"]);
}
