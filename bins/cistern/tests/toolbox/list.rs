//! `cistern list`.

use serde_json::{Value, json};

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
