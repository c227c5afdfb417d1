//! The friendly form: names of the dictionary, and text.

use cistern_hl7::{Dictionary, FriendlyMessage, MessageBuf, Version};
use serde_json::{Value, json};

use crate::{check, check_errors_tell_nothing, check_slips, testdata};

fn to_json(bytes: &[u8]) -> Value {
    let message = MessageBuf::parse(bytes.to_vec().into()).unwrap();
    serde_json::to_value(FriendlyMessage(message)).unwrap()
}

fn from_json(json: Value) -> Vec<u8> {
    let FriendlyMessage(message) = serde_json::from_value(json).unwrap();
    message.bytes().to_vec()
}

fn read(json: &str) -> Result<(), serde_json::Error> {
    serde_json::from_str::<FriendlyMessage>(json).map(drop)
}

/// A segment after the header of a message of 2.5.1.
fn segment(json: &Value) -> Value {
    json!({"version": "2.5.1", "segments": [{"segment": "MSH"}, json]})
}

#[test]
fn messages_are_shown_as_in_the_golden_files() {
    for number in ["003", "042", "053", "061"] {
        let bytes = testdata(number);
        let message = FriendlyMessage(MessageBuf::parse(bytes.clone().into()).unwrap());
        let golden = serde_json::to_string_pretty(&message).unwrap() + "\n";
        check(&format!("{number}_friendly"), &golden);
        let FriendlyMessage(back) = serde_json::from_str(&golden).unwrap();
        assert_eq!(back.bytes(), &bytes, "{number}");
    }
}

#[test]
fn every_shape_has_its_own_json() {
    check_both_ways(&[
        (
            r"NTE|||a\T\b\X0A\\.br\\H\c\N\\E\ \ZX\",
            json!({"comment": ["a&b\n\\.br\\\\H\\c\\N\\\\ \\ZX\\"]}),
        ),
        ("PID", json!({})),
        ("PID||||||||M", json!({"administrative_sex": "M"})),
        (
            "PID|||1~2^^^A&b",
            json!({"patient_identifier_list": [
                {"id_number": "1"},
                {"id_number": "2", "assigning_authority": {"namespace_id": "A", "universal_id": "b"}},
            ]}),
        ),
        ("PID|||\"\"", json!({"patient_identifier_list": null})),
        (
            "PID|||1~\"\"",
            json!({"patient_identifier_list": [{"id_number": "1"}, null]}),
        ),
        (
            "PID|||~2^\"\"^x",
            json!({"patient_identifier_list": [
                {}, {"id_number": "2", "check_digit": null, "check_digit_scheme": "x"},
            ]}),
        ),
        (
            "PID|||\"\"^x",
            json!({"patient_identifier_list": [{"id_number": null, "check_digit": "x"}]}),
        ),
        ("PID||||||||M~F", json!({"administrative_sex": ["M", "F"]})),
        (
            "PID||||||||M^x&y",
            json!({"administrative_sex": {"1": "M", "2": {"1": "x", "2": "y"}}}),
        ),
        ("PID|||||||1980", json!({"date_time_of_birth": "1980"})),
        (
            "PID|||||||1980^Y",
            json!({"date_time_of_birth": {"1": "1980", "2": "Y"}}),
        ),
        (
            "PID|||||Roe&van^^^^^^^^^^^^^^^^x",
            json!({"patient_name": [
                {"family_name": {"surname": "Roe", "own_surname_prefix": "van"}, "17": "x"},
            ]}),
        ),
    ]);
}

#[test]
fn a_field_has_the_type_that_another_states() {
    check_both_ways(&[
        (
            "OBX||CE|||a^b~c",
            json!({"value_type": "CE", "observation_value": [
                {"identifier": "a", "text": "b"}, {"identifier": "c"},
            ]}),
        ),
        (
            "MFE||||a^b|CE",
            json!({
                "primary_key_value": [{"identifier": "a", "text": "b"}],
                "primary_key_value_type": ["CE"],
            }),
        ),
        (
            "OBX||NM|||7",
            json!({"value_type": "NM", "observation_value": ["7"]}),
        ),
        (
            "OBX|||||7^8",
            json!({"observation_value": [{"1": "7", "2": "8"}]}),
        ),
    ]);
}

#[test]
fn what_has_no_name_has_a_number() {
    check_both_ways(&[
        (
            "ZPI|a|b^c&d|e~f",
            json!({"1": "a", "2": {"1": "b", "2": {"1": "c", "2": "d"}}, "3": ["e", "f"]}),
        ),
        (
            "FHS|^~\\&|a",
            json!({
                "file_field_separator": "|",
                "file_encoding_characters": "^~\\&",
                "file_sending_application": {"namespace_id": "a"},
            }),
        ),
        ("|a", json!({"1": "a"})),
        ("free text", json!({})),
    ]);
}

/// Compares a segment after the header of a message of 2.5.1 with its JSON, and back.
fn check_both_ways(cases: &[(&str, Value)]) {
    for (line, fields) in cases {
        let mut segment = fields.clone();
        segment["segment"] = json!(line.split('|').next().unwrap());
        let bytes = format!("MSH|^~\\&||||||||||2.5.1\r{line}\r");
        let json = to_json(bytes.as_bytes());
        assert_eq!(json["segments"][1], segment);
        assert_eq!(from_json(json), bytes.as_bytes());
    }
}

#[test]
fn other_bytes_say_the_same() {
    let cases = [
        (
            "NTE|||\\ \\X41\\^^",
            json!({"comment": ["\\ A"]}),
            "NTE|||\\E\\ A",
        ),
        (
            "NTE|||\\X2222\\||",
            json!({"comment": ["\"\""]}),
            "NTE|||\\X22\\\"",
        ),
        (
            "NTE|||\\E\\H\\E\\",
            json!({"comment": [{"bytes": "5c455c485c455c"}]}),
            "NTE|||\\E\\H\\E\\",
        ),
        (
            "NTE|||\\E\\F\\E\\",
            json!({"comment": ["\\F\\"]}),
            "NTE|||\\E\\F\\E\\",
        ),
        ("NTE|||\\XFF\\", json!({"comment": ["ÿ"]}), "NTE|||ÿ"),
        ("PID||^&|~", json!({}), "PID"),
        ("|~|", json!({}), "|"),
    ];
    for (line, mut expected, written) in cases {
        let name = line.split('|').next().unwrap();
        let json = to_json(format!("\n\nMSH|^~\\&||||||||||2.5.1\n{line}").as_bytes());
        expected["segment"] = json!(name);
        assert_eq!(json["segments"][1], expected);
        let written = format!("MSH|^~\\&||||||||||2.5.1\r{written}\r");
        assert_eq!(String::from_utf8(from_json(json)).unwrap(), written);
    }
}

#[test]
fn text_is_in_the_character_set_of_the_message() {
    let header = |charset| format!("MSH|^~\\&||||||||||2.5.1||||||{charset}\rNTE|||");
    let cases: [(&str, &[u8], Value, &[u8]); 6] = [
        ("8859/1", b"J\xFCrg", json!("Jürg"), b"J\xFCrg"),
        (
            "UNICODE UTF-8",
            "Jürg".as_bytes(),
            json!("Jürg"),
            "Jürg".as_bytes(),
        ),
        (
            "UNICODE UTF-8",
            b"J\xFCrg",
            json!({"bytes": "4afc7267"}),
            b"J\xFCrg",
        ),
        ("", b"J\xFCrg", json!("Jürg"), "Jürg".as_bytes()),
        ("", b"J\x81rg", json!({"bytes": "4a817267"}), b"J\x81rg"),
        ("unknown", b"J\xFCrg", json!("Jürg"), "Jürg".as_bytes()),
    ];
    for (charset, raw, text, written) in cases {
        let json = to_json(&[header(charset).as_bytes(), raw].concat());
        assert_eq!(json["segments"][1]["comment"][0], text);
        let first = header(charset).replace("||||||\r", "\r").into_bytes();
        assert_eq!(from_json(json), [&first, written, b"\r"].concat());
    }
}

#[test]
fn names_are_those_of_the_version() {
    let sex = |key: &str, value| json!({"segment": "PID", key: value});
    for (version, named, segment) in [
        ("2.3", "2.3", sex("sex", json!("F"))),
        ("2.5.1", "2.5.1", sex("administrative_sex", json!("F"))),
        (
            "2.99",
            "2.99",
            sex("administrative_sex", json!({"identifier": "F"})),
        ),
        ("", "2.5.1", sex("administrative_sex", json!("F"))),
        ("two", "2.5.1", sex("administrative_sex", json!("F"))),
    ] {
        let json = to_json(format!("MSH|^~\\&||||||||||{version}\rPID||||||||F").as_bytes());
        assert_eq!(
            (&json["version"], &json["segments"][1]),
            (&json!(named), &segment)
        );
    }
}

#[test]
fn people_may_write_less() {
    let json = json!({"version": "2.5.1", "segments": [
        {"segment": "MSH", "version_id": "2.5.1", "encoding_characters": "^~*&"},
        {"segment": "PID", "patient_name": "Roe*", "3": {"5": "MR", "id_number": "1"}, "8": ["F"]},
    ]});
    assert_eq!(
        from_json(json),
        b"MSH|^~*&||||||||||2.5.1\rPID|||1^^^^MR||Roe*E*|||F\r"
    );
    let json = json!({"version": "2.5.1", "segments": [
        {"segment": "MSH", "field_separator": "#", "sending_application": "a#b"},
    ]});
    assert_eq!(from_json(json), b"MSH#^~\\&#a\\F\\b\r");
}

#[test]
fn numbers_make_no_great_message_of_a_small_text() {
    let far = json!({"65535": {"65535": {"65535": "x"}}});
    let written = from_json(segment(&json!({"segment": "ZZZ", "65535": far["65535"]})));
    assert_eq!(
        written.len(),
        "MSH|^~\\&\rZZZx\r".len() + 65535 + 65534 + 65534
    );
    let line = json!({"segment": "ZZZ", "65535": {"65535": "x"}});
    let mut message = segment(&line);
    message["segments"]
        .as_array_mut()
        .unwrap()
        .extend(vec![line; 200]);
    let error = read(&message.to_string()).unwrap_err().to_string();
    let expected = "more than 16777216 places are left out before those that are here";
    assert!(error.ends_with(expected), "{error}");
}

#[test]
fn a_slip_is_told_with_its_place() {
    check_slips("friendly_slips", read);
}

#[test]
fn errors_tell_nothing() {
    let message = json!({"version": "2.5.1", "segments": [
        {"segment": "MSH", "encoding_characters": "^~\\&", "message_type": {"message_code": "ADT"}},
        {"segment": "PID", "3": [{"bytes": "ff"}, null], "patient_name": {"1": {"surname": "a"}}},
    ]});
    check_errors_tell_nothing(&message, read);
}

/// Every name has a key of its own, which is none of those that mean something else.
#[test]
fn keys_are_unambiguous() {
    for minor in 3..=8 {
        let dictionary = Dictionary::of(Version::new(minor, 1));
        let segments = dictionary.segments().map(|segment| {
            let fields = segment.fields().map(|field| field.name().to_owned());
            (segment.id(), fields.collect::<Vec<_>>())
        });
        let types = dictionary.data_types().map(|data_type| {
            let components = data_type.components().map(|part| part.name().to_owned());
            (data_type.id(), components.collect())
        });
        for (id, names) in segments.chain(types) {
            let mut keys: Vec<String> = names.iter().map(|name| key(name)).collect();
            assert!(
                keys.iter()
                    .all(|key| !["segment", "bytes", ""].contains(&&**key)),
                "{id}"
            );
            assert!(keys.iter().all(|key| key.parse::<u64>().is_err()), "{id}");
            keys.sort();
            keys.dedup();
            assert_eq!(keys.len(), names.len(), "{id} of 2.{minor}");
        }
    }
}

fn key(name: &str) -> String {
    let name = name.to_lowercase().replace('\'', "");
    let words = name.split(|sign: char| !sign.is_ascii_alphanumeric());
    words
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("_")
}
