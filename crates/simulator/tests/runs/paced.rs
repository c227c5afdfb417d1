//! A rate that does not wait for the listener.

use std::time::Duration;

use cistern_simulator::{Dial, End, Plan, run};

use crate::server::{Vice, counts, plan, start};

#[tokio::test]
async fn messages_leave_at_the_rate() {
    let (address, _) = start(Vice::None).await;
    let plan = Plan {
        end: End::Messages(60),
        rate: Some(200.0),
        ..plan(address)
    };
    let report = run(plan, &Dial::default()).await.unwrap();
    assert!(report.is_good());
    // The last of them is due 59/200 of a second after the first.
    assert!(
        report.elapsed >= Duration::from_millis(295),
        "{:?}",
        report.elapsed
    );
}

#[tokio::test]
async fn a_stall_is_felt_by_all_that_were_due_meanwhile() {
    let stall = Duration::from_millis(500);
    let (address, _) = start(Vice::Stalls(stall)).await;
    let plan = Plan {
        end: End::Messages(100),
        rate: Some(200.0),
        links: 1,
        ..plan(address)
    };
    let report = run(plan, &Dial::default()).await.unwrap();
    assert!(report.is_good());
    // 95 messages come after the stalled one; 100 are due while it lasts, one every 5 ms.
    assert!(report.latency.percentile(50.0) > Duration::from_millis(150));
    // Of the sent ones, only one waited.
    assert!(report.service.percentile(98.0) < stall);
    assert!(report.service.max() >= stall);
}

#[tokio::test]
async fn what_was_due_and_not_sent_is_counted() {
    let (address, _) = start(Vice::Stalls(Duration::from_millis(500))).await;
    let plan = Plan {
        end: End::After(Duration::from_millis(300)),
        rate: Some(200.0),
        links: 1,
        ..plan(address)
    };
    let report = run(plan, &Dial::default()).await.unwrap();
    // One is due every 5 ms, the fifth is answered after the end, and 5 ms are left to the timer.
    assert_eq!((report.sent, report.behind), (5, 54));
    assert!(!report.is_good());
}

#[tokio::test]
async fn what_is_due_after_the_run_was_stopped_is_not_behind() {
    let (address, server) = start(Vice::Stalls(Duration::from_millis(500))).await;
    let plan = Plan {
        end: End::After(Duration::from_secs(20)),
        rate: Some(20.0),
        links: 1,
        ..plan(address)
    };
    let dial = Dial::default();
    let stopping = async {
        while server.kept().len() < 5 {
            tokio::task::yield_now().await;
        }
        dial.stop();
    };
    let (report, ()) = tokio::join!(run(plan, &dial), stopping);
    assert_eq!(
        counts(&report.unwrap()),
        "good: sent 5, answers {\"AA\": 5}, timed 5"
    );
}
