//! `cistern list`.

use std::path::Path;

use serde_json::{Value, json};
use testkit::golden;

use crate::prompt::Prompt;

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
        "charset": "UNICODE UTF-8",
        "charset_from": "guess",
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
        "feed": "",
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

/// What a shell or a terminal would not take as it stands.
const ODD_CODES: [&str; 5] = [
    "CD4 COUNT^T-helper abs^L",
    "O'HARA^Panel of O'Hara^L",
    "NOSYS^Given without a system",
    "\u{1b}[2JCLEAR^Clears \u{1b}[2J the screen\u{202e}^L",
    "TWO\\X0A\\LINES^Breaks\\X0D\\the line^L",
];

#[test]
fn the_work_list_holds_commands_for_a_shell_and_nothing_for_the_terminal() {
    let prompt = Prompt::after_results(&ODD_CODES);
    let work = prompt.good(&["list", "work"]);
    golden::check(Path::new("tests/toolbox/work.txt"), times_replaced(&work));
    let commands = work
        .lines()
        .filter(|line| line.trim_start().starts_with("cistern map "));
    for (command, number) in commands.zip(1..) {
        let printed = prompt.shell(&command.replace("\"<value>\"", "--skip"));
        assert_eq!(printed, format!("decision {number}: 1 messages go on\n"));
    }
    assert_eq!(prompt.good(&["list", "work"]), "");
}

/// `since TIME,` with a word in the place of the time.
fn times_replaced(work: &str) -> String {
    let mut parts = work.split("since ");
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |text, part| {
        let (_, rest) = part.split_once(',').unwrap();
        text + "since <time>," + rest
    })
}

#[test]
fn json_holds_the_text_as_it_is() {
    let prompt = Prompt::after_results(&ODD_CODES[3..4]);
    let work = prompt.good(&["list", "work", "--json"]);
    let item: Value = serde_json::from_str(&work).unwrap();
    assert_eq!(item["code"], "\u{1b}[2JCLEAR");
    assert_eq!(item["text"], "Clears \u{1b}[2J the screen\u{202e}");
}

#[test]
fn a_state_that_is_none_is_refused() {
    let refused = Prompt::new().run(&["list", "--state", "hold"]);
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8(refused.stderr).unwrap();
    let states = "received, imported, held, failed, ignored, refused, broken";
    assert!(
        said.contains(&format!("[possible values: {states}]")),
        "{said}"
    );
}
