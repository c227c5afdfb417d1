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
async fn what_holds_no_message_is_no_batch() {
    let store = Store::sqlite();
    let listening = Listening::start(&store.url(), "").await;
    let mut peer = listening.peer().await;
    let answer = peer.ask(format!("{BHS}BTS|0\r")).await;
    assert!(answer.contains("MSA|AR||"), "{answer}");
    assert_eq!(listening.broken().await.len(), 1);
}
