//! `cistern gaps`.

use serde_json::{Value, json};

use crate::prompt::Prompt;

const CONFIG: &str = "[[feed]]\nname = \"harbor\"\naddress = \"127.0.0.1:0\"\n\
    [[feed]]\nname = \"quarry\"\naddress = \"127.0.0.1:0\"\n";

/// A file of messages with these control ids, each with a name of its own.
fn messages(application: &str, ids: impl IntoIterator<Item = u64>) -> String {
    let message = |number: u64| {
        format!(
            "MSH|^~\\&|{application}|HARBOR|||20260302101500||ADT^A08|N{number:05}|P|2.5.1\r\
             PID|1||{number}^^^HARBOR^MR||Quill^Ada\r"
        )
    };
    ids.into_iter().map(message).collect()
}

/// What is held on two feeds, with numbers that are missing, late, repeated and altered.
fn prompt() -> Prompt {
    let prompt = Prompt::new();
    prompt.write("cistern.toml", CONFIG);
    let hold = |feed: &str, file: &str, text: String| {
        prompt.write(file, text);
        prompt.good(&["hold", "--feed", feed, file]);
    };
    let first = (1..=6_000).filter(|number| ![4_000, 5_500, 5_501, 5_502].contains(number));
    hold("harbor", "first.hl7", messages("EHR", first));
    hold(
        "harbor",
        "late.hl7",
        messages("EHR", [5_501, 4_000, 17, 6_003]),
    );
    let altered = messages("EHR", [6_000]).replace("Quill", "Quayle");
    hold("harbor", "altered.hl7", altered);
    hold("quarry", "other.hl7", messages("LAB", (1..=20).chain([24])));
    hold(
        "quarry",
        "random.hl7",
        messages("EHR", (1..=60).map(|n| n * n)),
    );
    prompt
}

#[test]
fn what_never_came_is_listed_by_sender() {
    let prompt = prompt();
    let printed = prompt.good(&["gaps", "--json"]);
    let lines = printed.lines().map(|line| {
        let mut object: Value = serde_json::from_str(line).unwrap();
        assert_eq!(object["noticed_at"].as_str().map(str::len), Some(24));
        object["noticed_at"] = json!("<time>");
        object
    });
    let missing = |feed: &str, application: &str, range: [&str; 2], messages: u64, by: i64| {
        json!({
            "feed": feed,
            "sending_application": application,
            "sending_facility": "HARBOR",
            "first": range[0],
            "last": range[1],
            "messages": messages,
            "noticed_by": by,
            "noticed_at": "<time>",
        })
    };
    let expected = [
        missing("harbor", "EHR", ["N05500", "N05500"], 1, 5_499),
        missing("harbor", "EHR", ["N05502", "N05502"], 1, 5_499),
        missing("harbor", "EHR", ["N06001", "N06002"], 2, 5_999),
        missing("quarry", "LAB", ["N00021", "N00023"], 3, 6_021),
    ];
    assert_eq!(lines.collect::<Vec<_>>(), expected);

    let table = prompt.good(&["gaps", "--feed", "quarry"]);
    let (line, time) = table.trim_end().rsplit_once("  ").unwrap();
    let expected = "  quarry  LAB  HARBOR  N00021 to N00023  3 missing  before message 6021";
    assert_eq!((line, time.len()), (expected, 24));
    let complaint = prompt.bad(&["gaps", "--feed", "quary"]);
    assert_eq!(complaint, "cistern: no message has come by a feed quary\n");
}
