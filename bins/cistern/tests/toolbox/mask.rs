//! `cistern mask`.

use std::fs;
use std::path::Path;

use testkit::golden;

use crate::prompt::Prompt;

const MASKABLE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/toolbox/files/maskable.hl7"
);

#[test]
fn mask_replaces_what_names_a_person_and_nothing_else() {
    let prompt = Prompt::new();
    prompt.write("key", "a key that is known");
    let output = prompt.run(&["mask", "--key", "key", MASKABLE]);
    golden::check(Path::new("tests/toolbox/files/masked.hl7"), &output.stdout);
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        format!("cistern: {MASKABLE}: byte 1541: MSH-2 declares fewer than two delimiters\n")
    );
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(output.stdout.len(), fs::read(MASKABLE).unwrap().len());
}

#[test]
fn mask_writes_each_file_to_a_folder() {
    let prompt = Prompt::new();
    let text = "MSH|^~\\&|EHR|HARBOR\rPID|1||4711||Okonkwo^Ada\r";
    prompt.write("a.hl7", text);
    prompt.write("b.hl7", &text.replace("EHR", "LAB"));
    let two = ["mask", "a.hl7", "none.hl7", "b.hl7", "-o", "out"];
    let output = prompt.run(&two);
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "cistern: none.hl7: No such file or directory (os error 2)\n"
    );
    assert_eq!(output.status.code(), Some(1));
    let masked = |name: &str| prompt.read(name).split_once("HARBOR").is_some();
    assert!(!masked("out/a.hl7"));
    let patient = |name: &str| prompt.read(name).split_once("\rPID").unwrap().1.to_owned();
    assert_eq!(
        patient("out/a.hl7"),
        patient("out/b.hl7"),
        "equal values in one run"
    );
    let before = patient("out/a.hl7");
    prompt.good(&["mask", "a.hl7", "-o", "out"]);
    assert_ne!(patient("out/a.hl7"), before, "another run has another key");
    assert_eq!(prompt.read("a.hl7"), text);
}

#[test]
fn mask_takes_no_file_for_another() {
    let prompt = Prompt::new();
    prompt.write("a.hl7", "MSH|^~\\&|EHR\r");
    prompt.write("x/a.hl7", "MSH|^~\\&|LAB\r");
    let cases: [(&[&str], &str); 4] = [
        (
            &["a.hl7", "-o", "."],
            "cistern: ./a.hl7: would be lost; name another folder\n",
        ),
        (
            &["a.hl7", "x/a.hl7", "-o", "out"],
            "cistern: out/a.hl7: would be lost; name another folder\n",
        ),
        (
            &["a.hl7", "x/a.hl7"],
            "cistern: several files go to a folder: name it with --output\n",
        ),
        (
            &["a.hl7", "--key", "none"],
            "cistern: none: No such file or directory (os error 2)\n",
        ),
    ];
    for (arguments, complaint) in cases {
        assert_eq!(prompt.bad(&[&["mask"], arguments].concat()), complaint);
    }
    assert_eq!(prompt.read("a.hl7"), "MSH|^~\\&|EHR\r");
}
