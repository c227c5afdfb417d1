//! Each kind of finding but that of types: profile, message, and all that is found.

use cistern_hl7::{Message, Profile};

use crate::{found, found_in, profile};

#[test]
fn fields_are_required_in_every_segment() {
    let rules = "[fields.OBX-3]\nrequired = true";
    let lines = [
        "101 Error OBX^2^3: OBX[2]-3 is required and empty",
        "101 Error OBX^3^3: OBX[3]-3 is required and empty",
        "101 Error OBX^4^3: OBX[4]-3 is required and empty",
        "101 Error OBX^5^3: OBX[5]-3 is required and empty",
    ];
    let segments = "OBX|1||a\rOBX|2\rOBX|3|||\rOBX|4||\"\"\rOBX|5||~^&\rOBX|6||~b";
    assert_eq!(found(rules, segments), lines);
    assert_eq!(found(rules, "PID|1"), [""; 0]);
}

#[test]
fn components_are_required_where_what_is_above_them_holds_a_value() {
    let rules = "[fields.\"PID-3.4.2\"]\nrequired = true\n[fields.\"PID-3.4\"]\nrequired = true";
    let segments = "PID|||1^^^A&1~2^^^A~~\"\"~3^^^\"\"~4\rPID\rPID|||\"\"";
    let lines = [
        "101 Error PID^1^3^5^4: PID-3[5].4 is required and empty",
        "101 Error PID^1^3^6^4: PID-3[6].4 is required and empty",
        "101 Error PID^1^3^2^4^2: PID-3[2].4.2 is required and empty",
    ];
    assert_eq!(found(rules, segments), lines);
}

#[test]
fn repetitions_are_those_that_hold_a_value() {
    let rules = "[fields.PID-3]\nrepetitions = \"1..2\"\n\
        [fields.PID-13]\nrequired = false\nrepetitions = \"2..\"\n\
        [fields.PID-19]\nrepetitions = \"0\"\nseverity = \"warning\"";
    let lines = [
        "198 Error PID^1^3: the number of repetitions of PID-3 is 3: send 1 to 2",
        "198 Error PID^1^13: the number of repetitions of PID-13 is 1: send at least 2",
        "198 Warning PID^1^19: PID-19 is not accepted: leave it empty",
        "101 Error PID^2^3: PID[2]-3 is required and empty",
    ];
    let segments = "PID|||1~2~3||||||||||1||||||1\r\
        PID|||~~\"\"||||||||||||||||\"\"\r\
        PID|||~1~~2||||||||||1~2";
    assert_eq!(found(rules, segments), lines);
}

#[test]
fn lengths_are_in_decoded_characters() {
    let rules = "[fields.PID-5]\nlength = 5\n\
        [fields.\"PID-5.1\"]\nlength = \"2..3\"\nseverity = \"information\"";
    let lines = [
        "104 Error PID^1^5^2: PID-5[2] is longer than 5 characters (6)",
        "104 Information PID^1^5^2^1: PID-5[2].1 is longer than 3 characters (4)",
        "199 Information PID^1^5^3^1: PID-5[3].1 is shorter than 2 characters (1)",
    ];
    let segments = "PID|||||é\\T\\&^a~\\T\\\\T\\\\T\\é^b~c~^defg~\"\"";
    assert_eq!(found(rules, segments), lines);
    assert_eq!(found(rules, "PID|||||"), [""; 0]);
}

#[test]
fn codes_are_the_first_part_of_a_value() {
    let rules = "[fields.PID-8]\ntable = \"sexes\"\n[fields.PID-16]\ntable = [\"S&M\"]\n\
        [tables]\nsexes = [\"F\", \"M\"]";
    let lines = [
        "103 Error PID^1^8^2: PID-8[2] is not in the list sexes",
        "103 Error PID^1^8^4: PID-8[4] is not in the list sexes",
        "103 Error PID^2^16^1: PID[2]-16 is not in the codes that are accepted there",
    ];
    let segments =
        "PID||||||||F~f~M&b^male~^male~\"\"~\"\"^x||||||||S\\T\\M\rPID||||||||||||||||S&M";
    assert_eq!(found(rules, segments), lines);
}

#[test]
fn segments_are_counted() {
    let rules =
        "[segments]\nPID = \"1\"\nPV1 = \"0..1\"\nOBR = \"2..3\"\nNTE = \"0\"\nZPI = \"1..\"";
    let segments = "PV1\rPV1\rPV1|\rPV12\rOBR\rNTE\rNTE\rPIDX";
    let lines = [
        "100 Error NTE^1: NTE is not accepted: leave it out",
        "198 Error OBR^2: the number of OBR is 1: send 2 to 3",
        "100 Error PID^1: PID is missing: send exactly 1",
        "198 Error PV1^2: the number of PV1 is 3: send at most 1",
        "100 Error ZPI^1: ZPI is missing: send at least 1",
    ];
    assert_eq!(found(rules, segments), lines);
    assert_eq!(found(rules, "PID\rOBR\rOBR\rZPI"), [""; 0]);
}

#[test]
fn versions_are_compared_as_versions() {
    let of = |version: &str| {
        let profile = profile("versions = [\"2.3\", \"2.10\"]\n[segments]\nPID = \"0\"");
        let text = format!("MSH|^~\\&|||||||ORU^R01|1|P|{version}\rPID");
        found_in(&profile, text.as_bytes())
    };
    let forbidden = "100 Error PID^1: PID is not accepted: leave it out";
    let version = "203 Error MSH^1^12: MSH-12 is no version that is accepted: send 2.3 or 2.10";
    for accepted in ["2.3", "2.3.0", "2.10^USA"] {
        assert_eq!(of(accepted), [forbidden], "{accepted}");
    }
    for refused in ["2.3.1", "2.1", "", "2.10x"] {
        assert_eq!(of(refused), [version, forbidden], "{refused}");
    }
}

#[test]
fn a_profile_applies_to_the_types_that_it_names() {
    let profile = profile("applies_to = [\"ORU^R01\", \"ADT\"]\n[segments]\nPID = \"1\"");
    for (message_type, applies) in [
        ("ORU^R01", true),
        ("ORU^R01^ORU_R01", true),
        ("ORU^R30", false),
        ("ORU", false),
        ("ADT^A08", true),
        ("ADT", true),
        ("ADTX^A08", false),
        ("", false),
    ] {
        let text = format!("MSH|^~\\&|||||||{message_type}|1|P|2.5");
        let message = Message::parse(text.as_bytes()).unwrap();
        assert_eq!(profile.applies_to(&message), applies, "{message_type}");
        let findings = profile.check(&message).len();
        assert_eq!(findings, usize::from(applies), "{message_type}");
    }
}

#[test]
fn the_header_has_what_every_version_requires() {
    let profile = Profile::header();
    let lines = [
        "101 Error MSH^1^9: MSH-9 is required and empty",
        "101 Error MSH^1^10: MSH-10 is required and empty",
        "101 Error MSH^1^11: MSH-11 is required and empty",
        "101 Error MSH^1^12: MSH-12 is required and empty",
    ];
    assert_eq!(found_in(&profile, b"MSH|^~\\&"), lines);
    assert_eq!(
        found_in(&profile, b"MSH|^~\\&|||||||A|1|P|2.1\rPID"),
        [""; 0]
    );
    let lines = [
        "101 Error MSH^1^9^1^1: MSH-9.1 is required and empty",
        "103 Error MSH^1^11^1: MSH-11 is not in table 0103",
        "103 Error MSH^1^12^1: MSH-12 is not in table 0104",
    ];
    let odd = b"MSH|^~\\&|||||||^A08|1|X^T|2.5.7^USA||||||KLINGON\rPID";
    assert_eq!(found_in(&profile, odd), lines);
    let good = b"MSH|^~\\&|||||||ADT^A08|1|P^T|2.5.1^USA\rPID";
    assert_eq!(found_in(&profile, good), [""; 0]);
    assert_eq!(profile.name(), "message header");
}

#[test]
fn fields_of_the_header_are_numbered_as_in_the_standard() {
    let rules = "[fields.MSH-1]\ntable = [\"|\"]\n[fields.MSH-2]\nlength = 3\n\
        [fields.\"MSH-9.2\"]\ntable = [\"R30\"]";
    let lines = [
        "104 Error MSH^1^2^1: MSH-2 is longer than 3 characters (4)",
        "103 Error MSH^1^9^1^2: MSH-9.2 is not in the codes that are accepted there",
    ];
    assert_eq!(found(rules, ""), lines);
}

#[test]
fn text_that_cannot_be_decoded_is_found_once() {
    let profile = profile(
        "[fields.PID-5]\nlength = 2\ntable = [\"x\"]\ntype = \"ST\"\n\
        [fields.PID-3]\nrequired = true\n[fields.PID-1]\ntype = \"NM\"",
    );
    let message = b"MSH|^~\\&|||||||ORU|1|P|2.5||||||UNICODE UTF-8\rPID|x||\xFF||ab\xFFd\r";
    let lines = [
        "102 Error PID^1^1^1: PID-1 is no NM: send digits with an optional sign and point",
        "102 Error PID^1^5^1: PID-5: byte 2 of the value is no character of UNICODE UTF-8",
    ];
    assert_eq!(found_in(&profile, message), lines);
}

#[test]
fn codes_must_be_text_too() {
    let rules = "[fields.PID-5]\ntype = \"ID\"\n[fields.PID-8]\ntype = \"IS\"";
    let message = b"MSH|^~\\&|||||||ORU|1|P|2.5||||||ASCII\rPID|||||\xC3\xA9|||\xC3\xA9\r";
    let lines = [
        "102 Error PID^1^5^1: PID-5: byte 0 of the value is no character of ASCII",
        "102 Error PID^1^8^1: PID-8: byte 0 of the value is no character of ASCII",
    ];
    assert_eq!(found_in(&profile(rules), message), lines);
}

#[test]
fn an_unknown_character_set_is_one_finding() {
    let message = b"MSH|^~\\&|||||||ORU|1|P|2.5||||||KLINGON\rPID|x||||abc\rPID|||||abc";
    let text = profile("[fields.PID-5]\nlength = 2\n[fields.PID-1]\ntype = \"NM\"");
    let lines = [
        "103 Error MSH^1^18: MSH-18 is no character set that can be read: texts are not checked",
        "102 Error PID^1^1^1: PID-1 is no NM: send digits with an optional sign and point",
    ];
    assert_eq!(found_in(&text, message), lines);
    let no_text = profile("[fields.PID-5]\nrequired = true\n[fields.PID-2]\ntype = \"NM\"");
    assert_eq!(found_in(&no_text, message), [""; 0]);
}

#[test]
fn of_a_header_in_an_unknown_character_set_only_codes_are_read() {
    let message = b"MSH|^~\\&|Z\xFCrich||||||ORU|1|X|2.5||||||KLINGON\r";
    let unknown =
        "103 Error MSH^1^18: MSH-18 is no character set that can be read: texts are not checked";
    let no_code = "103 Error MSH^1^11^1: MSH-11 is not in the codes that are accepted there";
    let missing = "101 Error MSH^1^4: MSH-4 is required and empty";
    let code = "[fields.MSH-11]\ntable = [\"P\"]\n[fields.MSH-4]\nrequired = true\n";
    assert_eq!(found_in(&profile(code), message), [missing, no_code]);
    for text in ["length = 2", "type = \"ST\"", "type = \"MSH-9\""] {
        let rules = format!("{code}[fields.MSH-3]\n{text}");
        let found = found_in(&profile(&rules), message);
        assert_eq!(found, [unknown, missing, no_code], "{text}");
    }
}

#[test]
fn findings_end_at_the_limit() {
    let rules = "[segments]\nZZZ = \"1\"\n[fields.OBX-3]\nrequired = true\n\
        [fields.OBX-5]\nlength = 1";
    let found = found(
        rules,
        &format!("OBX|||||{}\r", "12~".repeat(5_000)).repeat(3),
    );
    assert_eq!(found.len(), Profile::FINDINGS_MAX);
    assert_eq!(found[0], "100 Error ZZZ^1: ZZZ is missing: send exactly 1");
    assert_eq!(
        found[999],
        "104 Error OBX^1^5^998: OBX-5[998] is longer than 1 characters (2)"
    );
}

#[test]
fn a_place_beyond_what_err_can_hold_is_told_in_words() {
    let rules = "[fields.OBX-5]\nlength = 1\n[fields.NTE-1]\nrequired = true";
    let segments = format!(
        "OBX|||||{}12\r{}NTE\r",
        "1~".repeat(65_535),
        "NTE|1\r".repeat(65_535)
    );
    let lines = [
        "104 Error : OBX-5[65536] is longer than 1 characters (2)",
        "101 Error : NTE[65536]-1 is required and empty",
    ];
    assert_eq!(found(rules, &segments), lines);
}

#[cfg(feature = "dictionary")]
#[test]
fn a_table_of_hl7_has_the_codes_of_all_versions() {
    let rules = "[fields.PID-8]\ntable = 1";
    let lines = ["103 Error PID^1^8^1: PID-8 is not in table 0001"];
    assert_eq!(found(rules, "PID||||||||W"), lines);
    assert_eq!(found(rules, "PID||||||||F\rPID||||||||N"), [""; 0]);
}
