//! A message is a repeat of any earlier one, however many came between and whoever held it.

use std::collections::HashMap;

use bytes::Bytes;
use cistern_tank::{Arrival, Database, HoldingTank as _, Receipt};

use crate::probe;
use crate::support::*;

/// More than three times as many as SQLite keeps out of its index.
const MESSAGES_MIN: usize = 8_000;
const BATCH_MAX: u64 = 150;

/// What should come of each arrival, by looking at all that came before.
#[derive(Default)]
struct Oracle {
    /// Each with the one of its key that came before it.
    messages: HashMap<(u64, u64), (i64, Option<i64>)>,
    newest: HashMap<u64, i64>,
    count: i64,
}

impl Oracle {
    fn hold(&mut self, control_id: u64, body: u64) -> Receipt {
        if let Some(&(id, earlier)) = self.messages.get(&(control_id, body)) {
            let answer = answer("AA", &name(control_id)).bytes;
            return Receipt::Repeat {
                id,
                answer,
                earlier,
            };
        }
        self.count += 1;
        let id = self.count;
        let earlier = self.newest.insert(control_id, id);
        self.messages.insert((control_id, body), (id, earlier));
        match earlier {
            Some(earlier) => Receipt::Altered { id, earlier },
            None => Receipt::New { id },
        }
    }
}

fn name(control_id: u64) -> String {
    format!("C{control_id}")
}

fn message(control_id: u64, body: u64) -> Arrival {
    let mut arrival = arrival(&name(control_id), &body.to_le_bytes());
    arrival.keys.sending_facility = format!("CLINIC {}", control_id % 7);
    arrival
}

/// Numbers that look like chance and are the same each time (Knuth's MMIX constants).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

pub(crate) async fn every_earlier_message_is_found_by_every_tank(tank: &Database, url: &str) {
    let other = Database::open(url).await.unwrap();
    let (mut oracle, mut numbers, mut held) = (Oracle::default(), Numbers(1), 0);
    while held < MESSAGES_MIN {
        let size = 1 + numbers.below(BATCH_MAX);
        // Half of them new for sure, the others of any age, with one of a few bodies.
        let batch: Vec<(u64, u64)> = (held as u64..)
            .take(usize::try_from(size).unwrap())
            .map(|newest| match numbers.below(2) {
                0 => (newest, 0),
                _ => (numbers.below(newest + 1), numbers.below(4)),
            })
            .collect();
        let arrivals: Vec<Arrival> = batch.iter().map(|&(id, body)| message(id, body)).collect();
        let expected: Vec<Receipt> = batch.iter().map(|&(id, b)| oracle.hold(id, b)).collect();
        let receipts = match numbers.below(3) {
            0 => tank.hold(&arrivals).await,
            1 => other.hold(&arrivals).await,
            _ => Database::open(url).await.unwrap().hold(&arrivals).await,
        };
        assert_eq!(receipts.unwrap(), expected, "after {held} messages");
        held += batch.len();
    }
    other.close().await;
}

pub(crate) async fn a_batch_may_give_every_message_one_control_id(tank: &Database, _: &str) {
    let mut oracle = Oracle::default();
    let bodies = (0..2_000).map(|place| place % 1_500);
    let batch: Vec<Arrival> = bodies.clone().map(|body| message(1, body)).collect();
    let expected: Vec<Receipt> = bodies.map(|body| oracle.hold(1, body)).collect();
    assert_eq!(tank.hold(&batch).await.unwrap(), expected);
    assert_eq!(tank.hold(&batch[..1]).await.unwrap(), [oracle.hold(1, 0)]);
    let next = [message(1, 9_999)];
    assert_eq!(tank.hold(&next).await.unwrap(), [oracle.hold(1, 9_999)]);
}

/// The tables as they were before the newest keys had a place of their own, and those that more than
/// one message has.
const SQLITE_AS_BEFORE: &str = "DROP TABLE message_key;
    DROP TABLE message_key_mark;
    DROP TABLE message_key_newest;
    CREATE UNIQUE INDEX message_once ON message (message_key, digest) WHERE message_key <> '';
    DELETE FROM _sqlx_migrations WHERE description IN ('recent keys', 'newest of key')";
const WITHOUT_NEWEST: &str = "DROP TABLE message_key_newest;
    DELETE FROM _sqlx_migrations WHERE description = 'newest of key'";

pub(crate) async fn what_an_earlier_version_has_held_is_found(tank: &Database, url: &str) {
    hold(tank, &["one", "two"]).await;
    // The one whose digest comes first is not the newest.
    for body in ["c", "b", "a"] {
        tank.hold(&[arrival("many", body.as_bytes())])
            .await
            .unwrap();
    }
    tank.close().await;
    let as_before = if url.starts_with("sqlite:") {
        SQLITE_AS_BEFORE
    } else {
        WITHOUT_NEWEST
    };
    probe::run(url, as_before).await;
    let tank = Database::open(url).await.unwrap();
    let again = [
        arrival("two", b"two"),
        arrival("one", b"other"),
        arrival("many", b"d"),
        arrival("three", b""),
    ];
    let answer: Bytes = answer("AA", "two").bytes;
    let expected = [
        Receipt::Repeat {
            id: 2,
            answer,
            earlier: None,
        },
        Receipt::Altered { id: 6, earlier: 1 },
        Receipt::Altered { id: 7, earlier: 5 },
        Receipt::New { id: 8 },
    ];
    assert_eq!(tank.hold(&again).await.unwrap(), expected);
    tank.close().await;
}

/// On SQLite what is held is in no index yet when the table of the newest comes to be.
pub(crate) async fn the_newest_of_a_key_is_found_past_a_migration(tank: &Database, url: &str) {
    for body in ["c", "b", "a"] {
        tank.hold(&[arrival("many", body.as_bytes())])
            .await
            .unwrap();
    }
    tank.close().await;
    probe::run(url, WITHOUT_NEWEST).await;
    let tank = Database::open(url).await.unwrap();
    let others: Vec<Arrival> = (0..2_100).map(|n| message(n, 0)).collect();
    tank.hold(&others).await.unwrap();
    tank.close().await;
    let tank = Database::open(url).await.unwrap();
    let receipts = tank.hold(&[arrival("many", b"d")]).await.unwrap();
    let (id, earlier) = (2_104, 3);
    assert_eq!(receipts, [Receipt::Altered { id, earlier }]);
    tank.close().await;
}
