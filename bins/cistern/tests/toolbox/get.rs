//! `cistern get`.

use crate::prompt::Prompt;

const TWO: &str = "MSH|^~\\&|EHR|A\rPID|1||1^^^HARBOR^MR~2^^^CITY^PI||Roe\\T\\Co^Ann||\"\"\rOBX|1||||x\r\
    OBX|2||||\x1b[2Jy\r\nMSH|^~\\&|EHR\rPID|1||3\rOBX|1||||z\r";

#[test]
fn get_prints_a_line_for_each_value() {
    let prompt = Prompt::new();
    prompt.write("two.hl7", TWO);
    prompt.write(
        "framed.hl7",
        "\x0BFHS|^~\\&|LAB\rMSH|^~\\&|\rPID|1||4\x1C\r",
    );
    let cases: [(&[&str], &str); 10] = [
        (&["PID-3", "two.hl7"], "1^^^HARBOR^MR\n3\n"),
        (&["PID-3[*].1", "two.hl7"], "1\n2\n3\n"),
        (&["PID-3[5=PI].1", "two.hl7"], "2\n"),
        (&["PID-5.1", "two.hl7"], "Roe&Co\n"),
        (&["PID-5.1", "--raw", "two.hl7"], "Roe\\T\\Co\n"),
        (&["PID-5", "two.hl7"], "Roe\\T\\Co^Ann\n"),
        (&["PID-7", "two.hl7"], "\"\"\n"),
        (&["OBX[2]-5", "two.hl7"], "\\u{1b}[2Jy\n"),
        (
            &["OBX-5", "--all", "--raw", "two.hl7"],
            "x\n\u{1b}[2Jy\nz\n",
        ),
        (
            &["PID-3.1", "two.hl7", "framed.hl7"],
            "two.hl7:1\ntwo.hl7:3\nframed.hl7:4\n",
        ),
    ];
    for (arguments, expected) in cases {
        let printed = prompt.good(&[&["get"], arguments].concat());
        assert_eq!(printed, expected, "{arguments:?}");
    }
    assert_eq!(prompt.good(&["get", "FHS-3", "framed.hl7"]), "LAB\n");
}

#[test]
fn get_fails_like_grep() {
    let prompt = Prompt::new();
    prompt.write("two.hl7", TWO);
    assert_eq!(prompt.bad(&["get", "PV1-7", "two.hl7"]), "");
    let output = prompt.run(&["get", "MSH-4", "none.hl7", "two.hl7"]);
    let [printed, said] = [output.stdout, output.stderr].map(String::from_utf8);
    assert_eq!(printed.unwrap(), "two.hl7:A\n");
    let missing = "cistern: none.hl7: No such file or directory (os error 2)\n";
    assert_eq!(said.unwrap(), missing);
    assert_eq!(output.status.code(), Some(1));
    let output = prompt.run(&["get", "PID.5", "two.hl7"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        said.lines().next(),
        Some(
            "error: invalid value 'PID.5' for '<PATH>': column 4: a hyphen and a field number \
             follow the segment, as in PID-3 or OBX[2]-5"
        )
    );
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn get_says_which_message_cannot_be_decoded() {
    let prompt = Prompt::new();
    let text = "MSH|^~\\&|A\rPID|1||1\rMSH|^~\\&|B|||||||||||||||ASCII\rPID|1||Ñ\r";
    prompt.write("a.hl7", text);
    let output = prompt.run(&["get", "PID-3", "a.hl7"]);
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "1\n");
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "cistern: a.hl7: message at byte 20: PID-3: byte 0 of the value is no character of ASCII; \
         --raw prints it as it is\n"
    );
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(prompt.good(&["get", "PID-3", "--raw", "a.hl7"]), "1\nÑ\n");
}
