//! `claim`: order, lanes, leases, and workers that die.

use cistern_tank::{Arrival, Database, FailureClass, HoldingTank as _, Settled, TankError};

use crate::probe;
use crate::support::*;

const NONE: [i64; 0] = [];

async fn hold_in_lanes(tank: &Database, lanes: &[&str]) -> Vec<i64> {
    let in_lane = |(place, lane): (usize, &&str)| Arrival {
        lane: (*lane).to_owned(),
        ..arrival(&place.to_string(), place.to_string().as_bytes())
    };
    let arrivals: Vec<_> = lanes.iter().enumerate().map(in_lane).collect();
    let receipts = tank.hold(&arrivals).await.unwrap();
    receipts.iter().map(new_id).collect()
}

pub(crate) async fn the_oldest_come_first(tank: &Database, _: &str) {
    let held = hold(tank, &["a", "b", "c", "d", "e"]).await;
    let first = tank.claim("one", 2, NOW).await.unwrap();
    let second = tank.claim("two", 2, NOW).await.unwrap();
    let third = tank.claim("one", 2, NOW).await.unwrap();
    let fourth = tank.claim("two", 2, NOW).await.unwrap();
    let claimed = [first, second, third, fourth].map(|batch| ids(&batch));
    assert_eq!(
        claimed,
        [
            held[..2].to_vec(),
            held[2..4].to_vec(),
            held[4..].to_vec(),
            vec![]
        ]
    );
}

pub(crate) async fn a_claim_tells_what_the_importer_needs(tank: &Database, _: &str) {
    let mut early = arrival("1", b"early");
    early.feed = "lab".into();
    early.received_at = NOW - 5;
    tank.hold(&[early]).await.unwrap();
    let batch = claim(tank, "importer", NOW).await;
    assert_eq!((batch.worker.as_str(), batch.decisions), ("importer", 0));
    let [message] = &batch.messages[..] else {
        panic!("one message")
    };
    assert_eq!(
        (
            message.id,
            &*message.feed,
            message.received_at,
            &message.body[..],
            message.attempts
        ),
        (1, "lab", NOW - 5, &b"early"[..], 0)
    );
}

pub(crate) async fn a_batch_of_large_messages_is_short(tank: &Database, url: &str) {
    let mebibytes: [i64; 8] = [32, 31, 1, 1, 65, 1, 64, 1];
    let names = ["1", "2", "3", "4", "5", "6", "7", "8"];
    for (id, size) in hold(tank, &names).await.into_iter().zip(mebibytes) {
        let bytes = size << 20;
        let sql = format!("UPDATE message SET body_bytes = {bytes} WHERE id = {id}");
        probe::run(url, &sql).await;
    }
    let mut claimed: Vec<Vec<i64>> = Vec::new();
    while claimed.concat().len() < names.len() {
        claimed.push(ids(&claim(tank, "importer", NOW).await));
    }
    assert_eq!(
        claimed,
        [vec![1, 2, 3], vec![4], vec![5], vec![6], vec![7], vec![8]]
    );
}

pub(crate) async fn a_lane_stays_with_one_worker(tank: &Database, _: &str) {
    let settlement = prepare(tank).await;
    let held = hold_in_lanes(tank, &["jane", "john", "jane", "", "john", "", "jane"]).await;
    let one = tank.claim("one", 1, NOW).await.unwrap();
    assert_eq!(ids(&one), held[..1]);
    let two = claim(tank, "two", NOW).await;
    let others: Vec<i64> = [1, 3, 4, 5].map(|place| held[place]).to_vec();
    assert_eq!(ids(&two), others, "all but the rest of Jane's lane");
    assert_eq!(ids(&claim(tank, "three", NOW).await), NONE);

    tank.settle(&one, &[ignore(held[0])], settlement)
        .await
        .unwrap();
    let next = tank.claim("three", 1, NOW).await.unwrap();
    assert_eq!(ids(&next), [held[2]]);
    assert_eq!(
        ids(&claim(tank, "one", NOW).await),
        NONE,
        "Jane's last waits for her second"
    );
}

pub(crate) async fn a_dead_workers_claim_is_free_after_its_lease(tank: &Database, _: &str) {
    let settlement = prepare(tank).await;
    let held = hold_in_lanes(tank, &["jane", "jane"]).await;
    let dead = tank.claim("dead", 1, NOW).await.unwrap();
    assert_eq!(ids(&dead), held[..1]);
    assert_eq!(ids(&claim(tank, "heir", NOW + LEASE_MS - 1).await), NONE);
    let taken = claim(tank, "heir", NOW + LEASE_MS).await;
    assert_eq!(ids(&taken), held);

    let late = tank.settle(&dead, &[ignore(held[0])], settlement).await;
    refused(&late);
    let both = [ignore(held[0]), ignore(held[1])];
    let settled = tank.settle(&taken, &both, settlement).await.unwrap();
    assert_eq!(
        settled,
        Settled {
            ignored: 2,
            ..Settled::default()
        }
    );
}

pub(crate) async fn a_late_settle_counts_while_nobody_has_taken_over(tank: &Database, _: &str) {
    let mut settlement = prepare(tank).await;
    let held = hold(tank, &["a"]).await;
    let slow = claim(tank, "slow", NOW).await;
    settlement.now = NOW + 10 * LEASE_MS;
    tank.settle(&slow, &[ignore(held[0])], settlement)
        .await
        .unwrap();
    assert_eq!(ids(&claim(tank, "heir", settlement.now).await), NONE);
}

pub(crate) async fn a_batch_is_settled_once(tank: &Database, url: &str) {
    let settlement = prepare(tank).await;
    let held = hold(tank, &["a", "b"]).await;
    let batch = claim(tank, "importer", NOW).await;
    let outcomes = [import(held[0], registration(&jane(), 10)), ignore(held[1])];
    tank.settle(&batch, &outcomes, settlement).await.unwrap();
    let before = everything(url).await;
    refused(&tank.settle(&batch, &outcomes, settlement).await);
    refused(&tank.settle(&batch, &outcomes[..1], settlement).await);
    assert_eq!(everything(url).await, before);
}

pub(crate) async fn a_message_that_was_not_claimed_cannot_be_settled(tank: &Database, url: &str) {
    let settlement = prepare(tank).await;
    let held = hold(tank, &["a", "b"]).await;
    let one = tank.claim("one", 1, NOW).await.unwrap();
    let before = everything(url).await;
    refused(&tank.settle(&one, &[ignore(held[1])], settlement).await);
    refused(
        &tank
            .settle(&one, &[ignore(held[0]), ignore(held[1])], settlement)
            .await,
    );
    refused(&tank.settle(&one, &[ignore(999)], settlement).await);
    assert_eq!(everything(url).await, before);
}

pub(crate) async fn many_workers_at_once_share_out_each_message_once(tank: &Database, _: &str) {
    let lanes: Vec<String> = (0..120).map(|n| format!("lane {}", n % 7)).collect();
    let lanes: Vec<&str> = lanes.iter().map(String::as_str).collect();
    let held = hold_in_lanes(tank, &lanes).await;
    let settlement = prepare(tank).await;
    let workers = (0..6).map(|worker| {
        let (tank, name) = (tank.clone(), format!("worker {worker}"));
        tokio::spawn(async move {
            let mut done = Vec::new();
            // A worker may find nothing while others hold the lanes; one that has work goes on.
            for _ in 0..60 {
                let batch = tank.claim(&name, 5, NOW).await.unwrap();
                let outcomes: Vec<_> = ids(&batch).into_iter().map(ignore).collect();
                tank.settle(&batch, &outcomes, settlement).await.unwrap();
                done.extend(ids(&batch));
            }
            done
        })
    });
    let mut done = Vec::new();
    for worker in workers.collect::<Vec<_>>() {
        done.extend(worker.await.unwrap());
    }
    done.sort_unstable();
    assert_eq!(done, held);
}

/// The claim was lost: that is no fault of the message, and nothing was written.
fn refused(settled: &Result<Settled, TankError>) {
    let error = settled.as_ref().unwrap_err();
    assert_eq!(error.class(), FailureClass::Transient);
    let text = "settle a batch: another importer has taken the messages over";
    assert_eq!(error.to_string(), text);
}
