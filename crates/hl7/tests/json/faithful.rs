//! The faithful form: arrays by level.

use std::fmt::Write as _;

use cistern_hl7::{Message, MessageBuf, Path, path};
use serde_json::{Value, json};

use crate::{check, check_errors_tell_nothing, check_slips, testdata};

/// What a golden file holds: each segment on a line of its own.
fn lines(json: &Value) -> String {
    let mut text = "{\n".to_owned();
    for (key, value) in json.as_object().unwrap() {
        if key != "segments" {
            writeln!(text, "  {key:?}: {value},").unwrap();
        }
    }
    let segments = json["segments"].as_array().unwrap();
    let segments: Vec<String> = segments.iter().map(Value::to_string).collect();
    write!(
        text,
        "  \"segments\": [\n    {}\n  ]\n}}\n",
        segments.join(",\n    ")
    )
    .unwrap();
    text
}

fn to_json(bytes: &[u8]) -> Value {
    serde_json::to_value(Message::parse(bytes).unwrap()).unwrap()
}

fn from_json(json: Value) -> Vec<u8> {
    let message: MessageBuf = serde_json::from_value(json).unwrap();
    message.bytes().to_vec()
}

#[test]
fn messages_are_shown_as_in_the_golden_files() {
    let odd = b"\xEF\xBB\xBF\r\nMSH|^~\\&|LAB|\nPID\nPID|\n\nNTE|~|^|&|a~b^c&d\n|x\xFF\nfree text\nFHS|^~|a~b";
    for (name, bytes) in [
        ("003_latin_1", &testdata("003")[..]),
        ("042_null", &testdata("042")),
        ("053_subcomponents", &testdata("053")),
        ("odd", odd),
    ] {
        let golden = lines(&to_json(bytes));
        check(name, &golden);
        let message: MessageBuf = serde_json::from_str(&golden).unwrap();
        assert_eq!(message.bytes(), bytes, "{name}");
        assert_eq!(
            serde_json::to_value(&message).unwrap(),
            to_json(bytes),
            "{name}"
        );
    }
}

#[test]
fn every_shape_has_its_own_json() {
    let fields = [
        ("", json!("")),
        ("a", json!("a")),
        ("\"\"", json!("\"\"")),
        ("a~b", json!(["a", "b"])),
        ("~", json!(["", ""])),
        ("a^b", json!([["a", "b"]])),
        ("a&b", json!([[["a", "b"]]])),
        ("a~b^c&d", json!(["a", ["b", ["c", "d"]]])),
        ("^&~", json!([["", ["", ""]], ""])),
        ("\\T\\ \\", json!("\\T\\ \\")),
    ];
    for (field, json) in fields {
        let bytes = format!("MSH|^~\\&\rZZZ|{field}\r");
        let expected = json!({"segments": [["MSH", "|", "^~\\&"], ["ZZZ", json]]});
        assert_eq!(to_json(bytes.as_bytes()), expected);
        assert_eq!(from_json(expected), bytes.as_bytes());
    }
}

#[test]
fn an_array_of_one_is_its_item() {
    let json = json!({"segments": [
        ["MSH", "|", "^~", ["LAB"]],
        ["ZZZ", [[["a"]]], [["a", ["b"]]], [{"bytes": "fF00"}]],
    ]});
    assert_eq!(from_json(json), b"MSH|^~|LAB\rZZZ|a|a^b|\xFF\0\r");
}

#[test]
fn strings_are_in_the_character_set_of_the_message() {
    let latin = json!({"segments": [
        ["MSH", "|", "^~\\&", "Jürg", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "8859/1"],
    ]});
    assert_eq!(
        from_json(latin),
        b"MSH|^~\\&|J\xFCrg|||||||||||||||8859/1\r"
    );
    let unstated = json!({"segments": [["MSH", "|", "^~\\&", "Jürg"]]});
    assert_eq!(from_json(unstated), "MSH|^~\\&|Jürg\r".as_bytes());
    let stated = json!({"charset": "8859/1", "segments": [["MSH", "|", "^~\\&", "Jürg"]]});
    assert_eq!(from_json(stated), b"MSH|^~\\&|J\xFCrg\r");
    let guessed = to_json(b"MSH|^~\\&|J\xFCrg|\x81\r");
    let expected = json!({
        "charset": "WINDOWS-1252",
        "segments": [["MSH", "|", "^~\\&", "Jürg", {"bytes": "81"}]],
    });
    assert_eq!(guessed, expected);
    let unknown = to_json("MSH|^~\\&|Jürg|||||||||||||||UTF-9\r".as_bytes());
    assert_eq!(unknown["charset"], "UNICODE UTF-8");
}

#[test]
fn a_slip_is_told_with_its_place() {
    check_slips("slips", |json| {
        serde_json::from_str::<MessageBuf>(json).map(drop)
    });
}

#[test]
fn errors_tell_nothing() {
    let message = json!({
        "before": "\r", "charset": "UTF-8", "terminator": "\n", "terminator_of": {"0": "\r"},
        "segments": [["MSH", "|", "^~\\&"], ["PID", [["a", ["b"]], {"bytes": "ff"}]]],
    });
    check_errors_tell_nothing(&message, |json| {
        serde_json::from_str::<MessageBuf>(json).map(drop)
    });
}

#[test]
fn a_path_is_its_text() {
    let paths = [path!("PID-3[2].1"), path!("OBX[2]-5")];
    let json = serde_json::to_string(&paths).unwrap();
    assert_eq!(json, r#"["PID-3[2].1","OBX[2]-5"]"#);
    let read: [Path; 2] = serde_json::from_str(&json).unwrap();
    assert_eq!(read, paths);
    let malformed = serde_json::from_str::<Path>(r#""PID-""#).unwrap_err();
    let expected = "column 5: a number from 1 to 65535 must stand here, as in PID-3[2].1";
    assert!(malformed.to_string().starts_with(expected), "{malformed}");
    let number = serde_json::from_str::<Path>("17").unwrap_err();
    assert!(
        number.to_string().starts_with("a string is expected here"),
        "{number}"
    );
}
