//! Each misbehaviour, against a listener that takes it well and one that does not.

use std::time::Duration;

use cistern_simulator::{Dial, End, Misbehaviour, Plan, run};

use crate::server::{Vice, counts, plan, start};

async fn taken(misbehaviour: &str, vice: Vice) -> String {
    // Whoever waits for the close of a link that is not closed waits for nothing.
    let patience = if vice == Vice::Boundless { 200 } else { 5000 };
    let (address, _) = start(vice).await;
    let plan = Plan {
        end: End::Messages(6),
        misbehaviours: vec![(misbehaviour.parse().unwrap(), 1.0)],
        answer_timeout: Duration::from_millis(patience),
        ..plan(address)
    };
    let report = run(plan, &Dial::default()).await.unwrap();
    counts(&report)
}

#[tokio::test]
async fn a_good_listener_does_as_expected() {
    let answered =
        |sent, name| format!("good: sent {sent}, answers {{\"AA\": {sent}}}, timed 0, {name} 6:0");
    let cases = [
        ("split", answered(6, "split")),
        ("junk", answered(6, "junk")),
        ("no-end-block", answered(12, "no-end-block")),
        ("repeat", answered(12, "repeat")),
        ("altered-repeat", answered(12, "altered-repeat")),
        (
            "half-open",
            "good: sent 0, answers {}, timed 0, half-open 6:0".to_owned(),
        ),
        ("slow", answered(6, "slow")),
        ("wrong-charset", answered(6, "wrong-charset")),
        (
            "oversized",
            "good: sent 0, answers {}, timed 0, oversized 6:0".to_owned(),
        ),
        ("out-of-order", answered(12, "out-of-order")),
    ];
    assert_eq!(
        cases.each_ref().map(|(name, _)| *name),
        Misbehaviour::ALL.map(Misbehaviour::name)
    );
    for (name, expected) in cases {
        assert_eq!(taken(name, Vice::None).await, expected);
    }
}

#[tokio::test]
async fn another_listener_is_found_out() {
    let cases = [
        (
            "split",
            Vice::Refuses,
            "bad: sent 6, answers {\"AA\": 4, \"AR\": 2}, timed 0, split 4:2",
        ),
        (
            "repeat",
            Vice::Forgetful,
            "bad: sent 12, answers {\"AA\": 12}, timed 0, repeat 0:6",
        ),
        (
            "no-end-block",
            Vice::Lavish,
            "bad: sent 12, answers {\"AA\": 18}, timed 0, doubled 6, no-end-block 0:6",
        ),
        (
            "oversized",
            Vice::Boundless,
            "bad: sent 0, answers {}, timed 0, oversized 0:6",
        ),
        (
            "half-open",
            Vice::Hasty,
            "bad: sent 0, answers {}, timed 0, half-open 0:6",
        ),
    ];
    for (name, vice, expected) in cases {
        assert_eq!(taken(name, vice).await, expected, "{name}");
    }
}

#[tokio::test]
async fn good_messages_go_on_among_all_misbehaviours() {
    let (address, _) = start(Vice::None).await;
    let plan = Plan {
        end: End::Messages(400),
        in_flight: 4,
        misbehaviours: Misbehaviour::ALL.map(|each| (each, 0.02)).to_vec(),
        ..plan(address)
    };
    let report = run(plan, &Dial::default()).await.unwrap();
    assert!(report.is_good(), "{}", counts(&report));
    assert_eq!(report.misbehaviours.len(), 10);
    let misbehaved: u64 = report
        .misbehaviours
        .values()
        .map(|outcomes| outcomes.as_expected)
        .sum();
    assert_eq!(report.latency.count() + misbehaved, 400);
}
