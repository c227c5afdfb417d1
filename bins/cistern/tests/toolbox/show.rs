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
