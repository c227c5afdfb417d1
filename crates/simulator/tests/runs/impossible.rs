//! Plans that cannot be followed, and what is said of them.

use std::time::Duration;

use cistern_simulator::{Dial, End, Plan, RunError, run};

/// What is said of a plan of one message to nowhere, changed like this.
async fn said(change: impl FnOnce(&mut Plan)) -> String {
    let mut plan = Plan::new("127.0.0.1:1");
    change(&mut plan);
    match run(plan, &Dial::default()).await {
        Err(RunError::Plan(error)) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn how_much_and_how_badly() {
    let links = "links must be 1 to 99999";
    assert_eq!(said(|plan| plan.links = 0).await, links);
    assert_eq!(said(|plan| plan.links = 100_000).await, links);
    assert_eq!(
        said(|plan| plan.in_flight = 0).await,
        "at least one message must be in flight"
    );
    assert_eq!(
        said(|plan| plan.clients = 0).await,
        "clients must be 1 to 999999"
    );
    let shares = ["split", "junk"].map(|name| (name.parse().unwrap(), 0.7));
    assert_eq!(
        said(|plan| plan.misbehaviours = shares.to_vec()).await,
        "each share must be 0 to 1, and all together at most 1"
    );
}

#[tokio::test]
async fn how_fast_and_how_long() {
    for rate in [0.0, -1.0, 1e-30, 1e30, f64::INFINITY, f64::NAN] {
        assert_eq!(
            said(|plan| plan.rate = Some(rate)).await,
            "the rate must be 0.001 to 1000000 messages a second",
            "{rate}"
        );
    }
    for time in [Duration::ZERO, Duration::from_secs(u64::MAX), Duration::MAX] {
        assert_eq!(
            said(|plan| plan.end = End::After(time)).await,
            "a run must last some time, and at most 366 days"
        );
        assert_eq!(
            said(|plan| plan.answer_timeout = time).await,
            "there must be some time to wait for an answer, and at most 24 hours"
        );
    }
}

#[tokio::test]
async fn how_long_a_message() {
    assert_eq!(
        said(|plan| plan.bytes = usize::MAX).await,
        "messages can be filled up to at most 1073741824 bytes"
    );
    for limit in [0, usize::MAX] {
        assert_eq!(
            said(|plan| plan.frame_limit_bytes = limit).await,
            "the frame limit must be 1 to 1073741824 bytes"
        );
    }
}
