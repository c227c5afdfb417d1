//! The raw bytes are the record, whatever they are.

use crate::listening::{Listening, Store};
use crate::masked::masked;
use crate::peer::{HEAD_2_5_1, accepted, framed, update};

#[tokio::test]
async fn bytes_of_any_kind_are_kept_as_they_came() {
    let messages: [Vec<u8>; 6] = [
        replaced("latin1", b"Qu\xEFll"),
        replaced("nul", b"Qu\0ill"),
        replaced("ff", b"Qu\xFFill"),
        replaced("utf8", "Quîll 🜁".as_bytes()),
        replaced("lf", b"Quill\nNTE|1||free\r\nline"),
        replaced("end block inside", b"Qu\x1Cill"),
    ];
    for store in Store::all() {
        let listening = Listening::start(&store.url(), "").await;
        let mut peer = listening.peer().await;
        for message in &messages {
            peer.ask(message).await;
        }
        assert_eq!(listening.bodies().await, messages);
    }
}

fn replaced(control_id: &str, name: &[u8]) -> Vec<u8> {
    let message = update(control_id, "2.5.1");
    let (before, after) = message.split_once("Quill").unwrap();
    [before.as_bytes(), name, after.as_bytes()].concat()
}

#[tokio::test]
async fn the_answer_speaks_with_the_delimiters_of_the_message() {
    let store = Store::sqlite();
    let listening = Listening::start(&store.url(), "").await;
    let message = "MSH#*@!$#EHR*1#HARBOR#CISTERN#CLINIC#20260302##ADT*A08#c|1#P#2.5.1\rPID#1\r";
    let answer = listening.peer().await.ask(message).await;
    assert_eq!(
        answer,
        "MSH#*@!$#CISTERN#CLINIC#EHR*1#HARBOR#<time>##ACK*A08*ACK#<id>#P#2.5.1\rMSA#AA#c|1\r"
    );
    assert_eq!(listening.bodies().await, [message]);
}

#[tokio::test]
async fn a_control_id_of_any_bytes_comes_back_as_it_was() {
    for store in Store::all() {
        let listening = Listening::start(&store.url(), "").await;
        let mut peer = listening.peer().await;
        let long = b"9".repeat(20_000);
        let ids: [&[u8]; 5] = [b"a\0b", b"\xFF\xFE", b" 1 ", b"bad\x1C", &long];
        for id in ids {
            let message = update("ID", "2.5.1").into_bytes();
            let message = with_id(&message, id);
            peer.write(framed(&message)).await;
            let first = peer.raw_answer().await;
            let mut latin1: String = id.iter().map(|byte| char::from(*byte)).collect();
            if latin1.ends_with('\x1C') {
                latin1.push('|');
            }
            assert_eq!(masked(&first), accepted(&latin1));

            peer.write(framed(&message)).await;
            assert_eq!(peer.raw_answer().await, first, "a repeat");
        }
        assert_eq!(listening.kept().await.len(), ids.len());
    }
}

#[tokio::test]
async fn an_end_block_that_is_given_back_does_not_end_the_frame() {
    let store = Store::sqlite();
    let listening = Listening::start(&store.url(), "").await;
    let mut peer = listening.peer().await;
    let version = peer.ask(update("7", "2.5.1^USA\x1C|")).await;
    let head = HEAD_2_5_1.replace("2.5.1", "2.5.1^USA\x1C|");
    assert_eq!(version, format!("{head}MSA|AA|7\r"));
    let both = peer.ask(update("8\x1C", "2.5.1^USA\x1C|")).await;
    assert_eq!(both, format!("{head}MSA|AA|8\x1C|\r"));
    assert_eq!(peer.ask(update("9", "2.5.1")).await, accepted("9"));
}

fn with_id(message: &[u8], id: &[u8]) -> Vec<u8> {
    let at = message.windows(4).position(|four| four == b"|ID|").unwrap();
    [&message[..=at], id, &message[at + 3..]].concat()
}

#[tokio::test]
async fn a_long_message_is_kept_whole() {
    for store in Store::all() {
        let listening = Listening::start(&store.url(), "").await;
        let picture = "QUJD".repeat(1 << 20);
        let message = format!(
            "{}OBX|1|ED|PDF||^^^Base64^{picture}\r",
            update("long", "2.5.1")
        );
        assert_eq!(listening.peer().await.ask(&message).await, accepted("long"));
        assert!(
            listening.bodies().await == [message],
            "4 MB kept byte for byte"
        );
    }
}
