//! In which character set a message is read: recorded when it comes, and when a person says so.

use cistern_tank::{
    Arrival, AsWritten, Body, CharsetSource, Database, Decision, HoldingTank as _, ReadAs, Receipt,
    Released, SequenceNumber,
};

use crate::probe;
use crate::support::*;

async fn hold_one(tank: &Database, arrival: &Arrival) -> Receipt {
    let mut receipts = tank.hold(std::slice::from_ref(arrival)).await.unwrap();
    receipts.remove(0)
}

fn read_as(charset: &str, source: CharsetSource) -> ReadAs {
    ReadAs {
        charset: charset.into(),
        source,
    }
}

pub(crate) async fn a_message_is_read_as_its_door_says(tank: &Database, _: &str) {
    let said = [
        read_as("8859/1", CharsetSource::Message),
        read_as("8859/2", CharsetSource::Feed),
        read_as("UNICODE UTF-8", CharsetSource::Guess),
        read_as("", CharsetSource::Unknown),
        ReadAs::default(),
    ];
    let mut arrivals = Vec::new();
    for (read_as, id) in said.iter().zip(1..) {
        let mut arrival = arrival(&format!("{id}"), b"bytes");
        arrival.read_as = read_as.clone();
        arrivals.push(arrival);
    }
    // One by another way into the table.
    let mut numbered = arrival("6", b"numbered");
    numbered.sequence = Some(SequenceNumber::Number {
        number: 1,
        first: 1,
    });
    numbered.read_as = said[1].clone();
    tank.hold(&arrivals).await.unwrap();
    hold_one(tank, &numbered).await;
    let said = [&said[..], &said[1..2]].concat();

    let mut shown = Vec::new();
    for id in 1..=6 {
        shown.push(tank.get(id).await.unwrap().unwrap().view.read_as);
    }
    assert_eq!(shown, said);
    let batch = claim(tank, "importer", NOW).await;
    let claimed: Vec<ReadAs> = batch.messages.into_iter().map(|it| it.read_as).collect();
    assert_eq!(claimed, said);
}

/// As the migration leaves what was there before it.
pub(crate) async fn a_message_from_before_says_nothing(tank: &Database, url: &str) {
    let mut arrival = arrival("1", b"bytes");
    arrival.read_as = read_as("8859/1", CharsetSource::Message);
    hold_one(tank, &arrival).await;
    let sql = "UPDATE message SET charset = '', charset_from = ''";
    probe::run(url, sql).await;
    let batch = claim(tank, "importer", NOW).await;
    assert_eq!(batch.messages[0].read_as, ReadAs::default());
}

pub(crate) async fn a_person_has_a_held_message_read_anew(tank: &Database, _: &str) {
    let settlement = prepare(tank).await;
    let (held, _) = take_in(tank, settlement, "1", result(&jane(), "A", 1.0, 1)).await;
    let (done, _) = take_in(tank, settlement, "2", registration(&person("9", "Poe"), 10)).await;
    let read_as = read_as("8859/1", CharsetSource::Feed);
    let decision = Decision::Reread {
        messages: vec![held, done, 999],
        read_as: read_as.clone(),
    };
    let released = tank.release(&decision, "nurse", NOW).await.unwrap();
    let expected = Released {
        decision: 1,
        messages: 1,
    };
    assert_eq!(released, expected);
    let batch = claim(tank, "importer", NOW).await;
    assert_eq!(ids(&batch), [held]);
    assert_eq!(batch.messages[0].read_as, read_as);
    let done = tank.get(done).await.unwrap().unwrap();
    assert_eq!(done.view.read_as, ReadAs::default());
}

/// The same bytes may be other texts: what they are when they come again is told by the bytes.
pub(crate) async fn a_message_is_told_from_others_as_it_is_written(tank: &Database, _: &str) {
    let as_read = |facility: &str, control_id: &str, number: i64| {
        let mut arrival = arrival(control_id, b"the same bytes");
        arrival.keys.sending_facility = facility.into();
        arrival.keys.as_written = Some(AsWritten {
            sending_facility: "CL\u{CD}NICA".into(),
            control_id: "\u{E9}-1".into(),
            ..AsWritten::default()
        });
        arrival.sequence = Some(SequenceNumber::Number {
            number,
            first: number,
        });
        arrival
    };
    let first = as_read("CLÍNICA", "é-1", 7);
    let again = as_read("CLНNICA", "щ-1", 7);
    let mut next = as_read("CLНNICA", "щ-1", 9);
    next.body = Body::new("other bytes");
    assert_eq!(hold_one(tank, &first).await, Receipt::New { id: 1 });
    let answer = first.answer.bytes;
    assert_eq!(
        hold_one(tank, &again).await,
        Receipt::Repeat {
            id: 1,
            answer,
            earlier: None
        }
    );
    let expected = Some(8);
    assert_eq!(
        hold_one(tank, &next).await,
        Receipt::OutOfSequence { expected }
    );
    next.sequence = None;
    let altered = Receipt::Altered { id: 2, earlier: 1 };
    assert_eq!(hold_one(tank, &next).await, altered);
    let shown = tank.get(2).await.unwrap().unwrap().view;
    assert_eq!(
        [&*shown.sending_facility, &*shown.control_id],
        ["CLНNICA", "щ-1"]
    );
}
