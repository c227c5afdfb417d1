//! Messages whose characters hold bytes of delimiters.

use serde_json::{Value, json};

use crate::prompt::Prompt;

/// The second byte of 彭 in BIG-5 is that of `^`, that of 功 is that of `\`.
const BIG_5: &[u8] =
    b"MSH|^~\\&|EHR|||||||||2.5||||||BIG-5\rPID|1||7||\xB4\x5E\xA5\x5C^Ann\rNTE|1||\xB4\x5E";

#[test]
fn characters_stay_whole() {
    let prompt = Prompt::new();
    prompt.write("big5.hl7", BIG_5);
    let shown = prompt.good(&["show", "big5.hl7"]);
    let lines: Vec<&str> = shown.lines().collect();
    let expected = [
        "  MSH-1.1   |",
        "  MSH-2.1   ^~\\&",
        "  MSH-3.1   EHR",
        "  MSH-12.1  2.5",
        "  MSH-18.1  BIG-5",
        "  PID-1.1   1",
        "  PID-3.1   7",
        "  PID-5.1   彭功",
        "  PID-5.2   Ann",
        "  NTE-1.1   1",
        "  NTE-3.1   彭",
    ];
    assert_eq!(lines, [&expected[..], &[""]].concat());

    assert_eq!(prompt.good(&["get", "PID-5.2", "big5.hl7"]), "Ann\n");
    assert_eq!(prompt.good(&["get", "PID-5.1", "big5.hl7"]), "彭功\n");
    assert_eq!(prompt.good(&["get", "MSH-18", "big5.hl7"]), "BIG-5\n");
    let raw = prompt.run(&["get", "--raw", "PID-5.1", "big5.hl7"]);
    assert_eq!(raw.stdout, b"\xB4\n");
}

#[test]
fn the_header_is_read_as_the_rest_but_for_what_names_the_set() {
    let prompt = Prompt::new();
    let header = b"MSH|^~\\&|EHR|\xB4\x5E^HIS||||||||2.5||||||BIG-5^x~ASCII||ISO 2022-1994";
    prompt.write("big5.hl7", header);
    let cases = [
        ("MSH-4.1", "彭\n"),
        ("MSH-4.2", "HIS\n"),
        ("MSH-18", "BIG-5^x\n"),
        ("MSH-18[2]", "ASCII\n"),
        ("MSH-20", "ISO 2022-1994\n"),
    ];
    for (path, expected) in cases {
        assert_eq!(prompt.good(&["get", path, "big5.hl7"]), expected, "{path}");
    }
    let shown = prompt.good(&["show", "big5.hl7"]);
    assert!(shown.contains("\n  MSH-4.1      彭\n"), "{shown}");
}

#[test]
fn friendly_json_has_whole_characters_and_tells_of_what_are_none() {
    let prompt = Prompt::new();
    prompt.write("big5.hl7", BIG_5);
    let json = prompt.good(&["show", "--json=friendly", "big5.hl7"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    let expected = json!([
        {
            "segment": "PID",
            "set_id": "1",
            "patient_identifier_list": [{"id_number": "7"}],
            "patient_name": [{"family_name": {"surname": "彭功"}, "given_name": "Ann"}],
        },
        {"segment": "NTE", "set_id": "1", "comment": ["彭"]},
    ]);
    let segments = json.pointer("/segments").unwrap().as_array().unwrap();
    assert_eq!(segments[1..], expected.as_array().unwrap()[..]);

    prompt.write(
        "cut.hl7",
        [BIG_5.strip_suffix(b"\x5E").unwrap(), b"\rMSH|^~\\&|B"].concat(),
    );
    let output = prompt.run(&["show", "--json=friendly", "cut.hl7"]);
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(printed.lines().count(), 1);
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "cistern: cut.hl7: byte 0: byte 62 of the message is no character of BIG-5: left out of \
         the JSON\n"
    );
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn check_message_reads_the_text_as_it_was_meant() {
    let prompt = Prompt::new();
    prompt.write("big5.hl7", BIG_5);
    let remarks = prompt.run(&["check-message", "big5.hl7"]).stdout;
    let remarks = String::from_utf8(remarks).unwrap();
    assert!(!remarks.contains("PID-5"), "{remarks}");
    prompt.write("cut.hl7", BIG_5.strip_suffix(b"\x5E").unwrap());
    let remarks = prompt.run(&["check-message", "cut.hl7"]).stdout;
    let remarks = String::from_utf8(remarks).unwrap();
    let expected =
        "cut.hl7: message 1 (byte 0): error: byte 62 of the message is no character of BIG-5";
    assert!(remarks.lines().any(|line| line == expected), "{remarks}");
}
