//! `cistern show`.

use std::path::Path;

use testkit::{golden, testdata};

use crate::prompt::Prompt;

#[test]
fn show_renders_a_file_leaf_by_leaf() {
    let file = testdata::path("messages/003_adt_a28_pena_new.hl7");
    let shown = Prompt::new().good(&["show", file.to_str().unwrap()]);
    golden::check(Path::new("tests/toolbox/show.txt"), shown);
}

#[test]
fn show_renders_a_held_message_with_its_findings() {
    let prompt = Prompt::after_demo();
    let shown = prompt.good(&["show", "50"]);
    let (head, message) = shown.split_once("\n\n").unwrap();
    let lines: Vec<&str> = head.lines().skip(1).collect();
    assert_eq!(
        lines,
        [
            "state held: unmapped_code",
            "read as UNICODE UTF-8, by a guess, for MSH-18 is empty",
            "hold unmapped_code OBX-3: code VITDX (L) \"VITAMIN D,25-OH,TOTAL\" from QUEST is \
             not in table test"
        ]
    );
    assert!(message.starts_with("  MSH-1.1     |\n"), "{message}");
    assert_eq!(
        prompt.bad(&["show", "4711"]),
        "cistern: 4711 is no file, and the tank holds no message 4711\n"
    );
}

#[test]
fn show_gives_the_terminal_nothing_to_obey() {
    let prompt = Prompt::after_results(&["\u{1b}[2JX^One\\X0A\\two^L"]);
    let shown = prompt.good(&["show", "2"]);
    let obeyed = shown.replace('\n', "").find(char::is_control);
    assert_eq!(obeyed, None);
    let sentence = "hold unmapped_code OBX-3: code \\u{1b}[2JX (L) \"One\\ntwo\" from QUARRY LABS";
    assert!(
        shown.lines().any(|line| line.starts_with(sentence)),
        "{shown}"
    );
    let leaves = ["  OBX-3.1   \\u{1b}[2JX", "  OBX-3.2   One\\ntwo"];
    for leaf in leaves {
        assert!(shown.lines().any(|line| line == leaf), "{shown}");
    }
}

/// A batch with everything that can be wrong, and two messages captured from a wire.
const WEEKLY: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/toolbox/files/weekly.hl7"
);
const CAPTURE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/toolbox/files/capture.hl7"
);

#[test]
fn show_shows_a_file_to_the_last_line() {
    let prompt = Prompt::new();
    let lost = format!("cistern: {WEEKLY}: byte 278: MSH-2 declares fewer than two delimiters\n");
    for (arguments, golden) in [
        (&["show", WEEKLY][..], "weekly.txt"),
        (&["show", "--leaves", WEEKLY], "weekly.tsv"),
    ] {
        let output = prompt.run(arguments);
        golden::check(Path::new("tests/toolbox/files").join(golden), output.stdout);
        assert_eq!(String::from_utf8(output.stderr).unwrap(), lost);
        assert_eq!(output.status.code(), Some(1));
    }
}

#[test]
fn show_takes_messages_out_of_their_frames() {
    let prompt = Prompt::new();
    let shown = prompt.good(&["show", CAPTURE]);
    golden::check(Path::new("tests/toolbox/files/capture.txt"), shown);
}

#[test]
fn show_names_each_of_several_files_and_goes_on_after_one_that_is_not_there() {
    let prompt = Prompt::new();
    prompt.write("a.hl7", "MSH|^~\\&|A\r");
    prompt.write("b.hl7", "MSH|^~\\&|B\r");
    let output = prompt.run(&["show", "a.hl7", "none.hl7", "b.hl7"]);
    let table = |sender: &str| format!("  MSH-1.1  |\n  MSH-2.1  ^~\\&\n  MSH-3.1  {sender}\n\n");
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        format!("a.hl7\n{}b.hl7\n{}", table("A"), table("B"))
    );
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "cistern: none.hl7: No such file or directory (os error 2)\n"
    );
    assert_eq!(output.status.code(), Some(1));
    let leaves = |sender: &str| {
        let row = |field, text| format!("MSH\t1\t{field}\t1\t1\t1\t{text}\n");
        [row(1, "|"), row(2, "^~\\&"), row(3, sender)].concat()
    };
    assert_eq!(
        prompt.good(&["show", "--leaves", "a.hl7", "b.hl7"]),
        format!("# a.hl7\n{}# b.hl7\n{}", leaves("A"), leaves("B"))
    );
    assert_eq!(prompt.shell("cistern show --leaves - <a.hl7"), leaves("A"));
}

#[test]
fn show_prints_the_leaves_of_a_stored_message() {
    let prompt = Prompt::after_demo();
    let file = testdata::path("messages/001_adt_a28_okafor_new.hl7");
    assert_eq!(
        prompt.good(&["show", "--leaves", "1"]),
        prompt.good(&["show", "--leaves", file.to_str().unwrap()])
    );
}

#[test]
fn show_says_what_leaves_are_called() {
    let file = testdata::path("messages/003_adt_a28_pena_new.hl7");
    let shown = Prompt::new().good(&["show", "--names", file.to_str().unwrap()]);
    golden::check(Path::new("tests/toolbox/files/names.txt"), shown);
}

#[test]
fn show_prints_a_line_of_json_for_each_message() {
    let prompt = Prompt::new();
    for (arguments, golden) in [
        (&["show", "--json", CAPTURE][..], "capture.json"),
        (&["show", "--json=friendly", CAPTURE], "friendly.json"),
    ] {
        let shown = prompt.good(arguments);
        golden::check(Path::new("tests/toolbox/files").join(golden), &shown);
        for (line, message) in shown.lines().zip(1..) {
            serde_json::from_str::<serde_json::Value>(line)
                .unwrap_or_else(|error| panic!("message {message}: {error}"));
        }
        assert_eq!(shown.lines().count(), 2);
    }
    let output = prompt.run(&["show", "--json", WEEKLY]);
    assert_eq!(String::from_utf8(output.stdout).unwrap().lines().count(), 2);
    assert_eq!(output.status.code(), Some(1));
    let expected = [
        "byte 3: lines that belong to no message: left out of the JSON",
        "byte 28: a line of a batch envelope: left out of the JSON",
        "byte 54: a line of a batch envelope: left out of the JSON",
        "byte 278: MSH-2 declares fewer than two delimiters",
        "byte 350: a line of a batch envelope: left out of the JSON",
        "byte 356: a line of a batch envelope: left out of the JSON",
    ];
    let expected = expected.map(|what| format!("cistern: {WEEKLY}: {what}\n"));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), expected.concat());
    prompt.write("batch.hl7", "BHS|^~\\&|LAB\rMSH|^~\\&|LAB\rBTS|1\r");
    assert!(
        prompt
            .run(&["show", "--json", "batch.hl7"])
            .status
            .success()
    );
    prompt.write("none.txt", "no message\n");
    assert_eq!(
        prompt.bad(&["show", "--json", "none.txt"]),
        "cistern: none.txt: no message is in it: none of its lines begins with MSH\n"
    );
}

#[test]
fn looking_makes_no_database() {
    let prompt = Prompt::new();
    assert_eq!(
        prompt.bad(&["show", "99"]),
        "cistern: 99 is no file, nor a message: open the database: its file is not there\n"
    );
    let cases: [&[&str]; 4] = [
        &["list"],
        &["list", "work", "--json"],
        &["retry", "--all"],
        &["map", "test", "C", "L", "*", "--skip"],
    ];
    for arguments in cases {
        assert_eq!(
            prompt.bad(arguments),
            "cistern: open the database: its file is not there\n"
        );
    }
    assert_eq!(prompt.files(), [""; 0]);
}
