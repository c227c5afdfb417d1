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
            "hold unmapped_code OBX-3: code VITDX (L) \"VITAMIN D,25-OH,TOTAL\" from QUEST is \
             not in table test"
        ]
    );
    assert!(message.starts_with("  MSH-1.1     |\n"), "{message}");
    assert_eq!(
        prompt.bad(&["show", "4711"]),
        "cistern: the tank holds no message 4711\n"
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
