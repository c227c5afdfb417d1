//! What holds for any message.

use cistern_hl7::{Message, Path, Profile};
use proptest::prelude::*;

use crate::{found_in, profile};

/// Every kind of rule.
const EVERYTHING: &str = include_str!("everything.toml");

const MARKER: &str = "Xyzzyx";

/// Bytes in which delimiters, ends of lines and names of segments are common.
fn segments() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        3 => "[|^~&\\\\]{1,3}".prop_map(String::into_bytes),
        2 => "(NM|SN|TS|CX|2024|1.5|F)".prop_map(String::into_bytes),
        1 => Just(b"\"\"".to_vec()),
        1 => Just(b"\rPID|||".to_vec()),
        1 => Just(b"\rOBX||".to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..4),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_message_is_too_odd(segments in segments()) {
        let bytes = [b"MSH|^~\\&|", &segments[..]].concat();
        let message = Message::parse(&bytes).unwrap();
        let lines = found_in(&Profile::parse(EVERYTHING).unwrap(), &bytes);
        let missing = String::from("100 Error ZZZ^1: ZZZ is missing: send at least 1");
        prop_assert!(lines.contains(&missing));
        prop_assert_eq!(profile("").check(&message), []);
    }

    /// What a path finds is the oracle.
    #[test]
    fn what_is_required_is_found_by_path(segments in segments()) {
        let bytes = [b"MSH|^~\\&|", &segments[..]].concat();
        let message = Message::parse(&bytes).unwrap();
        let at = |path: String| message.get(&Path::parse(&path).unwrap());
        let holds_value = |path: String| at(path).value().is_some();
        let mut expected = Vec::new();
        for n in 1..=message.segments_named("PID").count() {
            let field = Path::parse(&format!("PID[{n}]-3[*]")).unwrap();
            let repetitions = message.get_all(&field).count();
            if !message.get_all(&field).any(|part| part.value().is_some()) {
                expected.push(format!("PID^{n}^3"));
            }
            for r in 1..=repetitions {
                let whole = format!("PID[{n}]-3[{r}]");
                if holds_value(whole.clone()) && !holds_value(format!("{whole}.2")) {
                    expected.push(format!("PID^{n}^3^{r}^2"));
                }
            }
        }
        let rules = "[fields.PID-3]\nrequired = true\n[fields.\"PID-3.2\"]\nrequired = true";
        let lines = found_in(&profile(rules), &bytes);
        let places: Vec<&str> = lines.iter().map(|line| {
            line.strip_prefix("101 Error ").unwrap().split_once(':').unwrap().0
        }).collect();
        prop_assert_eq!(places, expected);
    }
}

#[test]
fn findings_tell_nothing() {
    let field = format!("{MARKER}\\&\u{81}^{MARKER}&{MARKER}~{MARKER}^^^{MARKER}");
    let segments = format!("|{}\r", [field.as_str(); 12].join("|"));
    let text = format!(
        "MSH|^~\\&|{MARKER}||||||{MARKER}^{MARKER}|{MARKER}|{MARKER}|{MARKER}||||||ASCII\r\
         PID{segments}OBX|1|{MARKER}|||{field}\rOBX|1|NM|||{field}\r\
         PID|{MARKER}|||||{MARKER}|{MARKER}\r{MARKER}{segments}"
    );
    for text in [
        text.clone(),
        text.replace("ASCII", MARKER),
        text.replace("ASCII", ""),
    ] {
        let message = Message::parse(text.as_bytes()).unwrap();
        let findings = Profile::parse(EVERYTHING).unwrap().check(&message);
        assert!(findings.len() > 10);
        let shown = format!("{findings:?} {findings:#?}");
        assert!(!shown.contains(MARKER), "{shown}");
    }
}
