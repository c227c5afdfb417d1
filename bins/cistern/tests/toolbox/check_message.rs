//! `cistern check-message`.

use std::path::Path;

use testkit::{golden, testdata};

use crate::prompt::Prompt;

const FAULTY: &str = "tests/toolbox/files/faulty.hl7";
const PROFILE: &str = "tests/toolbox/files/profile.toml";

fn absolute(file: &str) -> String {
    format!("{}/{file}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn check_message_names_message_byte_and_fault() {
    let prompt = Prompt::new();
    let file = absolute(FAULTY);
    let output = prompt.run(&["check-message", "--profile", &absolute(PROFILE), &file]);
    let found = String::from_utf8(output.stdout).unwrap();
    golden::check(
        Path::new("tests/toolbox/files/faulty.txt"),
        found.replace(&file, "faulty.hl7"),
    );
    assert!(
        !found.contains("Okonkwo"),
        "a remark tells nothing of a message"
    );
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn check_message_finds_nothing_where_nothing_is() {
    let prompt = Prompt::new();
    for file in testdata::messages() {
        let file = file.to_str().unwrap();
        let found = prompt.good(&["check-message", file]);
        assert!(!found.contains("error:"), "{found}");
    }
    prompt.write(
        "good.hl7",
        "MSH|^~\\&|LAB|||||||||2.5.1\rMSH|^~\\&|LAB||||||ADT^A08|1|P|2.5.1\n",
    );
    let found = prompt.run(&["check-message", "good.hl7"]).stdout;
    assert_eq!(
        String::from_utf8(found).unwrap(),
        "good.hl7: message 1 (byte 0): error: MSH-9 is required and empty\n\
         good.hl7: message 1 (byte 0): error: MSH-10 is required and empty\n\
         good.hl7: message 1 (byte 0): error: MSH-11 is required and empty\n\
         good.hl7: message 2 (byte 27): note: segments end in LF; the standard has CR\n"
    );
}

#[test]
fn check_message_misses_the_trailers_that_headers_announce() {
    let prompt = Prompt::new();
    let message = "MSH|^~\\&|LAB||||||ADT^A08|1|P|2.5.1\r";
    let file = format!("FHS|^~\\&\rBHS|^~\\&\r{message}{message}BHS|^~\\&\r{message}");
    prompt.write("cut.hl7", &file);
    let output = prompt.run(&["check-message", "cut.hl7"]);
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "cut.hl7: byte 90: error: the batch ends without its trailer BTS; its messages are 2\n\
         cut.hl7: byte 135: error: the batch ends without its trailer BTS; its messages are 1\n\
         cut.hl7: byte 135: error: the file ends without its trailer FTS; its batches are 2\n"
    );
    assert_eq!(output.status.code(), Some(1));
    let shown = prompt.good(&["show", "cut.hl7"]);
    assert_eq!(shown.matches("BHS-1.1").count(), 2, "{shown}");
    prompt.good(&["mask", "cut.hl7"]);
}

#[test]
fn check_message_goes_on_after_a_file_that_is_not_there() {
    let prompt = Prompt::new();
    prompt.write("none.txt", "no message\n");
    let output = prompt.run(&["check-message", "no.hl7", "none.txt"]);
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "none.txt: byte 0: warning: this belongs to no message and no batch\n"
    );
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "cistern: no.hl7: No such file or directory (os error 2)\n\
         cistern: none.txt: no message is in it: none of its lines begins with MSH\n"
    );
    assert_eq!(output.status.code(), Some(1));
    prompt.write("bad.toml", "name = \"x\"\nlenght = 3\n");
    let complaint = prompt.bad(&["check-message", "--profile", "bad.toml", "none.txt"]);
    assert!(complaint.starts_with("cistern: bad.toml: "), "{complaint}");
}

#[test]
fn check_message_says_how_text_is_read_and_which_profile_is_of_no_use() {
    let prompt = Prompt::new();
    prompt.write("orders.toml", "name = \"orders\"\napplies_to = [\"OMP\"]\n");
    let head = "MSH|^~\\&|LAB||||||ADT^A08|1|P|2.5.1";
    let latin = [head.as_bytes(), b"\rPID|1||1||Pe\xF1a\r"].concat();
    prompt.write("latin.hl7", latin);
    prompt.write("utf8.hl7", format!("{head}\rPID|1||1||Peña\r"));
    let check = |arguments: &[&str]| prompt.good(&[&["check-message"], arguments].concat());
    let guess =
        "message 1 (byte 0): note: MSH-18 is empty, and the text is not ASCII: it is taken for";
    assert_eq!(
        check(&["--profile", "orders.toml", "latin.hl7", "utf8.hl7"]),
        format!(
            "latin.hl7: {guess} WINDOWS-1252\n\
             latin.hl7: note: the profile \"orders\" applies to none of the messages\n\
             utf8.hl7: {guess} UNICODE UTF-8\n\
             utf8.hl7: note: the profile \"orders\" applies to none of the messages\n"
        )
    );
    let order = head.replace("ADT^A08", "OMP^O09");
    prompt.write("orders.hl7", format!("{head}\r{order}\r"));
    assert_eq!(check(&["--profile", "orders.toml", "orders.hl7"]), "");
}

#[test]
fn a_set_that_is_only_an_alternate_is_named_by_its_repetition() {
    let prompt = Prompt::new();
    let head = "MSH|^~\\&|LAB||||||ADT^A08|1|P|2.5.1||||||~~BIG-5";
    prompt.write("a.hl7", format!("{head}\rPID|1||1||Peña\r"));
    assert_eq!(
        prompt.good(&["check-message", "a.hl7"]),
        "a.hl7: message 1 (byte 0): note: MSH-18[1] is empty, before MSH-18[3], and the text is \
         not ASCII: it is taken for UNICODE UTF-8\n"
    );
}

#[test]
fn a_file_in_utf_16_is_called_so() {
    let prompt = Prompt::new();
    let wide = |text: &str| {
        text.encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<u8>>()
    };
    prompt.write("marked.hl7", wide("\u{FEFF}MSH|^~\\&|LAB\r"));
    prompt.write("plain.hl7", wide("MSH|^~\\&|LAB\r"));
    for arguments in [
        &["check-message"][..],
        &["show"],
        &["get", "MSH-3"],
        &["mask"],
    ] {
        for file in ["marked.hl7", "plain.hl7"] {
            assert_eq!(
                prompt.bad(&[arguments, &[file]].concat()),
                format!("cistern: {file}: this is UTF-16: write it in UTF-8\n")
            );
        }
    }
}
