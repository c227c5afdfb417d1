//! What the report says of a listener that is good, and of ones that are not.

use std::fs;
use std::time::Duration;

use cistern_simulator::{Dial, End, Plan, Report, RunError, run};
use sha2::{Digest as _, Sha256};

use crate::server::{Vice, counts, plan, start};

async fn report(vice: Vice, in_flight: usize) -> Report {
    let (address, _) = start(vice).await;
    let plan = Plan {
        end: End::Messages(9),
        links: 1,
        in_flight,
        answer_timeout: Duration::from_millis(300),
        ..plan(address)
    };
    run(plan, &Dial::default()).await.unwrap()
}

#[tokio::test]
async fn every_answer_is_weighed() {
    let cases = [
        (Vice::None, "good: sent 9, answers {\"AA\": 9}, timed 9"),
        (
            Vice::Forgets,
            "bad: sent 9, answers {\"AA\": 6}, timed 6, missing 3, lost connections 3",
        ),
        (
            Vice::Stammers,
            "bad: sent 9, answers {\"AA\": 12}, timed 9, doubled 3",
        ),
        (
            Vice::Confuses,
            "bad: sent 9, answers {\"AA\": 9}, timed 6, missing 3, strange 3, lost connections 3",
        ),
        (
            Vice::Mumbles,
            "bad: sent 9, answers {\"AA\": 6}, timed 6, missing 3, unreadable 3, \
             lost connections 3",
        ),
        (
            Vice::Slurs,
            "bad: sent 9, answers {\"AA\": 6}, timed 6, unanswered 3, unreadable 3, \
             lost connections 3",
        ),
        (
            Vice::Refuses,
            "bad: sent 9, answers {\"AA\": 6, \"AR\": 3}, timed 9",
        ),
    ];
    for (vice, expected) in cases {
        assert_eq!(counts(&report(vice, 1).await), expected, "{vice:?}");
    }
}

#[tokio::test]
async fn a_link_that_is_closed_is_opened_again() {
    let report = report(Vice::Closes, 1).await;
    let answered = report.answers["AA"];
    // What was sent before the close was seen is lost, and counted.
    assert_eq!((report.sent, answered + report.unanswered), (9, 9));
    assert!(
        report.lost_connections >= 2 && answered >= 6,
        "{}",
        counts(&report)
    );
}

#[tokio::test]
async fn an_answer_that_is_missing_does_not_take_the_later_ones_along() {
    let (address, _) = start(Vice::Silent).await;
    let plan = Plan {
        links: 1,
        in_flight: 20,
        rate: Some(50.0),
        end: End::Messages(20),
        answer_timeout: Duration::from_millis(200),
        ..plan(address)
    };
    let report = run(plan, &Dial::default()).await.unwrap();
    // Each 20 ms one is sent; when the time of the first is over, the last of ten or so are young.
    assert_eq!(report.missing + report.unanswered, 20);
    assert!(
        report.unanswered >= 2 * report.missing,
        "{}",
        counts(&report)
    );
}

#[tokio::test]
async fn a_pipeline_keeps_its_depth() {
    let (address, server) = start(Vice::None).await;
    let plan = Plan {
        end: End::Messages(5000),
        in_flight: 50,
        links: 3,
        ..plan(address)
    };
    let report = run(plan, &Dial::default()).await.unwrap();
    assert_eq!(
        counts(&report),
        "good: sent 5000, answers {\"AA\": 5000}, timed 5000"
    );
    assert_eq!(server.kept().len(), 5000);
    let bytes: usize = server.kept().iter().map(|content| content.len() + 3).sum();
    assert_eq!(report.sent_bytes, bytes as u64);
    assert!(report.latency.max() <= report.elapsed);
}

#[tokio::test]
async fn the_same_seed_sends_the_same() {
    let (address, server) = start(Vice::None).await;
    run(plan(address), &Dial::default()).await.unwrap();
    let first = server.kept().len();
    run(plan(address), &Dial::default()).await.unwrap();
    assert_eq!(server.kept().len(), first);
    run(
        Plan {
            seed: 2,
            ..plan(address)
        },
        &Dial::default(),
    )
    .await
    .unwrap();
    assert_eq!(server.kept().len(), 2 * first);
}

#[tokio::test]
async fn what_was_accepted_is_written_down() {
    let (address, server) = start(Vice::Refuses).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("acknowledged.tsv");
    let plan = Plan {
        end: End::Messages(30),
        acknowledged: Some(file.clone()),
        ..plan(address)
    };
    let report = run(plan, &Dial::default()).await.unwrap();
    assert_eq!(
        counts(&report),
        "bad: sent 30, answers {\"AA\": 20, \"AR\": 10}, timed 30"
    );
    let line = |content: &[u8]| {
        let id = content.split(|byte| *byte == b'|').nth(9).unwrap();
        let digest = Sha256::digest(content)
            .into_iter()
            .map(|byte| format!("{byte:02x}"));
        format!("{}\t{}", id.escape_ascii(), digest.collect::<String>())
    };
    let kept: Vec<String> = server.kept().iter().map(|content| line(content)).collect();
    let written = fs::read_to_string(file).unwrap();
    let lines: Vec<&str> = written.lines().collect();
    assert_eq!(lines.len(), 20);
    assert!(
        lines
            .iter()
            .all(|line| kept.iter().any(|kept| kept == line)),
        "{written}"
    );
}

#[tokio::test]
async fn the_file_of_what_was_accepted_stays_until_there_is_something_new() {
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(&file, "of the run before").unwrap();
    let plan = Plan {
        acknowledged: Some(file.path().to_owned()),
        ..plan(address)
    };
    run(plan, &Dial::default()).await.unwrap_err();
    assert_eq!(fs::read_to_string(&file).unwrap(), "of the run before");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_report_is_kept_where_the_disk_is_full() {
    let (address, _) = start(Vice::None).await;
    let plan = Plan {
        end: End::Messages(30),
        acknowledged: Some("/dev/full".into()),
        ..plan(address)
    };
    let error = run(plan, &Dial::default()).await.unwrap_err();
    assert_eq!(error.to_string(), "cannot write the acknowledged messages");
    let RunError::Unwritten { report, .. } = error else {
        panic!("{error:?}");
    };
    assert_eq!(
        counts(&report),
        "good: sent 30, answers {\"AA\": 30}, timed 30"
    );
}

#[tokio::test]
async fn a_run_ends_by_time_and_by_its_dial() {
    let (address, _) = start(Vice::None).await;
    let timed = Plan {
        end: End::After(Duration::from_millis(50)),
        ..plan(address)
    };
    let report = run(timed, &Dial::default()).await.unwrap();
    assert!(report.is_good() && report.sent > 2, "{report:?}");

    let endless = Plan {
        end: End::Messages(u64::MAX),
        ..plan(address)
    };
    let dial = Dial::default();
    let running = tokio::spawn({
        let dial = dial.clone();
        async move { run(endless, &dial).await }
    });
    while dial.answered() < 100 {
        tokio::task::yield_now().await;
    }
    dial.stop();
    let report = running.await.unwrap().unwrap();
    assert!(report.is_good() && report.sent >= 100, "{report:?}");
    assert_eq!(dial.answered(), report.sent);
}

#[tokio::test]
async fn a_listener_that_is_not_there_is_an_error() {
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let error = run(plan(address), &Dial::default()).await.unwrap_err();
    assert!(matches!(error, RunError::Connect { .. }), "{error:?}");
    assert_eq!(error.to_string(), format!("cannot connect to {address}"));
}
