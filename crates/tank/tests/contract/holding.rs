//! `hold`: new, repeat and altered; the bytes; and many senders at once.

use bytes::Bytes;
use cistern_tank::{Altered, Arrival, Arrived, Database, HoldingTank as _, Receipt};

use crate::probe;
use crate::support::*;

fn repeat(id: i64, answer: &Bytes) -> Receipt {
    repeat_of_altered(id, answer, None)
}

fn repeat_of_altered(id: i64, answer: &Bytes, earlier: impl Into<Option<i64>>) -> Receipt {
    Receipt::Repeat {
        id,
        answer: answer.clone(),
        earlier: earlier.into(),
    }
}

pub(crate) async fn nothing_is_held_in_an_empty_batch(tank: &Database, _: &str) {
    assert_eq!(tank.hold(&[]).await.unwrap(), []);
    assert_eq!(states(tank).await, []);
}

pub(crate) async fn a_repeat_gets_the_first_answer(tank: &Database, _: &str) {
    let first = arrival("42", b"the same bytes");
    let mut again = arrival("42", b"the same bytes");
    again.answer = answer("AA", "made later");
    again.received_at += 60_000;
    let id = new_id(&tank.hold(std::slice::from_ref(&first)).await.unwrap()[0]);
    let expected = [repeat(id, &first.answer.bytes)];
    assert_eq!(tank.hold(&[again]).await.unwrap(), expected);
    assert_eq!(states(tank).await, [(id, "received".to_owned())]);
}

pub(crate) async fn without_a_control_id_the_same_place_is_a_repeat(tank: &Database, _: &str) {
    let at = |place: &str, control_id: &str| {
        let mut found = arrival(control_id, b"the same bytes");
        found.keys.place = place.into();
        found
    };
    let first = at("file@1", "");
    let arrivals = [first.clone(), at("file@2", ""), at("", ""), at("", "")];
    let receipts = tank.hold(&arrivals).await.unwrap();
    let ids: Vec<i64> = receipts.iter().map(new_id).collect();
    assert_eq!(ids, [1, 2, 3, 4]);
    assert_eq!(hold_one(tank, &first).await, repeat(1, &first.answer.bytes));
    let named = at("file@1", "42");
    assert_eq!(hold_one(tank, &named).await, Receipt::New { id: 5 });
    let named = at("file@9", "42");
    assert_eq!(hold_one(tank, &named).await, repeat(5, &named.answer.bytes));
}

pub(crate) async fn the_same_control_id_of_another_sender_is_new(tank: &Database, _: &str) {
    let first = arrival("42", b"the same bytes");
    let mut second = first.clone();
    second.keys.sending_facility = "OTHER".into();
    let mut third = first.clone();
    third.keys.sending_application = "LAB".into();
    let receipts = tank.hold(&[first, second, third]).await.unwrap();
    let ids: Vec<i64> = receipts.iter().map(new_id).collect();
    assert_eq!(ids, [1, 2, 3]);
}

pub(crate) async fn other_bytes_are_altered_and_answered_so(tank: &Database, _: &str) {
    let first = arrival("42", b"first bytes");
    let mut altered = arrival("42", b"other bytes");
    altered.altered = Some(Altered {
        state: Arrived::Held("used before".into()),
        answer: answer("AE", "42"),
    });
    let plain_altered = arrival("42", b"third bytes");
    let given = altered.altered.clone().unwrap().answer;

    assert_eq!(hold_one(tank, &first).await, Receipt::New { id: 1 });
    assert_eq!(
        hold_one(tank, &altered).await,
        Receipt::Altered { id: 2, earlier: 1 }
    );
    assert_eq!(
        hold_one(tank, &altered).await,
        repeat_of_altered(2, &given.bytes, 1)
    );
    assert_eq!(hold_one(tank, &first).await, repeat(1, &first.answer.bytes));
    assert_eq!(
        hold_one(tank, &plain_altered).await,
        Receipt::Altered { id: 3, earlier: 2 }
    );

    let mut seen = Vec::new();
    for id in 1..=3 {
        let stored = tank.get(id).await.unwrap().unwrap();
        seen.push((
            stored.view.state,
            stored.view.altered_from,
            stored.view.answer_code,
            stored.answer,
        ));
    }
    let expected = [
        (
            "received".to_owned(),
            None,
            "AA".to_owned(),
            first.answer.bytes,
        ),
        ("held".to_owned(), Some(1), "AE".to_owned(), given.bytes),
        (
            "received".to_owned(),
            Some(2),
            "AA".to_owned(),
            plain_altered.answer.bytes,
        ),
    ];
    assert_eq!(seen, expected);
}

pub(crate) async fn one_batch_tells_repeat_from_altered_too(tank: &Database, _: &str) {
    let first = arrival("42", b"first bytes");
    let mut altered = arrival("42", b"other bytes");
    altered.altered = Some(Altered {
        state: Arrived::Held("used before".into()),
        answer: answer("AE", "42"),
    });
    let given = altered.altered.clone().unwrap().answer.bytes;
    let between = arrival("43", b"another message");
    let batch = [&first, &first, &altered, &between, &altered, &first].map(Arrival::clone);
    let expected = [
        Receipt::New { id: 1 },
        repeat(1, &first.answer.bytes),
        Receipt::Altered { id: 2, earlier: 1 },
        Receipt::New { id: 3 },
        repeat_of_altered(2, &given, 1),
        repeat(1, &first.answer.bytes),
    ];
    assert_eq!(tank.hold(&batch).await.unwrap(), expected);
    assert_eq!(tank.get(2).await.unwrap().unwrap().answer, given);
}

pub(crate) async fn without_a_control_id_nothing_is_a_repeat(tank: &Database, _: &str) {
    let nameless = arrival("", b"the same bytes");
    let mut later = nameless.clone();
    later.peer = "10.0.0.8:1".into();
    let receipts = tank.hold(&[nameless.clone(), later]).await.unwrap();
    assert_eq!(receipts, [Receipt::New { id: 1 }, Receipt::New { id: 2 }]);
    assert_eq!(hold_one(tank, &nameless).await, Receipt::New { id: 3 });
}

pub(crate) async fn receipts_of_equal_nameless_messages_are_in_their_order(
    tank: &Database,
    url: &str,
) {
    let nameless = arrival("", b"the same bytes");
    let mut batch = vec![nameless; 40];
    for (place, arrival) in batch.iter_mut().enumerate() {
        arrival.peer = format!("peer {place}");
    }
    let receipts = tank.hold(&batch).await.unwrap();
    let ids: Vec<i64> = receipts.iter().map(new_id).collect();
    let rows = probe::rows(
        url,
        "SELECT CAST(id AS TEXT), peer FROM message ORDER BY message.id",
    )
    .await;
    let by_receipt = ids.iter().zip(&batch);
    let expected: Vec<_> = by_receipt
        .map(|(id, a)| vec![id.to_string(), a.peer.clone()])
        .collect();
    assert_eq!(rows, expected);
}

pub(crate) async fn batches_of_any_size_keep_their_order(tank: &Database, _: &str) {
    let mut expected = Vec::new();
    for size in [1, 2, 31, 32, 33, 64, 65, 100] {
        let batch: Vec<_> = (0..size)
            .map(|n| arrival(&format!("{size}/{n}"), format!("{size}/{n}").as_bytes()))
            .collect();
        let receipts = tank.hold(&batch).await.unwrap();
        let bodies = batch.iter().map(|arrival| arrival.body.bytes());
        expected.extend(receipts.iter().map(new_id).zip(bodies));
    }
    let kept = claim(tank, "importer", NOW).await.messages;
    let kept: Vec<_> = kept
        .into_iter()
        .map(|message| (message.id, message.body))
        .collect();
    assert_eq!(kept, expected);
    assert!(
        expected.is_sorted_by_key(|(id, _)| *id),
        "ids grow with the order of arrival"
    );
}

pub(crate) async fn the_bytes_come_back_as_they_were(tank: &Database, _: &str) {
    let every_byte: Vec<u8> = (0..=255).collect();
    let large: Vec<u8> = (0..5_000_000_u32)
        .map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0])
        .collect();
    let bodies: [&[u8]; 6] = [b"", b"\0", b"caf\xe9", b"\xff\xfe\0\0", &every_byte, &large];
    for (place, body) in bodies.into_iter().enumerate() {
        let mut arrival = arrival(&place.to_string(), body);
        arrival.answer.bytes = Bytes::copy_from_slice(body.get(..100).unwrap_or(body));
        let id = new_id(&hold_one(tank, &arrival).await);
        let stored = tank.get(id).await.unwrap().unwrap();
        assert!(stored.body == body, "body {place}");
        assert_eq!(stored.answer, arrival.answer.bytes, "answer {place}");
    }
    let claimed = claim(tank, "importer", NOW).await.messages;
    assert!(claimed.iter().map(|message| &message.body).eq(&bodies));
}

pub(crate) async fn header_texts_of_any_kind_and_length_are_kept(tank: &Database, _: &str) {
    let mut odd = arrival("a\0b", b"odd");
    odd.keys.sending_facility = "Ñoño \u{1f} \u{10ffff} \\u0000".into();
    odd.feed = "main\0".into();
    assert_eq!(hold_one(tank, &odd).await, Receipt::New { id: 1 });
    assert_eq!(hold_one(tank, &odd).await, repeat(1, &odd.answer.bytes));
    let view = tank.get(1).await.unwrap().unwrap().view;
    let expected = (
        "main\u{2400}",
        "a\u{2400}b",
        "Ñoño \u{1f} \u{10ffff} \\u0000",
    );
    assert_eq!(
        (&*view.feed, &*view.control_id, &*view.sending_facility),
        expected
    );

    let mut long = arrival(&noise(1), b"long");
    long.lane = noise(2);
    long.keys.message_code = noise(3);
    long.keys.trigger_event = noise(4);
    long.keys.sending_facility = noise(5);
    assert_eq!(hold_one(tank, &long).await, Receipt::New { id: 2 });
    assert_eq!(hold_one(tank, &long).await, repeat(2, &long.answer.bytes));
}

/// 20,000 characters that no database can compress to the size of an index entry.
fn noise(seed: u64) -> String {
    let mut state = seed;
    let next = |_| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        char::from(b'!' + state.to_be_bytes()[0] % 90)
    };
    (0..20_000).map(next).collect()
}

pub(crate) async fn only_what_is_received_is_imported(tank: &Database, _: &str) {
    let mut refused = arrival("1", b"refused");
    refused.state = Arrived::Refused("unknown sender".into());
    let mut broken = arrival("2", b"broken");
    broken.state = Arrived::Broken("no MSH".into());
    let mut held = arrival("3", b"held");
    held.state = Arrived::Held("faulty".into());
    tank.hold(&[refused, broken, held, arrival("4", b"good")])
        .await
        .unwrap();
    let expected = [
        (1, "refused", "unknown sender"),
        (2, "broken", "no MSH"),
        (3, "held", "faulty"),
        (4, "received", ""),
    ];
    for (id, name, reason) in expected {
        assert_eq!(state(tank, id).await, (name.to_owned(), reason.to_owned()));
    }
    assert_eq!(ids(&claim(tank, "importer", NOW).await), [4]);
}

pub(crate) async fn eight_senders_of_one_message_keep_one(tank: &Database, _: &str) {
    for round in 0..5 {
        let body = format!("round {round}");
        let senders = (0..8).map(|_| {
            let (tank, arrival) = (tank.clone(), arrival(&body, body.as_bytes()));
            tokio::spawn(async move { hold_one(&tank, &arrival).await })
        });
        let mut receipts = Vec::new();
        for sender in senders.collect::<Vec<_>>() {
            receipts.push(sender.await.unwrap());
        }
        let new: Vec<i64> = receipts.iter().filter_map(as_new).collect();
        let [id] = new[..] else {
            panic!("kept {} times", new.len())
        };
        let answer = answer("AA", &body).bytes;
        let repeats = receipts
            .iter()
            .filter(|receipt| **receipt == repeat(id, &answer));
        assert_eq!(repeats.count(), 7);
    }
    assert_eq!(states(tank).await.len(), 5);
}

pub(crate) async fn overlapping_batches_in_any_order_keep_each_message_once(
    tank: &Database,
    _: &str,
) {
    // The first round opens the connections, the others meet each other.
    for round in 0..3 {
        let names: Vec<String> = (0..100).map(|n| format!("{round}/{n}")).collect();
        let batch: Vec<_> = names
            .iter()
            .map(|name| arrival(name, name.as_bytes()))
            .collect();
        let senders = (0..8).map(|sender| {
            let (tank, mut batch) = (tank.clone(), batch.clone());
            if sender % 2 == 1 {
                batch.reverse();
            }
            tokio::spawn(async move { tank.hold(&batch).await.unwrap() })
        });
        let mut new = Vec::new();
        for sender in senders.collect::<Vec<_>>() {
            new.extend(sender.await.unwrap().iter().filter_map(as_new));
        }
        assert_eq!(new.len(), 100);
    }
    assert_eq!(states(tank).await.len(), 300);
}

fn as_new(receipt: &Receipt) -> Option<i64> {
    match receipt {
        Receipt::New { id } => Some(*id),
        _ => None,
    }
}

async fn hold_one(tank: &Database, arrival: &Arrival) -> Receipt {
    let mut receipts = tank.hold(std::slice::from_ref(arrival)).await.unwrap();
    assert_eq!(receipts.len(), 1);
    receipts.remove(0)
}
