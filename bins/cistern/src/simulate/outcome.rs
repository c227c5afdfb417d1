//! What came of a simulation, for people and for programs.

use std::fmt::Display;
use std::time::Duration;

use serde_json::{Map, Value, json};
use simulator::{Expected, Histogram, Misbehaviour, Report};

use crate::table::table;

const PERCENTILES: [f64; 4] = [50.0, 90.0, 99.0, 99.9];

/// Tables for people.
pub(super) fn text(seed: u64, report: &Report) -> String {
    let mut text = table(&summary(seed, report));
    if report.latency.count() > 0 {
        text.push('\n');
        text.push_str(&table(&latencies(report)));
    }
    if !report.misbehaviours.is_empty() {
        text.push('\n');
        text.push_str(&table(&misbehaviours(report)));
    }
    text
}

/// One object for programs; durations in microseconds.
pub(super) fn json(seed: u64, report: &Report) -> Value {
    let misbehaviours: Map<String, Value> = report
        .misbehaviours
        .iter()
        .map(|(misbehaviour, outcomes)| {
            let outcomes = json!({
                "as_expected": outcomes.as_expected,
                "otherwise": outcomes.otherwise,
            });
            (misbehaviour.to_string(), outcomes)
        })
        .collect();
    json!({
        "seed": seed,
        "good": report.is_good(),
        "elapsed_micros": micros(report.elapsed),
        "sent": report.sent,
        "sent_bytes": report.sent_bytes,
        "answers": report.answers,
        "missing": report.missing,
        "unanswered": report.unanswered,
        "doubled": report.doubled,
        "strange": report.strange,
        "unreadable": report.unreadable,
        "out_of_order": report.out_of_order,
        "lost_connections": report.lost_connections,
        "lost_links": report.lost_links,
        "behind": report.behind,
        "latency_micros": percentiles(&report.latency),
        "service_micros": percentiles(&report.service),
        "misbehaviours": misbehaviours,
    })
}

/// What was sent and answered; of what should not happen, only what did.
fn summary(seed: u64, report: &Report) -> Vec<Vec<String>> {
    let seconds = report.elapsed.as_secs_f64();
    let answers = report.answers.values().sum::<u64>();
    let mut rows = vec![
        row("seed", seed),
        row(
            "sent",
            format!("{} messages, {} bytes", report.sent, report.sent_bytes),
        ),
        row(
            "answered",
            format!(
                "{answers} in {seconds:.3} s, {:.0} a second",
                rate(answers, seconds)
            ),
        ),
    ];
    rows.extend(report.answers.iter().map(|(code, count)| row(code, count)));
    let faults = [
        ("missing answers", report.missing),
        ("unanswered at the end", report.unanswered),
        ("doubled answers", report.doubled),
        ("strange answers", report.strange),
        ("unreadable answers", report.unreadable),
        ("overtaking answers", report.out_of_order),
        ("connections lost", report.lost_connections),
        ("links given up", report.lost_links),
    ];
    let happened = faults.iter().filter(|(_, count)| *count > 0);
    rows.extend(happened.map(|(fault, count)| row(fault, count)));
    if report.behind > 0 {
        rows.push(row("behind", format!("{} due and not sent", report.behind)));
    }
    rows
}

#[expect(clippy::cast_precision_loss, reason = "shown without decimals")]
fn rate(answers: u64, seconds: f64) -> f64 {
    if seconds > 0.0 {
        answers as f64 / seconds
    } else {
        0.0
    }
}

fn row(name: &str, value: impl Display) -> Vec<String> {
    vec![name.to_owned(), format!("{value}")]
}

fn latencies(report: &Report) -> Vec<Vec<String>> {
    let mut head = vec!["milliseconds".to_owned()];
    head.extend(PERCENTILES.iter().map(|percent| format!("p{percent}")));
    head.push("max".to_owned());
    let row = |name: &str, histogram: &Histogram| {
        let mut row = vec![name.to_owned()];
        let shown = |duration: Duration| format!("{:.3}", duration.as_secs_f64() * 1000.0);
        row.extend(
            PERCENTILES
                .iter()
                .map(|percent| shown(histogram.percentile(*percent))),
        );
        row.push(shown(histogram.max()));
        row
    };
    vec![
        head,
        row("from due to answer", &report.latency),
        row("from sent to answer", &report.service),
    ]
}

fn percentiles(histogram: &Histogram) -> Value {
    let mut percentiles = Map::new();
    for percent in PERCENTILES {
        let value = micros(histogram.percentile(percent));
        percentiles.insert(format!("p{percent}"), value.into());
    }
    percentiles.insert("max".to_owned(), micros(histogram.max()).into());
    Value::Object(percentiles)
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

fn misbehaviours(report: &Report) -> Vec<Vec<String>> {
    let head = ["misbehaviour", "as expected", "otherwise", "expected"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for (misbehaviour, outcomes) in &report.misbehaviours {
        rows.push(vec![
            misbehaviour.to_string(),
            outcomes.as_expected.to_string(),
            outcomes.otherwise.to_string(),
            expected(*misbehaviour).to_owned(),
        ]);
    }
    rows
}

fn expected(misbehaviour: Misbehaviour) -> &'static str {
    match misbehaviour.expected() {
        Expected::Answer => "each message is accepted",
        Expected::SameAnswer => "the same answer again",
        Expected::AnswerToTheWhole => "only the whole frame is answered",
        Expected::Silence => "no answer",
        Expected::Close => "no answer, connection closed",
        _ => "",
    }
}
