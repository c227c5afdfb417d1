//! JSON and back: no byte is lost, and its shape is that of nested lists.

#[cfg(feature = "dictionary")]
use cistern_hl7::FriendlyMessage;
use cistern_hl7::{Message, MessageBuf};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::delimiters;
use crate::reading::{leaves, messy_bytes, written};
#[cfg(feature = "dictionary")]
use crate::said::said;

/// Messages in many character sets, with any bytes in them and any line breaks.
fn messages() -> impl Strategy<Value = Vec<u8>> {
    let charset = prop::sample::select(vec![
        "",
        "UNICODE UTF-8",
        "ASCII",
        "8859/1",
        "8859/2",
        "WINDOWS-1252",
        "ISO IR87",
        "GB 18030-2000",
        "KS X 1001",
        "BIG-5",
        "UTF-16",
        "unknown",
    ]);
    let leaf = prop_oneof![
        4 => "[a-z \\\\\"|^~&é日]{0,8}".prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 0..6),
        1 => Just(b"\x1B$B8l\x1B(B".to_vec()),
    ];
    let line = prop::collection::vec(leaf, 0..5).prop_map(|leaves| leaves.join(&b'|'));
    let ending = prop::sample::select(vec!["\r", "\n", "\r\n", "\r\r", "\n\n"]);
    let lines = prop::collection::vec((line, ending), 0..5);
    let before = prop::sample::select(vec!["", "\u{FEFF}", "\r\n", "\u{FEFF}\n"]);
    (before, charset, ending_of_header(), lines).prop_map(|(before, charset, ending, lines)| {
        let header = format!("{before}MSH|^~\\&|LAB|||||||||||||||{charset}{ending}");
        let lines = lines
            .into_iter()
            .map(|(line, ending)| [&line, ending.as_bytes()].concat());
        [header.into_bytes(), lines.collect::<Vec<_>>().concat()].concat()
    })
}

fn ending_of_header() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["\r", "\n", "\r\n", "\n\r", ""])
}

/// A list of one as its item, so far as it is no array itself.
fn collapsed(mut items: Vec<Value>) -> Value {
    match &items[..] {
        [Value::String(_)] => items.remove(0),
        _ => Value::Array(items),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_byte_is_lost_in_json(bytes in prop_oneof![messages(), messy_bytes()]) {
        if let Ok(message) = Message::parse(&bytes) {
            let json = serde_json::to_string(&message).unwrap();
            let back: MessageBuf = serde_json::from_str(&json).unwrap();
            prop_assert_eq!(back.bytes(), &bytes[..], "{}", json);
        }
    }

    #[test]
    fn the_shape_is_that_of_nested_lists(leaves in leaves(), delimiters in delimiters()) {
        let bytes = written(&leaves, delimiters, "\r");
        let (mut full, mut short) = (Vec::new(), Vec::new());
        for (name, fields) in &leaves {
            full.push([vec![json!(name)], fields.iter().map(|field| json!(field)).collect()].concat());
            let short_fields = fields.iter().map(|field| {
                collapsed(field.iter().map(|repetition| {
                    collapsed(repetition.iter().map(|component| {
                        collapsed(component.iter().map(|leaf| json!(leaf)).collect())
                    }).collect())
                }).collect())
            });
            short.push([vec![json!(name)], short_fields.collect()].concat());
        }
        let message = Message::parse(&bytes).unwrap();
        let json = serde_json::to_value(&message).unwrap();
        let header = json["segments"][0].clone();
        prop_assert_eq!(&json["segments"].as_array().unwrap()[1..], short.into_iter().map(Value::Array).collect::<Vec<_>>());
        let segments: Vec<Value> = [vec![header], full.into_iter().map(Value::Array).collect()].concat();
        let back: MessageBuf = serde_json::from_value(json!({"segments": segments})).unwrap();
        prop_assert_eq!(back.bytes(), &bytes[..]);
    }

    #[test]
    fn what_is_read_from_json_is_written_as_such(text in "[{}\\[\\]\",:a-f0-9|^~&\\\\]{0,30}") {
        let json = format!(r#"{{"segments":[["MSH","|","^~\\&"],["PID",{text}]]}}"#);
        if let Ok(message) = serde_json::from_str::<MessageBuf>(&json) {
            let again = serde_json::to_string(&message).unwrap();
            let again: MessageBuf = serde_json::from_str(&again).unwrap();
            prop_assert_eq!(again.bytes(), message.bytes());
        }
    }

    #[cfg(feature = "dictionary")]
    #[test]
    fn what_is_said_comes_back_from_names(
        bytes in prop_oneof![messages(), messy_bytes()],
        leaves in leaves(),
        delimiters in delimiters(),
    ) {
        for bytes in [bytes, written(&leaves, delimiters, "\r")] {
            if let Ok(message) = MessageBuf::parse(bytes.into()) {
                let json = serde_json::to_string(&FriendlyMessage(message.clone())).unwrap();
                let FriendlyMessage(back) = serde_json::from_str(&json).unwrap();
                prop_assert_eq!(said(&back.message()), said(&message.message()), "{}", json);
                let names = |message: &MessageBuf| {
                    let message = message.message();
                    message.segments().map(|segment| segment.name().to_vec()).collect::<Vec<_>>()
                };
                prop_assert_eq!(names(&back), names(&message), "{}", json);
            }
        }
    }
}
