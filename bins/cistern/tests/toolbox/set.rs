//! `cistern set`.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::prompt::Prompt;

/// Frames, an envelope, mixed line breaks and blank lines, which all stay.
const FILE: &str =
    "\x0BFHS|^~\\&\n\nMSH|^~\\&|A\rPID|1||7^^^X\r\n\x1C\r\x0BMSH|^~\\&|B\nPID|2\n\x1C\r\n";

#[test]
fn set_changes_each_message_and_nothing_else() {
    let prompt = Prompt::new();
    prompt.write("file.hl7", FILE);
    let cases: [(&[&str], [&str; 2]); 5] = [
        (&["PID-3.1", "a|b"], ["a\\F\\b^^^X\r\n", "2||a\\F\\b\n"]),
        (&["PID-3", "8^^^Y", "--raw"], ["8^^^Y\r\n", "2||8^^^Y\n"]),
        (&["PID-3", "--null"], ["\"\"\r\n", "2||\"\"\n"]),
        (&["PID-3.1", "--clear"], ["^^^X\r\n", "2\n"]),
        (&["PID-3[2].1", "9"], ["7^^^X~9\r\n", "2||~9\n"]),
    ];
    for (arguments, [first, second]) in cases {
        let arguments = [&["set"], arguments, &["file.hl7"]].concat();
        let expected = FILE
            .replace("7^^^X\r\n", first)
            .replace("PID|2\n", &format!("PID|{second}"));
        assert_eq!(prompt.good(&arguments), expected, "{arguments:?}");
    }
    assert_eq!(prompt.read("file.hl7"), FILE);
}

#[test]
fn set_writes_to_a_file_or_the_file_itself() {
    let prompt = Prompt::new();
    prompt.write("file.hl7", FILE);
    let changed = FILE.replace("|A\r", "|C\r").replace("|B\n", "|C\n");
    assert_eq!(
        prompt.good(&["set", "MSH-3", "C", "file.hl7", "-o", "other.hl7"]),
        ""
    );
    assert_eq!(prompt.read("other.hl7"), changed);
    let path = prompt.folder.path().join("file.hl7");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(
        prompt.good(&["set", "MSH-3", "C", "file.hl7", "--in-place"]),
        ""
    );
    assert_eq!(prompt.read("file.hl7"), changed);
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o640
    );
    assert_eq!(prompt.files(), ["file.hl7", "other.hl7"]);
    assert_eq!(prompt.shell("cistern set MSH-3 C - <other.hl7"), changed);
}

#[test]
fn set_changes_all_messages_or_none() {
    let prompt = Prompt::new();
    let text = "MSH|^~\\&|A\rPV1|1\rMSH|^~\\&|B\rPID|1\r";
    prompt.write("file.hl7", text);
    prompt.write("none.hl7", "nothing here\n");
    prompt.write("half.hl7", "MSH|^~\\&|A\rPV1|1\rMSH|^\r");
    let big5 = b"MSH|^~\\&|EHR|||||||||2.5||||||BIG-5\rPID|||||\xB4\x7C^Ann|F";
    prompt.write("big5.hl7", big5);
    let cases = [
        (
            ["PID-6", "X", "big5.hl7"],
            "cistern: big5.hl7: message 1 (byte 0): characters of BIG-5 may hold the bytes of \
             delimiters: change the message in UTF-8, as Message::to_utf8 gives it\n",
        ),
        (
            ["PV1-2", "I", "file.hl7"],
            "cistern: file.hl7: message 2 (byte 17): the message has no such segment\n",
        ),
        (
            ["PV1-2", "Ñ", "file.hl7"],
            "cistern: file.hl7: message 1 (byte 0): the character at byte 0 of the text is not in \
             the set unstated (UTF-8, else Windows-1252): name the set first, as in cistern set \
             MSH-18 \"UNICODE UTF-8\", or give its bytes with --raw\n",
        ),
        (
            ["PV1-2", "I", "none.hl7"],
            "cistern: none.hl7: no message is in it: none of its lines begins with MSH\n",
        ),
        (
            ["PV1-2", "I", "half.hl7"],
            "cistern: half.hl7: byte 22: MSH-2 declares fewer than two delimiters\n",
        ),
        (
            ["PV1-2", "I", "-"],
            "cistern: standard input cannot be changed in place\n",
        ),
    ];
    for ([path, value, file], complaint) in cases {
        assert_eq!(
            prompt.bad(&["set", "--in-place", path, value, file]),
            complaint
        );
    }
    assert_eq!(prompt.read("file.hl7"), text);
    let kept = fs::read(prompt.folder.path().join("big5.hl7")).unwrap();
    assert_eq!(kept, big5);
}

#[test]
fn text_beyond_ascii_asks_for_the_set_that_the_message_has() {
    let prompt = Prompt::new();
    prompt.write("latin.hl7", b"MSH|^~\\&|A\rPID|1||7||Pe\xF1a\r");
    let refused = prompt.bad(&["set", "PID-6", "Ñ", "latin.hl7"]);
    let advice = "name the set first, as in cistern set MSH-18 \"WINDOWS-1252\", or give its bytes \
                  with --raw\n";
    assert!(refused.ends_with(advice), "{refused}");
    prompt.good(&["set", "--in-place", "MSH-18", "WINDOWS-1252", "latin.hl7"]);
    prompt.good(&["set", "--in-place", "PID-6", "Ñ", "latin.hl7"]);
    assert_eq!(prompt.good(&["get", "PID-6", "latin.hl7"]), "Ñ\n");
}

#[test]
fn raw_bytes_need_not_be_utf_8() {
    let prompt = Prompt::new();
    prompt.write("a.hl7", "MSH|^~\\&|A\rPID|1");
    let set = r"cistern set --raw PID-5 $(printf 'Pe\361a^Ana') a.hl7 -o b.hl7";
    prompt.shell(set);
    let written = fs::read(prompt.folder.path().join("b.hl7")).unwrap();
    assert_eq!(written, b"MSH|^~\\&|A\rPID|1||||Pe\xF1a^Ana");
    let complaint = prompt.shell(&set.replace("--raw ", ""));
    let expected = "cistern: VALUE is no UTF-8: --raw takes bytes as they are\n";
    assert_eq!(complaint, expected);
}
