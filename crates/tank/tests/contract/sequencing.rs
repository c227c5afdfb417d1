//! `hold` under the sequence number protocol.

use cistern_tank::{Arrival, Body, Database, HoldingTank as _, Receipt, SequenceNumber};

use crate::probe;
use crate::support::*;

/// A message of this number, whose control id and bytes say so.
fn numbered(number: i64) -> Arrival {
    behind(number, number)
}

/// One that may only follow the first.
fn behind(first: i64, number: i64) -> Arrival {
    with(
        SequenceNumber::Number { number, first },
        &number.to_string(),
    )
}

const ASKS: SequenceNumber = SequenceNumber::Asks { first: None };

fn with(sequence: SequenceNumber, control_id: &str) -> Arrival {
    Arrival {
        sequence: Some(sequence),
        ..arrival(control_id, control_id.as_bytes())
    }
}

fn out_of_sequence(expected: impl Into<Option<i64>>) -> Receipt {
    let expected = expected.into();
    Receipt::OutOfSequence { expected }
}

async fn hold_one(tank: &Database, arrival: Arrival) -> Receipt {
    tank.hold(&[arrival]).await.unwrap().remove(0)
}

pub(crate) async fn each_number_follows_the_one_before(tank: &Database, url: &str) {
    let asks = || with(ASKS, "asks");
    assert_eq!(hold_one(tank, asks()).await, out_of_sequence(None));
    assert_eq!(hold_one(tank, numbered(41)).await, Receipt::New { id: 1 });
    assert_eq!(hold_one(tank, asks()).await, out_of_sequence(42));
    for wrong in [40, 43, 1, i64::MAX] {
        assert_eq!(hold_one(tank, numbered(wrong)).await, out_of_sequence(42));
    }
    // What needs no number neither minds nor moves the sequence.
    let plain = hold_one(tank, arrival("plain", b"plain")).await;
    assert_eq!(plain, Receipt::New { id: 2 });

    let after_restart = Database::open(url).await.unwrap();
    let next = hold_one(&after_restart, numbered(42)).await;
    assert_eq!(next, Receipt::New { id: 3 });
    after_restart.close().await;
    assert_eq!(
        hold_one(tank, numbered(42 + 1)).await,
        Receipt::New { id: 4 }
    );
    assert_eq!(
        states(tank).await.len(),
        4,
        "what is out of sequence is not kept"
    );
}

pub(crate) async fn one_commit_judges_each_by_the_one_before(tank: &Database, _: &str) {
    let arrivals = [
        numbered(7),
        numbered(8),
        numbered(10),
        arrival("plain", b"plain"),
        numbered(9),
        numbered(8),
        with(ASKS, "asks"),
    ];
    let repeat = Receipt::Repeat {
        id: 2,
        answer: answer("AA", "8").bytes,
        earlier: None,
    };
    let expected = [
        Receipt::New { id: 1 },
        Receipt::New { id: 2 },
        out_of_sequence(9),
        Receipt::New { id: 3 },
        Receipt::New { id: 4 },
        repeat,
        out_of_sequence(10),
    ];
    assert_eq!(tank.hold(&arrivals).await.unwrap(), expected);
}

pub(crate) async fn a_restart_takes_whatever_number_comes_next(tank: &Database, _: &str) {
    assert_eq!(hold_one(tank, numbered(41)).await, Receipt::New { id: 1 });
    let restart = || with(SequenceNumber::Restart, "restart");
    assert_eq!(hold_one(tank, restart()).await, Receipt::New { id: 2 });
    let asks = with(ASKS, "asks");
    assert_eq!(hold_one(tank, asks).await, out_of_sequence(None));
    assert_eq!(hold_one(tank, numbered(5)).await, Receipt::New { id: 3 });
    assert_eq!(hold_one(tank, numbered(7)).await, out_of_sequence(6));
    // The same bytes again are no other restart: their answer was lost.
    let again = hold_one(tank, restart()).await;
    assert!(matches!(again, Receipt::Repeat { id: 2, .. }), "{again:?}");
    assert_eq!(hold_one(tank, numbered(7)).await, out_of_sequence(6));
    assert_eq!(hold_one(tank, numbered(6)).await, Receipt::New { id: 4 });
    let other = with(SequenceNumber::Restart, "other restart");
    assert_eq!(hold_one(tank, other).await, Receipt::New { id: 5 });
    assert_eq!(hold_one(tank, numbered(7)).await, Receipt::New { id: 6 });
}

pub(crate) async fn what_is_behind_the_first_does_not_begin(tank: &Database, _: &str) {
    assert_eq!(hold_one(tank, behind(5, 6)).await, out_of_sequence(5));
    let asks = with(SequenceNumber::Asks { first: Some(5) }, "asks");
    assert_eq!(hold_one(tank, asks).await, out_of_sequence(5));
    let arrivals = [behind(5, 6), behind(5, 5), behind(5, 6), behind(5, 7)];
    let expected = [
        out_of_sequence(5),
        Receipt::New { id: 1 },
        Receipt::New { id: 2 },
        Receipt::New { id: 3 },
    ];
    assert_eq!(tank.hold(&arrivals).await.unwrap(), expected);
    assert_eq!(hold_one(tank, numbered(9)).await, out_of_sequence(8));
}

pub(crate) async fn a_repeat_begins_where_any_number_would(tank: &Database, _: &str) {
    let of = |arrival: Receipt| match arrival {
        Receipt::Repeat { id, .. } => id,
        other => panic!("{other:?}"),
    };
    for number in 1..=3 {
        hold_one(tank, numbered(number)).await;
    }
    let restart = with(SequenceNumber::Restart, "restart");
    assert_eq!(hold_one(tank, restart).await, Receipt::New { id: 4 });
    assert_eq!(of(hold_one(tank, numbered(2)).await), 2);
    assert_eq!(hold_one(tank, numbered(5)).await, out_of_sequence(3));
    assert_eq!(of(hold_one(tank, numbered(3)).await), 3);
    assert_eq!(hold_one(tank, numbered(4)).await, Receipt::New { id: 5 });
}

pub(crate) async fn a_repeat_stays_one_and_moves_nothing(tank: &Database, _: &str) {
    for number in 1..=3 {
        hold_one(tank, numbered(number)).await;
    }
    for number in [3, 1, 2] {
        let repeat = Receipt::Repeat {
            id: number,
            answer: answer("AA", &number.to_string()).bytes,
            earlier: None,
        };
        assert_eq!(hold_one(tank, numbered(number)).await, repeat);
    }
    // The number was there, the bytes are others.
    let mut other = numbered(3);
    other.body = Body::new("other");
    assert_eq!(hold_one(tank, other).await, out_of_sequence(4));
    let mut altered = numbered(3);
    altered.body = Body::new("altered");
    altered.sequence = Some(SequenceNumber::Number {
        number: 4,
        first: 4,
    });
    let expected = Receipt::Altered { id: 4, earlier: 3 };
    assert_eq!(hold_one(tank, altered).await, expected);
    assert_eq!(hold_one(tank, numbered(5)).await, Receipt::New { id: 5 });
}

pub(crate) async fn each_sender_of_each_feed_has_its_sequence(tank: &Database, _: &str) {
    let of = |feed: &str, application: &str, facility: &str, number| {
        let name = [feed, application, facility].join("/");
        let mut arrival = numbered(number);
        arrival.body = Body::new(name.clone());
        arrival.feed = feed.into();
        arrival.keys.sending_application = application.into();
        arrival.keys.sending_facility = facility.into();
        arrival
    };
    let arrivals = [
        of("main", "A", "B", 1),
        of("main", "A", "C", 7),
        of("main", "D", "B", 70),
        of("other", "A", "B", 700),
        of("other", "A", "B", 2),
        of("main", "A", "C", 2),
    ];
    let receipts = tank.hold(&arrivals).await.unwrap();
    assert_eq!(receipts[4..], [out_of_sequence(701), out_of_sequence(8)]);
    let ids: Vec<i64> = receipts[..4].iter().map(new_id).collect();
    assert_eq!(ids, [1, 2, 3, 4]);
}

pub(crate) async fn senders_of_any_name_have_a_sequence(tank: &Database, _: &str) {
    let noise: String = ('\u{4e00}'..'\u{9fff}').cycle().take(30_000).collect();
    for name in ["", "a\0b", "\u{1f}", &*noise] {
        let mut first = numbered(1);
        first.feed = name.into();
        first.keys.sending_application = name.into();
        first.keys.sending_facility = name.into();
        let mut third = first.clone();
        third.sequence = Some(SequenceNumber::Number {
            number: 3,
            first: 3,
        });
        third.keys.control_id = "3".into();
        assert!(matches!(hold_one(tank, first).await, Receipt::New { .. }));
        assert_eq!(hold_one(tank, third).await, out_of_sequence(2));
    }
}

pub(crate) async fn what_is_not_committed_moves_nothing(tank: &Database, url: &str) {
    assert_eq!(hold_one(tank, numbered(1)).await, Receipt::New { id: 1 });
    let refuse = if url.starts_with("sqlite:") {
        "CREATE TRIGGER refuse BEFORE INSERT ON message WHEN NEW.control_id = 'poison'
         BEGIN SELECT RAISE(ABORT, 'poison'); END"
    } else {
        "ALTER TABLE message ADD CONSTRAINT refuse CHECK (control_id <> 'poison')"
    };
    probe::run(url, refuse).await;
    let poison = arrival("poison", b"poison");
    let batch = [numbered(2), poison, numbered(3)];
    tank.hold(&batch).await.unwrap_err();
    assert_eq!(hold_one(tank, numbered(3)).await, out_of_sequence(2));
    assert!(matches!(
        hold_one(tank, numbered(2)).await,
        Receipt::New { .. }
    ));
}

pub(crate) async fn two_tanks_on_one_database_share_the_sequence(tank: &Database, url: &str) {
    let other = Database::open(url).await.unwrap();
    assert_eq!(hold_one(tank, numbered(1)).await, Receipt::New { id: 1 });
    assert_eq!(hold_one(&other, numbered(2)).await, Receipt::New { id: 2 });
    assert_eq!(
        hold_one(tank, numbered(2 + 1)).await,
        Receipt::New { id: 3 }
    );
    let again = hold_one(&other, numbered(3)).await;
    assert!(matches!(again, Receipt::Repeat { id: 3, .. }), "{again:?}");
    assert_eq!(hold_one(&other, numbered(3 + 2)).await, out_of_sequence(4));
    other.close().await;
}

pub(crate) async fn many_at_once_keep_each_number_once(tank: &Database, _: &str) {
    // Each contender offers every number under a control id of its own, until it is taken.
    let contenders = (0..4).map(|contender| {
        let tank = tank.clone();
        tokio::spawn(async move {
            let mut kept = Vec::new();
            for number in 1..=20 {
                let mut arrival = numbered(number);
                arrival.keys.control_id = format!("{number} of {contender}");
                match hold_one(&tank, arrival).await {
                    Receipt::New { .. } => kept.push(number),
                    Receipt::OutOfSequence { expected } => assert!(expected > Some(number)),
                    other => panic!("{other:?}"),
                }
            }
            kept
        })
    });
    let mut kept = Vec::new();
    for contender in contenders.collect::<Vec<_>>() {
        kept.extend(contender.await.unwrap());
    }
    kept.sort_unstable();
    assert_eq!(kept, (1..=20).collect::<Vec<i64>>());
}
