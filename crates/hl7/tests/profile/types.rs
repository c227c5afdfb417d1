//! Which values are of which type.

use crate::{found, line};
use cistern_hl7::{Message, Profile};

/// Those of the values that are of the type.
fn fitting<'v>(data_type: &str, values: &[&'v str]) -> Vec<&'v str> {
    let rules = format!("[fields.ZZZ-1]\ntype = \"{data_type}\"");
    let fits = |value: &&&str| match &found(&rules, &format!("ZZZ|{value}"))[..] {
        [] => true,
        [finding]
            if finding.starts_with(&format!("102 Error ZZZ^1^1^1: ZZZ-1 is no {data_type}: ")) =>
        {
            false
        }
        other => panic!("{other:?}"),
    };
    values.iter().filter(fits).copied().collect()
}

#[test]
fn primitive_types() {
    let values: Vec<&str> = "12 +1.5 -.5 1. 1e3 0x1 F é a\\T\\b a^b a&b 2024 20240230 20240229 \
        202402291200 20240229-0500 2024022912-0500^D 1200 2400 120059.1234+0100 12000 +0100"
        .split(' ')
        .collect();
    let text = "12 +1.5 -.5 1. 1e3 0x1 F é a\\T\\b 2024 20240230 20240229 \
        202402291200 20240229-0500 1200 2400 120059.1234+0100 12000 +0100";
    let code = text.replace("a\\T\\b ", "");
    let cases = [
        ("ST", text),
        ("TX", text),
        ("FT", text),
        ("ID", &code),
        ("IS", &code),
        (
            "NM",
            "12 +1.5 -.5 1. 2024 20240230 20240229 202402291200 1200 2400 12000 +0100",
        ),
        (
            "SI",
            "12 2024 20240230 20240229 202402291200 1200 2400 12000",
        ),
        ("DT", "2024 20240229 1200 2400"),
        ("DTM", "2024 20240229 202402291200 20240229-0500 1200 2400"),
        (
            "TS",
            "2024 20240229 202402291200 20240229-0500 2024022912-0500^D 1200 2400",
        ),
        ("TM", "12 2024 1200 120059.1234+0100"),
    ];
    let no_values = ["", "\"\"", "^&^"];
    for (data_type, expected) in cases {
        assert_eq!(
            fitting(data_type, &values).join(" "),
            expected,
            "{data_type}"
        );
        assert_eq!(fitting(data_type, &no_values), no_values, "{data_type}");
    }
}

#[test]
fn composite_types_need_their_leading_parts() {
    let first_ten: Vec<String> = (0..12)
        .map(|part| format!("{}a", "^".repeat(part)))
        .collect();
    let values: Vec<&str> = first_ten.iter().map(String::as_str).collect();
    let parts = |data_type: &str| {
        let fitting = fitting(data_type, &values);
        fitting.iter().map(|value| value.len()).collect::<Vec<_>>()
    };
    let cases: [(&str, &[usize]); 28] = [
        ("CE", &[1, 2, 4, 5]),
        ("CK", &[1]),
        ("CP", &[1]),
        ("CNE", &[1, 2, 9]),
        ("CQ", &[1]),
        ("CWE", &[1, 2, 4, 5, 9]),
        ("CX", &[1]),
        ("DLN", &[1]),
        ("DR", &[1, 2]),
        ("ED", &[5]),
        ("EI", &[1]),
        ("EIP", &[1, 2]),
        ("FN", &[1]),
        ("HD", &[1, 2]),
        ("JCC", &[1, 2]),
        ("MO", &[1]),
        ("MSG", &[1]),
        ("NDL", &[1]),
        ("PL", &[1, 2, 3, 4, 9]),
        ("PPN", &[1, 2]),
        ("PT", &[1]),
        ("RP", &[1]),
        ("TQ", &[1, 2, 3, 4, 5, 6, 7, 8]),
        ("VID", &[1]),
        ("XAD", &[1, 3, 4, 5, 6]),
        ("XCN", &[1, 2]),
        ("XON", &[1, 3, 10]),
        ("XPN", &[1, 2]),
    ];
    for (data_type, expected) in cases {
        assert_eq!(parts(data_type), expected, "{data_type}");
    }
    assert_eq!(parts("XTN"), [1, 4, 7, 12]);
    let null = ["\"\"^a", "\"\"^^^\"\""];
    assert_eq!(fitting("CX", &null), [""; 0]);
}

#[test]
fn structured_numbers() {
    let values = [
        ">^100",
        "^100^-^200",
        "^1^:^128",
        "^2^+",
        "100",
        "<^x",
        "<",
        "=>^1",
        "^1^,^2",
        "^^:^2",
        "<>^1^/^2",
        "^1^:^x",
    ];
    let expected = [
        ">^100",
        "^100^-^200",
        "^1^:^128",
        "^2^+",
        "^^:^2",
        "<>^1^/^2",
    ];
    assert_eq!(fitting("SN", &values), expected);
}

#[test]
fn types_of_components_and_subcomponents() {
    let rules = "[fields.\"PID-3.4\"]\ntype = \"HD\"\n[fields.\"PID-3.4.1\"]\ntype = \"IS\"\n\
        [fields.\"PID-3.4.2\"]\ntype = \"CX\"\n[fields.\"PID-3.7\"]\ntype = \"TS\"\n\
        [fields.\"PID-3.8\"]\ntype = \"DT\"";
    let lines = [
        "102 Error PID^1^3^2^4: PID-3[2].4 is no HD: fill part 1 or 2",
        "102 Error PID^1^3^1^4^1: PID-3.4.1 is no IS: send a code without parts and escapes",
        "102 Error PID^1^3^2^7: PID-3[2].7 is no TS: send YYYY[MM[DD[HH[MM[SS[.S]]]]]][+/-ZZZZ]",
        "102 Error PID^1^3^1^8: PID-3.8 is no DT: send YYYY[MM[DD]]",
    ];
    let segments = "PID|||1^^^\\T\\&b^^^2024&D^2024&D~2^^^&&c^^^&D^2024";
    assert_eq!(found(rules, segments), lines);
}

#[test]
fn a_field_can_name_the_type_of_another() {
    let rules = "[fields.OBX-5]\ntype = \"OBX-2\"";
    let lines = [
        "102 Error OBX^2^5^2: OBX[2]-5[2] is no NM: send digits with an optional sign and point",
        "102 Error OBX^3^5^1: OBX[3]-5 is no CWE: fill part 1 or 2 or 4 or 5 or 9",
        "102 Error OBX^8^5^1: OBX[8]-5 is no ST: send it whole, with its delimiters escaped",
    ];
    let segments = "OBX||NM|||1~2.5\rOBX||NM|||1~x\rOBX||CWE|||^^LN\rOBX||RP|||^^\r\
        OBX|||||x^y\rOBX||nm|||x\rOBX||NM^x|||x\rOBX||ST|||a^b";
    assert_eq!(found(rules, segments), lines);
}

#[test]
fn delimiters_are_those_of_the_message() {
    let profile = Profile::parse("name = \"test\"\n[fields.\"PID-3.2\"]\ntype = \"ID\"").unwrap();
    let message = Message::parse(b"MSH!*?@%\rPID!!!a*|^~\\&?b*x@T@").unwrap();
    let lines: Vec<String> = profile.check(&message).iter().map(line).collect();
    assert_eq!(
        lines,
        ["102 Error PID^1^3^2^2: PID-3[2].2 is no ID: send a code without parts and escapes"]
    );
}
