//! `cistern hold`.

use crate::prompt::Prompt;

fn message(id: &str, name: &str) -> String {
    format!(
        "MSH|^~\\&|EHR|HARBOR|CISTERN|CLINIC|20260302101500-0500||ADT^A28|{id}|P|2.5.1\r\n\
         PID|1||1001^^^HARBOR^MR||Okonkwo^{name}||19700101|F\r\n"
    )
}

#[test]
fn hold_keeps_a_file_once() {
    let prompt = Prompt::new();
    let file = [message("1", "Ada"), message("2", "Ada")].concat();
    prompt.write("two.hl7", &file);
    assert_eq!(prompt.good(&["hold", "two.hl7"]), "two.hl7: 2 received\n");
    prompt.write("more.hl7", file + &message("1", "Bea"));
    assert_eq!(
        prompt.good(&["hold", "more.hl7", "two.hl7"]),
        "more.hl7: 1 received, 2 repeated, 1 altered\ntwo.hl7: 0 received, 2 repeated\n"
    );
    let listed = prompt.good(&["list"]);
    let from_file = listed.lines().filter(|line| line.contains("ADT^A28"));
    assert_eq!(from_file.count(), 3, "{listed}");
}

#[test]
fn hold_says_what_will_not_be_imported() {
    let prompt = Prompt::new();
    prompt.write(
        "cistern.toml",
        "[[feed]]\nname = \"a\"\naddress = \"h:1\"\n\
         senders = [{ facility = \"HARBOR\", from = [\"10.0.0.0/8\"] }]\n\
         [[feed]]\nname = \"b\"\naddress = \"h:2\"\n",
    );
    let stranger = message("3", "Ada").replace("HARBOR|CISTERN", "OTHER|CISTERN");
    let parts = [
        "a line\r\n".to_owned(),
        message("1", "Ada"),
        stranger,
        message("", "Ada"),
        "MSH|\r\n".to_owned(),
    ];
    prompt.write("odd.hl7", parts.concat());
    assert_eq!(
        prompt.bad(&["hold", "odd.hl7"]),
        "cistern: there are several feeds: say --feed\n"
    );
    let output = prompt.run(&["hold", "--feed", "a", "odd.hl7"]);
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "odd.hl7: 1 received, 1 held, 1 refused, 2 broken\n"
    );
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "cistern: odd.hl7: line 1 (byte 0): lines that belong to no message\n\
         cistern: odd.hl7: line 4 (byte 133): this sender (MSH-3, MSH-4) is not known here\n\
         cistern: odd.hl7: line 6 (byte 257): MSH-10 is empty: give each message a control id of its \
         own\n\
         cistern: odd.hl7: line 8 (byte 381): byte 4: MSH-2 declares fewer than two delimiters\n\
         cistern: odd.hl7: cistern list --state held shows what waits, cistern retry lets it go on\n"
    );
    assert_eq!(output.status.code(), Some(1));

    // What waits since the first time is told of again, until somebody has let it go on.
    let again = |prompt: &Prompt| {
        let output = prompt.run(&["hold", "--feed", "a", "odd.hl7"]);
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stdout).unwrap()
    };
    let counts = "odd.hl7: 0 received, 5 repeated, 1 still held, 3 still refused\n";
    assert_eq!(again(&prompt), counts);
    prompt.good(&["retry", "--all"]);
    let counts = "odd.hl7: 0 received, 5 repeated, 3 still refused\n";
    assert_eq!(again(&prompt), counts);
}

#[test]
fn hold_needs_no_key_and_takes_rows() {
    let prompt = Prompt::new();
    prompt.write(
        "cistern.toml",
        "[[feed]]\nname = \"lab\"\naddress = \"h:1\"\n\
         tls = { certificate = \"none.pem\", key = \"none.key\" }\n\
         cwlab_columns = [\"MSH-3\", \"PID-3.1\", \"OBX-3.1\", \"\", \"OBX-5\"]\n",
    );
    let rows = "LAB\t1001\t718-7\tpassed over\t5\nLAB\t1002\t718-7\n";
    prompt.write("rows.cwlab", rows);
    prompt.write("rows.txt", rows);
    let output = prompt.run(&["hold", "rows.cwlab"]);
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "rows.cwlab: 1 received, 1 broken; rows read as UNICODE UTF-8\n"
    );
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "cistern: rows.cwlab: line 2 (byte 29): a row of 5 columns was expected, with tabs between \
         them, but this has 3\n"
    );
    let output = prompt.run(&["hold", "--cwlab", "rows.txt"]);
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "rows.txt: 0 received, 2 repeated, 1 still refused; rows read as UNICODE UTF-8\n"
    );
}

#[test]
fn hold_reads_a_long_file_part_by_part() {
    let prompt = Prompt::new();
    let note = "x".repeat(3_000_000);
    let long = |id: &str| format!("{}NTE|1||{note}\r\n", message(id, "Ada"));
    let nameless = message("", "Ada");
    let last = message("7", "Ada");
    let file: String = ["1", "2", "3"].map(long).concat() + &nameless;
    prompt.write(
        "long.hl7",
        format!("{file}{nameless}BHS|^~\\&\r\n{last}BTS|1\r\n"),
    );
    let run = || {
        let output = prompt.run(&["hold", "long.hl7"]);
        let text = [output.stdout, output.stderr].concat();
        String::from_utf8(text).unwrap()
    };
    let line = 3 * 3 + 1;
    let byte = file.len() - nameless.len();
    let expected = format!(
        "long.hl7: 4 received, 2 held\n\
         cistern: long.hl7: line {line} (byte {byte}): MSH-10 is empty: give each message a control \
         id of its own\n"
    );
    let said = run();
    assert!(said.starts_with(&expected), "{said}");
    assert!(run().starts_with("long.hl7: 0 received, 6 repeated, 2 still held\n"));
}

#[test]
fn hold_opens_frames_and_passes_blank_lines_over() {
    let prompt = Prompt::new();
    let [one, two] = ["1", "2"].map(|id| message(id, "Ada"));
    prompt.write("capture.bin", format!("\x0B{one}\x1C\r\x0B{two}\x1C\r"));
    assert_eq!(
        prompt.good(&["hold", "capture.bin"]),
        "capture.bin: 2 received\n"
    );
    prompt.write("blank.hl7", format!("\n{one}\r\n\r\n{two}\n"));
    assert_eq!(
        prompt.good(&["hold", "blank.hl7"]),
        "blank.hl7: 0 received, 2 repeated\n"
    );
    let many = message("", "Ada").repeat(22);
    prompt.write("many.hl7", many);
    let output = prompt.run(&["hold", "many.hl7"]);
    let said = String::from_utf8(output.stderr).unwrap();
    let last: Vec<&str> = said.lines().skip(20).collect();
    assert_eq!(
        last,
        [
            "cistern: many.hl7: and 2 more",
            "cistern: many.hl7: cistern list --state held shows what waits, cistern retry lets it \
             go on"
        ]
    );
}

#[test]
fn hold_holds_a_batch_that_is_short() {
    let prompt = Prompt::new();
    let batch = format!("BHS|^~\\&|EHR\r\n{}BTS|2\r\n", message("1", "Ada"));
    prompt.write("short.hl7", &batch);
    let output = prompt.run(&["hold", "short.hl7"]);
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "short.hl7: 0 received, 1 held\n"
    );
    assert_eq!(output.status.code(), Some(1));
    prompt.write(
        "whole.hl7",
        batch.replace("BTS|2", "BTS|1").replace("|1|P", "|9|P"),
    );
    assert_eq!(
        prompt.good(&["hold", "whole.hl7"]),
        "whole.hl7: 1 received\n"
    );
    assert_eq!(
        prompt.bad(&["hold", "none.hl7"]),
        "cistern: none.hl7: No such file or directory (os error 2)\n"
    );
}
