//! A rate that does not wait for the listener.

use std::time::Duration;

use cistern_simulator::{Dial, End, Plan, run};

use crate::server::{Vice, plan, start};

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
