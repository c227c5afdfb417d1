//! `cistern demo`.

use std::collections::BTreeMap;
use std::fs;

use testkit::testdata;

use crate::prompt::Prompt;

/// Numbers of messages by state and of records by type and status.
#[derive(Debug, PartialEq, Eq)]
struct Counts {
    messages: BTreeMap<String, u64>,
    records: BTreeMap<String, u64>,
}

#[test]
fn the_demo_gives_what_the_readme_of_the_test_data_says() {
    let printed = Prompt::new().good(&["demo"]);
    let counts: Vec<Counts> = printed
        .split("Messages by type and state:")
        .skip(1)
        .map(counts)
        .collect();
    let readme = fs::read_to_string(testdata::path("README.md")).unwrap();
    assert_eq!(counts, [first(&readme), after_decision(&readme)]);
    let released = between(&readme, "releases ", " messages");
    assert!(printed.contains(&format!("{released} held messages went on by themselves")));
}

/// The counts of one report.
fn counts(report: &str) -> Counts {
    let (messages, rest) = report.split_once("Records by type and state:").unwrap();
    let records = rest.trim_start().split("\n\n").next().unwrap();
    let rows = |block: &str| -> Vec<Vec<String>> {
        let words = |line: &str| line.split_whitespace().map(str::to_owned).collect();
        let rows = block.lines().map(words);
        rows.filter(|row: &Vec<String>| row.len() == 3).collect()
    };
    let mut counts = Counts {
        messages: BTreeMap::new(),
        records: BTreeMap::new(),
    };
    for row in rows(messages) {
        *counts.messages.entry(row[1].clone()).or_default() += number(&row[2]);
    }
    for row in rows(records) {
        let key = format!("{} {}", row[0], row[1]);
        counts.records.insert(key, number(&row[2]));
    }
    counts
}

/// What the table says of the import.
fn first(readme: &str) -> Counts {
    let cell = |row: &str| between(readme, &format!("| {row} | "), " |");
    let labs = cell("labs");
    let (_, by_status) = labs.split_once(": ").unwrap();
    let mut records = BTreeMap::from([("client active".to_owned(), number(&cell("clients")))]);
    for part in by_status.split(", ") {
        let (count, status) = part.split_once(' ').unwrap();
        let key = format!("lab {}", status.replace(' ', "_"));
        records.insert(key, number(count));
    }
    let state = |state: &str| {
        (
            state.to_owned(),
            number(&cell(&format!("messages {state}"))),
        )
    };
    Counts {
        messages: ["imported", "held", "ignored"].map(state).into(),
        records,
    }
}

/// What the sentence says of the decision: `then 80 labs, 4 messages held`.
fn after_decision(readme: &str) -> Counts {
    let mut counts = first(readme);
    let labs = number(&between(readme, ": then ", " labs"));
    let held = number(&between(
        readme,
        &format!(": then {labs} labs, "),
        " messages held",
    ));
    let before: u64 = counts.records.values().sum::<u64>() - counts.records["client active"];
    *counts.records.get_mut("lab final").unwrap() += labs - before;
    let released = counts.messages.insert("held".into(), held).unwrap() - held;
    *counts.messages.get_mut("imported").unwrap() += released;
    counts
}

fn between(text: &str, start: &str, end: &str) -> String {
    let (_, rest) = text
        .split_once(start)
        .unwrap_or_else(|| panic!("no {start:?}"));
    rest.split_once(end).unwrap().0.to_owned()
}

/// The number that a text begins with.
fn number(text: &str) -> u64 {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    text.split_at(end).0.parse().unwrap()
}

#[test]
fn an_earlier_demo_is_replaced() {
    let prompt = Prompt::after_demo();
    let second = prompt.good(&["demo", "--database", "cistern.db"]);
    assert!(second.contains("client  active        20\n"));
}

#[test]
fn what_no_demo_made_stays() {
    let prompt = Prompt::new();
    let demo = ["demo", "--database", "cistern.db"];
    let refusal = "cistern: cistern.db: no demo made what is there, so it stays; name another file \
                   with --database\n";
    prompt.write("cistern.db", "a clinic's");
    assert_eq!(prompt.bad(&demo), refusal);
    assert_eq!(prompt.files(), ["cistern.db"]);
    assert_eq!(prompt.read("cistern.db"), "a clinic's");
    prompt.remove("cistern.db");

    prompt.write("cistern.db-wal", "a clinic's");
    assert_eq!(prompt.bad(&demo), refusal);
    prompt.remove("cistern.db-wal");

    prompt.good(&demo);
    prompt.remove("cistern.db");
    prompt.write("cistern.db", "made after the demo");
    assert_eq!(prompt.bad(&demo), refusal);
    assert_eq!(prompt.read("cistern.db"), "made after the demo");
}

#[test]
fn a_name_that_an_address_would_change_is_taken_as_it_is() {
    let prompt = Prompt::new();
    prompt.good(&["demo", "--database", "a%41?mode=memory.db"]);
    let name = "a%41?mode=memory.db";
    let names = ["", "-flush", ".demo"].map(|end| [name, end].concat());
    assert_eq!(prompt.files(), names);
}

#[test]
fn a_demo_that_still_runs_is_left_alone() {
    let prompt = Prompt::new();
    let demo = ["demo", "--database", "cistern.db", "--messages", "none"];
    prompt.write("none/README", "no messages");
    let mut running = prompt.start(&[&demo[..], &["--keep-running"]].concat());
    running.wait_for("stop them with Ctrl-C");
    let refusal = "cistern: cistern.db: an earlier demo still runs on it; name another file with \
                   --database\n";
    assert_eq!(prompt.bad(&demo), refusal);
    drop(running);
    prompt.good(&demo);
}

#[test]
fn a_demo_of_other_messages_decides_nothing() {
    let prompt = Prompt::new();
    prompt.write("none/README", "no messages");
    let demo = ["demo", "--messages", "none"];
    let printed = prompt.good(&demo);
    let sentence = "Nothing waits for code 20447-9 (LN) from QUEST: no decision is taken.\n";
    assert!(printed.contains(sentence), "{printed}");
    assert!(!printed.contains("Deciding"), "{printed}");
}
