//! Whether another message than the first may begin a sequence.

use bytes::Bytes;
use tank::{
    Answer, Arrival, Arrived, AsWritten, Body, MessageKeys, ReadAs, Receipt, SequenceNumber,
};
use tokio::time::Instant;

use super::{Beginnings, PATIENCE, Told};

const NEW: Receipt = Receipt::New { id: 1 };

fn arrival(sequence: SequenceNumber) -> Arrival {
    let answer = Answer {
        code: String::new(),
        bytes: Bytes::new(),
    };
    Arrival {
        feed: "main".to_owned(),
        peer: String::new(),
        received_at: 0,
        keys: MessageKeys::default(),
        lane: String::new(),
        body: Body::new(""),
        state: Arrived::Received,
        answer,
        is_provisional: false,
        altered: None,
        reply: String::new(),
        sequence: Some(sequence),
        read_as: ReadAs::default(),
    }
}

fn numbered(number: i64) -> Arrival {
    arrival(SequenceNumber::Number {
        number,
        first: number,
    })
}

fn restart(beginnings: &Beginnings) -> Told {
    let mut restart = arrival(SequenceNumber::Restart);
    beginnings.place(&mut restart, Instant::now()).unwrap()
}

/// What a number is told as the first one.
fn first(beginnings: &Beginnings, number: i64, now: Instant) -> Option<i64> {
    beginnings.place(&mut numbered(number), now)?.first
}

fn repeat() -> Receipt {
    Receipt::Repeat {
        id: 1,
        answer: Bytes::new(),
        earlier: None,
    }
}

#[test]
fn a_beginning_holds_for_a_while_after_it_was_tried_last() {
    let (beginnings, now) = (Beginnings::default(), Instant::now());
    assert_eq!(first(&beginnings, 5, now), Some(5));
    assert_eq!(first(&beginnings, 5, now + PATIENCE / 2), Some(5));
    assert_eq!(first(&beginnings, 100, now + PATIENCE), Some(5));
    assert_eq!(first(&beginnings, 100, now + PATIENCE * 3 / 2), Some(100));
}

#[test]
fn only_a_restart_that_is_kept_ends_a_beginning() {
    let (beginnings, now) = (Beginnings::default(), Instant::now());
    assert_eq!(first(&beginnings, 20, now), Some(20));
    let again = restart(&beginnings);
    assert_eq!(first(&beginnings, 21, now), Some(20));
    beginnings.learn(&again, &repeat());
    assert_eq!(first(&beginnings, 22, now), Some(20));
    let kept = restart(&beginnings);
    beginnings.learn(&kept, &NEW);
    assert_eq!(first(&beginnings, 30, now), Some(30));
}

#[test]
fn the_first_number_behind_a_restart_on_its_way_begins() {
    let (beginnings, now) = (Beginnings::default(), Instant::now());
    assert_eq!(first(&beginnings, 5, now), Some(5));
    let kept = restart(&beginnings);
    assert_eq!(first(&beginnings, 20, now), Some(5));
    beginnings.learn(&kept, &NEW);
    assert_eq!(first(&beginnings, 21, now), Some(20));
}

#[test]
fn a_sender_is_told_by_its_bytes() {
    let (beginnings, now) = (Beginnings::default(), Instant::now());
    let read_otherwise = |text: &str, number| {
        let mut arrival = numbered(number);
        arrival.keys.sending_application = text.to_owned();
        arrival.keys.as_written = Some(AsWritten {
            sending_application: "PeÃ±a".to_owned(),
            ..AsWritten::default()
        });
        beginnings.place(&mut arrival, now).unwrap().first
    };
    assert_eq!(read_otherwise("Peña", 5), Some(5));
    assert_eq!(read_otherwise("PeÃ±a", 6), Some(5));
}
