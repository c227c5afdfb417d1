//! PostgreSQL falls silent: every call ends in time, and the tank goes on when it is back.
//!
//! While nothing can come from the server the clock is paused, and so runs ahead to the limits.

use std::time::Duration;

use cistern_tank::{Batch, Database, FailureClass, HoldingTank as _, Receipt, TankError};
use tokio::time::Instant;

use crate::proxy::{Proxy, Way};
use crate::support::*;

/// The limits of the tank, and a little for the grain of the clock.
const SHORT: Duration = Duration::from_millis(15_010);
const LONG: Duration = Duration::from_millis(60_010);
const CLOSE: Duration = Duration::from_millis(5_010);

/// A database, the way to it, and a tank at the other end.
async fn apart() -> Option<(testkit::postgres::Database, Proxy, Database)> {
    let database = testkit::postgres::Database::create_or_skip()?;
    let proxy = Proxy::before(&database.url()).await;
    let tank = Database::open(&proxy.url(&database.url())).await.unwrap();
    Some((database, proxy, tank))
}

/// What comes of a call while nothing comes from the server, and how long it took.
async fn in_silence<T>(call: impl Future<Output = T>) -> (T, Duration) {
    tokio::time::pause();
    let start = Instant::now();
    let outcome = call.await;
    let took = start.elapsed();
    tokio::time::resume();
    (outcome, took)
}

fn is_silence<T: std::fmt::Debug>(outcome: Result<T, TankError>, class: FailureClass) {
    let error = outcome.unwrap_err();
    assert_eq!(error.class(), class, "{error}");
    let text = error.to_string();
    assert!(text.ends_with(" in time"), "{text}");
}

#[tokio::test]
async fn every_call_ends_in_time_and_then_the_tank_goes_on() {
    let Some((_database, proxy, tank)) = apart().await else {
        return;
    };
    let settlement = prepare(&tank).await;
    hold(&tank, &["1"]).await;
    let batch: Batch = claim(&tank, "importer", NOW).await;
    let outcomes = [import(1, registration(&jane(), 10))];

    proxy.set(Way::Silent);
    let (held, took) = in_silence(tank.hold(&[arrival("2", b"2")])).await;
    is_silence(held, FailureClass::Ambiguous);
    assert!(took <= SHORT, "{took:?}");
    let (claimed, took) = in_silence(tank.claim("other", 10, NOW)).await;
    is_silence(claimed, FailureClass::Transient);
    assert!(took <= SHORT, "{took:?}");
    let (counted, took) = in_silence(tank.counts()).await;
    is_silence(counted, FailureClass::Transient);
    assert!(took <= LONG, "{took:?}");
    let (settled, took) = in_silence(tank.settle(&batch, &outcomes, settlement)).await;
    is_silence(settled, FailureClass::Transient);
    assert!(took <= LONG, "{took:?}");

    proxy.set(Way::Open);
    assert_eq!(hold(&tank, &["2"]).await, [2]);
    let settled = tank.settle(&batch, &outcomes, settlement).await.unwrap();
    assert_eq!(settled.imported, 1);
}

#[tokio::test]
async fn a_commit_without_an_answer_may_have_happened() {
    let Some((_database, proxy, tank)) = apart().await else {
        return;
    };
    // More often than the tank has connections.
    for id in 1..=10 {
        let name = id.to_string();
        proxy.set(Way::OpenForCommit);
        let holding = tokio::spawn({
            let (tank, arrival) = (tank.clone(), arrival(&name, b"1"));
            async move { tank.hold(&[arrival]).await }
        });
        proxy.falls_silent().await;
        let (held, took) = in_silence(holding).await;
        is_silence(held.unwrap(), FailureClass::Ambiguous);
        assert!(took <= SHORT, "{took:?}");

        proxy.set(Way::Open);
        let again = tank.hold(&[arrival(&name, b"1")]).await.unwrap();
        let answer = answer("AA", &name).bytes;
        assert_eq!(
            again,
            [Receipt::Repeat {
                id,
                answer,
                earlier: None
            }]
        );
    }
}

#[tokio::test]
async fn closing_does_not_wait_for_a_silent_server() {
    let Some((_database, proxy, tank)) = apart().await else {
        return;
    };
    proxy.set(Way::OpenForCommit);
    let holding = tokio::spawn({
        let tank = tank.clone();
        async move { tank.hold(&[arrival("1", b"1")]).await }
    });
    proxy.falls_silent().await;
    let ((), took) = in_silence(tank.close()).await;
    assert!(took <= CLOSE, "{took:?}");
    let (held, _) = in_silence(holding).await;
    is_silence(held.unwrap(), FailureClass::Ambiguous);
}
