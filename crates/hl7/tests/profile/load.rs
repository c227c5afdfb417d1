//! What is said of a profile that is malformed.

use cistern_hl7::{Profile, ProfileFaultKind};

#[cfg(feature = "dictionary")]
use crate::found_in;

/// The whole text of the error.
fn error(toml: &str) -> String {
    Profile::parse(toml).unwrap_err().to_string()
}

/// The error of a profile that has these lines from its second on.
fn error_of(rules: &str) -> String {
    error(&format!("name = \"test\"\n{rules}"))
}

/// Compares what is said of each of these rules with what should be.
fn check(cases: &[(&str, &str)]) {
    let told: Vec<(&str, String)> = cases
        .iter()
        .map(|case| (case.0, error_of(case.0)))
        .collect();
    let told: Vec<(&str, &str)> = told.iter().map(|case| (case.0, case.1.as_str())).collect();
    assert_eq!(told, cases);
}

#[test]
fn unknown_keys_at_every_level() {
    check(&[
        (
            "nmae = \"x\"",
            "line 2, column 1: unknown field `nmae`, expected one of `name`, `applies_to`, `versions`, `segments`, `fields`, `tables`",
        ),
        (
            "[field.PID-3]\nrequired = true",
            "line 2, column 2: unknown field `field`, expected one of `name`, `applies_to`, `versions`, `segments`, `fields`, `tables`",
        ),
        (
            "[fields.PID-3]\nrequird = true",
            "line 3, column 1: unknown field `requird`, expected one of `required`, `repetitions`, `length`, `type`, `table`, `severity`",
        ),
        (
            "fields.PID-3 = { required = true, size = 3 }",
            "line 2, column 35: unknown field `size`, expected one of `required`, `repetitions`, `length`, `type`, `table`, `severity`",
        ),
        (
            "[fields.PID-3.1]\nrequired = true",
            "line 2, column 15: a place with a component needs quotes, as in [fields.\"PID-3.1\"]",
        ),
        (
            "[fields]\nPID-3.1 = { required = true }",
            "line 3, column 7: a place with a component needs quotes, as in [fields.\"PID-3.1\"]",
        ),
        (
            "[fields.PID-5.1]\nrequired = true\n[fields.PID-3.1]\nrequired = true",
            "line 2, column 15: a place with a component needs quotes, as in [fields.\"PID-3.1\"]",
        ),
        (
            "nmae = \"x\"\n[fields.PID-3.1]\nrequired = true",
            "line 2, column 1: unknown field `nmae`, expected one of `name`, `applies_to`, `versions`, `segments`, `fields`, `tables`",
        ),
        (
            "[fields.PID-3.1]\nrequired = true\n[tabels]\nsexes = [\"F\"]",
            "line 2, column 15: a place with a component needs quotes, as in [fields.\"PID-3.1\"]",
        ),
    ]);
}

#[test]
fn values_of_the_wrong_sort() {
    check(&[
        (
            "versions = \"2.3\"",
            "line 2, column 12: invalid type: string \"2.3\", expected a sequence",
        ),
        (
            "[segments]\nPID = 1",
            "line 3, column 7: write how many, as in \"1\", \"0..1\", \"1..\" or \"2..5\"",
        ),
        (
            "[fields.PID-3]\nrequired = \"yes\"",
            "line 3, column 12: invalid type: string \"yes\", expected a boolean",
        ),
        (
            "[fields.PID-3]\nrepetitions = 2",
            "line 3, column 15: write how many, as in \"1\", \"0..1\", \"1..\" or \"2..5\"",
        ),
        (
            "[fields.PID-3]\nlength = [2]",
            "line 3, column 10: write the most characters, as in 20, or a range, as in \"2..20\"",
        ),
        (
            "[fields.PID-3]\nlength = -2",
            "line 3, column 10: write the most characters, as in 20, or a range, as in \"2..20\"",
        ),
        (
            "[fields.PID-3]\ntable = true",
            "line 3, column 9: write codes, as in [\"F\", \"M\"], the name of a list in [tables], or the number of an HL7 table",
        ),
        (
            "[fields.PID-3]\ntable = [1, 2]",
            "line 3, column 9: write codes, as in [\"F\", \"M\"], the name of a list in [tables], or the number of an HL7 table",
        ),
        (
            "[fields.PID-3]\nseverity = \"fatal\"",
            "line 3, column 12: unknown variant `fatal`, expected one of `information`, `warning`, `error`",
        ),
        (
            "[fields]\nPID-3 = true",
            "line 3, column 9: invalid type: boolean `true`, expected a section, as in [fields.PID-3] and keys below it",
        ),
        (
            "[tables]\nsexes = \"F\"",
            "line 3, column 9: invalid type: string \"F\", expected a sequence",
        ),
        (
            "[fields.PID-3]\nrequired = true\n[fields.\"PID-3\"]\nlength = 1",
            "line 4, column 9: duplicate key",
        ),
        (
            "[segments\n",
            "line 2, column 10: unclosed table, expected `]`",
        ),
        ("name = \"again\"", "line 2, column 1: duplicate key"),
    ]);
    assert_eq!(
        error("[segments]"),
        "line 1, column 1: missing field `name`"
    );
}

#[test]
fn all_mistakes_of_meaning_are_told_at_once() {
    let toml = include_str!("mistakes.toml");
    let error = Profile::parse(toml).unwrap_err();
    let told = error.to_string();
    let told: Vec<&str> = told.lines().collect();
    let expected: Vec<&str> = include_str!("mistakes.txt").lines().collect();
    assert_eq!(told, expected);
    let first = &error.faults()[0];
    assert_eq!(
        (first.kind(), first.line(), first.column()),
        (&ProfileFaultKind::MessageType, 3, 15)
    );
}

/// The first block of TOML of the page for users.
#[cfg(feature = "dictionary")]
#[test]
fn the_documented_profile_is_one() {
    let page = include_str!("../../../../docs/profile.md");
    let (_, block) = page.split_once("```toml\n").unwrap();
    let (toml, _) = block.split_once("```").unwrap();
    let message = b"MSH|^~\\&|LAB|CITY|||||ORU^R01|1|P|2.5.1\r\
        PID|||4711^^^CITY^MR~17^^^CITY||Roe^Ann||19800230|F\r\
        OBR|1\rOBX|1|NM|||ten||||||F\rOBX|2|SN|||<^20||||||Z\r";
    let lines = [
        "101 Error PID^1^3^2^5: PID-3[2].5 is required and empty",
        "102 Warning PID^1^7^1: \
         PID-7 is no TS: send YYYY[MM[DD[HH[MM[SS[.S]]]]]][+/-ZZZZ]",
        "102 Error OBX^1^5^1: OBX-5 is no NM: send digits with an optional sign and point",
        "103 Error OBX^2^11^1: OBX[2]-11 is not in table 0085",
    ];
    assert_eq!(found_in(&Profile::parse(toml).unwrap(), message), lines);
}
