//! What the commands for files of messages have in common.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;

use crate::prompt::Prompt;

#[test]
fn a_file_without_a_message_is_an_error() {
    let prompt = Prompt::new();
    let text = "no message\rFHS|^~\\&|LAB\rFTS|0\r";
    prompt.write("none.hl7", text);
    let cases: [&[&str]; 8] = [
        &["show"],
        &["show", "--leaves"],
        &["show", "--json"],
        &["get", "FHS-3"],
        &["get", "PID-3"],
        &["set", "PID-3", "1"],
        &["mask"],
        &["check-message"],
    ];
    for arguments in cases {
        let output = prompt.run(&[arguments, &["none.hl7"]].concat());
        let complaint = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            complaint.lines().last(),
            Some("cistern: none.hl7: no message is in it: none of its lines begins with MSH"),
            "{arguments:?}"
        );
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    }
    assert_eq!(
        prompt
            .bad(&["mask", "none.hl7", "-o", "out"])
            .lines()
            .count(),
        1
    );
    assert!(!prompt.folder.path().join("out/none.hl7").exists());
    assert_eq!(prompt.read("none.hl7"), text);
}

#[test]
fn a_name_that_is_no_utf_8_is_a_name() {
    let prompt = Prompt::new();
    let name = OsStr::from_bytes(b"\xFF.hl7");
    fs::write(prompt.folder.path().join(name), "MSH|^~\\&|A\rPID|1\r").unwrap();
    let leaves = "PID\t1\t1\t1\t1\t1\t1\n";
    let shown = prompt.shell("cistern show --leaves $'\\xff.hl7'");
    assert!(shown.ends_with(leaves), "{shown}");
    let changed = "MSH|^~\\&|A\rPID|2\r";
    assert_eq!(prompt.shell("cistern set PID-1 2 $'\\xff.hl7'"), changed);
    assert_eq!(prompt.shell("cistern get PID-1 $'\\xff.hl7'"), "1\n");
}

/// Nothing of it is needed where the address is given.
#[test]
fn the_configuration_is_read_only_where_it_is_needed() {
    let prompt = Prompt::new();
    prompt.write("cistern.toml", "no configuration");
    prompt.write("one.hl7", "MSH|^~\\&|A\r");
    for arguments in [&["send", "one.hl7"][..], &["simulate"]] {
        let refused = prompt.bad(&[arguments, &["--to=127.0.0.1:1"]].concat());
        assert!(refused.contains("Connection refused"), "{refused}");
        let unread = prompt.bad(arguments);
        assert!(unread.contains("cistern.toml"), "{unread}");
    }
}
