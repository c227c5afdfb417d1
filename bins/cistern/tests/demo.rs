//! The toolbox at a prompt: what it prints, and how it ends.
#![cfg(test)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use listener::Door;
use serde_json::{Value, json};
use service::{Config, Shutdown};
use tank::Database;
use tempfile::TempDir;
use testkit::{golden, testdata};

/// A folder to work in, whose `cistern.db` is the database.
struct Prompt {
    folder: TempDir,
}

impl Prompt {
    fn new() -> Prompt {
        let folder = tempfile::tempdir().unwrap();
        Prompt { folder }
    }

    /// After a demo, so that there is something to look at.
    fn after_demo() -> Prompt {
        let prompt = Prompt::new();
        prompt.good(&["demo", "--database", "cistern.db"]);
        prompt
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// What a command that succeeds prints.
    #[track_caller]
    fn good(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let complaint = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{complaint}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// What a command that fails complains of.
    #[track_caller]
    fn bad(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(String::from_utf8_lossy(&output.stdout), "");
        String::from_utf8(output.stderr).unwrap()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_cistern"))
            .args(arguments)
            .current_dir(self.folder.path())
            .env_remove("CISTERN_DATABASE_URL")
            .output()
            .unwrap()
    }
}

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
fn check_names_file_line_and_mistake() {
    let prompt = Prompt::new();
    assert_eq!(
        prompt.good(&["check"]).lines().next(),
        Some("feed main: listens on 127.0.0.1:2575")
    );
    prompt.write("unknown.toml", "[listener]\nmax_frame_bites = 3\n");
    prompt.write("limit.toml", "\n[listener]\nlinks_max = 0\n");
    prompt.write("syntax.toml", "[listener\n");
    prompt.write("maps/site.toml", "[[rule]]\nname = \"x\"\n");
    prompt.write("mappings.toml", "[importer]\nmappings = \"maps\"\n");
    prompt.write("folder.toml", "[importer]\nmappings = \"nowhere\"\n");
    let complaints = [
        (
            "unknown.toml",
            "cistern: unknown.toml:2: unknown field `max_frame_bites`, expected one of \
             `max_frame_bytes`, `in_frame_idle_secs`, `answer_write_secs`, `commit_secs`, \
             `link_window_messages`, `commit_messages_max`, `links_max`, `drain_secs`, \
             `sending_application`, `sending_facility`\n",
        ),
        (
            "limit.toml",
            "cistern: limit.toml:3: links_max must be at least 1\n",
        ),
        (
            "syntax.toml",
            "cistern: syntax.toml:1: unclosed table, expected `]`\n",
        ),
        (
            "mappings.toml",
            "cistern: maps/site.toml:2: rule \"x\": key \"messages\" is missing\n\
             maps/site.toml:2: rule \"x\": key \"record\" is missing\n",
        ),
        (
            "folder.toml",
            "cistern: nowhere: cannot be read\n  \
             because: No such file or directory (os error 2)\n",
        ),
        (
            "none.toml",
            "cistern: none.toml: cannot be read\n  \
             because: No such file or directory (os error 2)\n",
        ),
    ];
    for (file, complaint) in complaints {
        assert_eq!(prompt.bad(&["--config", file, "check"]), complaint);
    }
}

#[test]
fn list_gives_one_object_a_line() {
    let prompt = Prompt::after_demo();
    let lines = |arguments: &[&str]| -> Vec<Value> {
        let printed = prompt.good(arguments);
        let mut objects: Vec<Value> = printed
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        for time in ["received_at", "since"] {
            for object in &mut objects {
                if let Some(value) = object.get_mut(time) {
                    let length = "2026-03-02T10:15:00.123Z".len();
                    assert_eq!(value.as_str().map(str::len), Some(length));
                    *value = json!("<time>");
                }
            }
        }
        objects
    };
    let ignored = json!({
        "id": 56,
        "received_at": "<time>",
        "feed": "harbor",
        "sending_facility": "HARBOR^2.999.7^ISO",
        "message_code": "MDM",
        "trigger_event": "T02",
        "control_id": "HSC00004127",
        "answer": "AA",
        "state": "ignored",
        "reason": "no rule wants this message type",
        "altered_from": null,
    });
    assert_eq!(lines(&["list", "--json", "--state", "ignored"]), [ignored]);
    assert_eq!(lines(&["list", "--json", "--limit", "3"]).len(), 3);
    let records = [
        ("client", "active", 20),
        ("lab", "corrected", 2),
        ("lab", "final", 77),
    ];
    let records = records.map(|(record, status, records)| json!({ "record": record, "status": status, "records": records }));
    assert_eq!(lines(&["list", "records", "--json"])[..3], records);
    let vitamin = json!({
        "kind": "unmapped_code",
        "table": "test",
        "code": "VITDX",
        "system": "L",
        "sender": "QUEST",
        "text": "VITAMIN D,25-OH,TOTAL",
        "sentence": "code VITDX (L) \"VITAMIN D,25-OH,TOTAL\" from QUEST is not in table test",
        "findings": 1,
        "messages": 1,
        "first_message": 50,
        "since": "<time>",
    });
    let work = lines(&["list", "work", "--json"]);
    assert!(work.contains(&vitamin), "{work:?}");
}

#[test]
fn map_decides_and_says_what_goes_on() {
    let prompt = Prompt::after_demo();
    assert_eq!(
        prompt.good(&[
            "map", "test", "VITDX", "L", "QUEST", "--skip", "--by", "ada"
        ]),
        "decision 2: 1 messages go on\n"
    );
    assert_eq!(
        prompt.bad(&["map", "test", "Q2207", "L", "QUARRY LABS", "no such test"]),
        "cistern: record a decision: the value is not one that table test can give\n"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn send_prints_each_answer() {
    let prompt = Prompt::new();
    let url = format!(
        "sqlite:{}",
        prompt.folder.path().join("cistern.db").display()
    );
    let config = Config::parse(
        "test",
        "[[feed]]\nname = \"main\"\naddress = \"127.0.0.1:0\"\n",
    );
    let config = config.unwrap();
    let door = Door::bind(&config.feeds()[0]).await.unwrap();
    let address = door.address().unwrap().to_string();
    let tank = Arc::new(Database::open(&url).await.unwrap());
    let shutdown = Shutdown::new();
    let running = listener::run(config.listener, vec![door], tank, shutdown.clone());
    let running = tokio::spawn(running);

    let head = "MSH|^~\\&|EHR|HARBOR|||20260302||ADT^A08";
    prompt.write(
        "two.hl7",
        &format!("{head}|1|P|2.5.1\rPID|1\r{head}||P|2.5.1\rPID|2\r"),
    );
    prompt.write("again.hl7", &format!("{head}|1|P|2.5.1\rPID|other\r"));
    assert_eq!(
        prompt.good(&["send", "--to", &address, "two.hl7", "again.hl7"]),
        "two.hl7 1: AA\n\
         two.hl7 2: AE (MSH-10 is empty: give each message a control id of its own)\n\
         again.hl7 1: AA (this control id came before with other content; both are kept)\n"
    );
    shutdown.cancel();
    running.await.unwrap().unwrap();
    assert_eq!(
        prompt.bad(&["send", "--to", &address, "two.hl7"]),
        "cistern: cannot connect\n  because: Connection refused (os error 111)\n"
    );
}

#[test]
fn show_renders_a_file_leaf_by_leaf() {
    let file = testdata::path("messages/003_adt_a28_pena_new.hl7");
    let shown = Prompt::new().good(&["show", file.to_str().unwrap()]);
    golden::check(Path::new("tests/show.txt"), shown);
}

#[test]
fn show_renders_a_held_message_with_its_findings() {
    let prompt = Prompt::after_demo();
    let shown = prompt.good(&["show", "50"]);
    let (head, message) = shown.split_once("\n\n").unwrap();
    let lines: Vec<&str> = head.lines().skip(1).collect();
    assert_eq!(
        lines,
        [
            "state held: unmapped_code",
            "hold unmapped_code OBX-3: code VITDX (L) \"VITAMIN D,25-OH,TOTAL\" from QUEST is \
             not in table test"
        ]
    );
    assert!(message.starts_with("  MSH-1.1     |\n"), "{message}");
    assert_eq!(
        prompt.bad(&["show", "4711"]),
        "cistern: the tank holds no message 4711\n"
    );
}
