//! The starter mappings on single points of the standard: presence, scope, results, repeats.

use care::CodeDecision;
use cistern_mapping::{Codes, Mapped, Mapping, Setting};
use hl7::Message;

use crate::render;

const LAB: &str = "MSH|^~\\&|LAB|QUEST|CISTERN|HARBOR|20260401||ORU^R01|1|P|2.5.1\r";
const EHR: &str = "MSH|^~\\&|EHR|HARBOR|CISTERN|HARBOR|20260401||ADT^A08|1|P|2.5.1\r";

fn import_with(codes: &Codes, header: &str, segments: &[&str]) -> care::Import {
    let bytes = format!("{header}{}\r", segments.join("\r"));
    let message = Message::parse(bytes.as_bytes()).unwrap();
    match Mapping::starter().apply(&message, &render::setting(codes)) {
        Mapped::Import(import) => import,
        Mapped::NotWanted => panic!("wanted"),
    }
}

fn import(header: &str, segments: &[&str]) -> care::Import {
    import_with(&Codes::starter(), header, segments)
}

/// What each record says of some fields, `-` where nothing, with the findings after them.
fn check(import: &care::Import, fields: &[&str], expected: &[&str]) {
    let mut lines = Vec::new();
    for change in &import.changes {
        let say = |name: &&str| change.patch(name).map_or("-".to_owned(), render::patch);
        lines.push(fields.iter().map(say).collect::<Vec<_>>().join("; "));
    }
    lines.extend(
        import
            .findings
            .iter()
            .map(|finding| render::line(finding).trim_end().to_owned()),
    );
    assert_eq!(lines, expected);
}

fn results(obx: &[&str], expected: &[&str]) {
    let obx: Vec<_> = obx.iter().map(|line| is_final(line)).collect();
    let obx = obx.iter().map(String::as_str);
    let head = ["PID|1||1^^^H^MR", "OBR|1|P1|F1||||20260301"];
    let segments: Vec<_> = head.into_iter().chain(obx).collect();
    let fields = [
        "result_text",
        "result_number",
        "comparator",
        "result_choice",
    ];
    check(&import(LAB, &segments), &fields, expected);
}

/// The OBX with status F.
fn is_final(obx: &str) -> String {
    let fields = obx.matches('|').count();
    format!("{obx}{}F", "|".repeat(11 - fields))
}

#[test]
fn results_are_read_by_their_type() {
    let cases = [
        ("NM|24467-3^^LN||412", r#"= "412"; = 412; cleared; cleared"#),
        ("NM|24467-3^^LN||< 20", r#"= "< 20"; = 20; = "<"; cleared"#),
        ("SN|24467-3^^LN||<^20", r#"= "<20"; = 20; = "<"; cleared"#),
        (
            "SN|24467-3^^LN||>=^1.50",
            r#"= ">=1.50"; = 1.5; = ">="; cleared"#,
        ),
        (
            "SN|24467-3^^LN||^100",
            r#"= "100"; = 100; cleared; cleared"#,
        ),
        (
            "SN|24467-3^^LN||^1^:^64",
            r#"= "1:64"; cleared; cleared; cleared"#,
        ),
        (
            "SN|24467-3^^LN||<^1^:^8",
            r#"= "<1:8"; cleared; cleared; cleared"#,
        ),
        (
            "SN|24467-3^^LN||^10^-^20",
            r#"= "10-20"; cleared; cleared; cleared"#,
        ),
        (
            "SN|24467-3^^LN||^2^+",
            r#"= "2+"; cleared; cleared; cleared"#,
        ),
        (
            "ST|24467-3^^LN||Not detected",
            r#"= "Not detected"; cleared; cleared; cleared"#,
        ),
        (
            "ST|24467-3^^LN||>75000",
            r#"= ">75000"; = 75000; = ">"; cleared"#,
        ),
        ("|24467-3^^LN||7", r#"= "7"; = 7; cleared; cleared"#),
        (
            "TX|24467-3^^LN||A & B ^ C",
            r#"= "A & B ^ C"; cleared; cleared; cleared"#,
        ),
        (
            "FT|24467-3^^LN||a\\.br\\b\\T\\c",
            r#"= "a\nb&c"; cleared; cleared; cleared"#,
        ),
        (
            "ST|24467-3^^LN||one~two",
            r#"= "one\ntwo"; cleared; cleared; cleared"#,
        ),
    ];
    for (obx, expected) in cases {
        results(&[&format!("OBX|1|{obx}")], &[expected]);
    }
}

#[test]
fn choices_are_recognised_and_null_clears_all_parts() {
    let cases = [
        (
            "CWE|56888-1^^LN||R^Reactive^L",
            r#"= "Reactive"; cleared; cleared; = "positive""#,
        ),
        (
            "CE|56888-1^^LN||260385009^^SCT",
            r#"= "260385009"; cleared; cleared; = "negative""#,
        ),
        (
            "ST|56888-1^^LN||Non-reactive",
            r#"= "Non-reactive"; cleared; cleared; = "negative""#,
        ),
        (
            "ST|56888-1^^LN||see note",
            r#"= "see note"; cleared; cleared; cleared"#,
        ),
        ("NM|24467-3^^LN||\"\"", "cleared; cleared; cleared; cleared"),
        ("NM|24467-3^^LN||", "-; -; -; -"),
        ("NM|24467-3^^LN||^~^", "-; -; -; -"),
        ("NM|24467-3^^LN", "-; -; -; -"),
    ];
    for (obx, expected) in cases {
        results(&[&format!("OBX|1|{obx}")], &[expected]);
    }
}

#[test]
fn what_is_no_number_or_no_result_is_told() {
    results(
        &["OBX|1|NM|24467-3^^LN||see note"],
        &[
            r#"= "see note"; cleared; cleared; cleared"#,
            r#"warn bad_value [OBX-5] "see note" is not a number, as OBX-2 says; kept as text"#,
        ],
    );
    results(
        &["OBX|1|ED|24467-3^^LN||^AP^PDF^Base64^JVBERi0="],
        &[
            "-; -; -; -",
            "warn bad_value [OBX-5] a document (OBX-2 is ED or RP) is not kept as a result",
        ],
    );
}

#[test]
fn undecodable_text_is_a_finding_and_a_result_without_its_value_waits() {
    let text = "MSH|^~\\&|LAB|QUEST|||20260401||ORU^R01|1|P|2.5.1||||||ASCII\r\
                PID|1||1^^^H^MR\rOBR|1||F1||||20260301\r\
                OBX|1|ST|24467-3^^LN||caf#\rOBX|2|ST|8123-2^^LN||x|caf#\r";
    let bytes: Vec<u8> = text
        .bytes()
        .map(|byte| if byte == b'#' { 0xe9 } else { byte })
        .collect();
    let (mapping, codes) = (Mapping::starter(), Codes::starter());
    let text = render::mapped(&mapping, &codes, &bytes);
    let findings: Vec<_> = text
        .lines()
        .filter(|line| line.contains("undecodable"))
        .collect();
    assert_eq!(
        findings,
        [
            "hold undecodable [OBX-5] byte 3 of the value is no character of ASCII; as hexadecimal: 636166E9",
            "warn undecodable [OBX[2]-6.1] byte 3 of the value is no character of ASCII; as hexadecimal: 636166E9",
        ]
    );
    assert_eq!(text.matches("lab by").count(), 1);
}

#[test]
fn lines_of_one_result_become_one_record() {
    let obx = [
        "OBX|1|TX|69668-2^^LN|1|line one||||||P|||20260302",
        "OBX|2|TX|69668-2^^LN|1|line two||||||F|||20260302",
        "NTE|1||seen",
        "OBX|3|NM|24467-3^^LN|1|10||||||F",
        "OBX|4|NM|24467-3^^LN|1|10||||||F",
        "OBX|5|NM|8123-2^^LN|1|10||||||F",
        "OBX|6|NM|8123-2^^LN|1|20||||||F",
        "OBX|7|NM|8123-2^^LN|2|30||||||F",
    ];
    let segments = [&["PID|1||1^^^H^MR", "OBR|1|P1|F1||||20260301"], &obx[..]].concat();
    let fields = ["result_text", "result_number", "comment", "result_status"];
    check(
        &import(LAB, &segments),
        &fields,
        &[
            r#"= "line two"; cleared; = "seen"; = "final""#,
            r#"= "10"; = 10; -; = "final""#,
            r#"= "10\n20"; cleared; -; = "final""#,
            r#"= "30"; = 30; -; = "final""#,
            "warn bad_value [OBX-11] several segments of one record differ in result_status; only those that are final count",
        ],
    );
}

#[test]
fn of_lines_that_differ_in_status_those_of_the_strongest_count() {
    let lab = |statuses: &str| {
        let obx = |(place, status): (usize, char)| {
            format!("OBX|{place}|TX|69668-2^^LN|1|line {place}||||||{status}")
        };
        let obx: Vec<_> = (1..).zip(statuses.chars()).map(obx).collect();
        let obx = obx.iter().map(String::as_str);
        let head = ["PID|1||1^^^H^MR", "OBR|1|P1|F1||||20260301"];
        let segments: Vec<_> = head.into_iter().chain(obx).collect();
        let import = import(LAB, &segments);
        let lab = &import.changes[0];
        let text = lab
            .patch("result_text")
            .map_or("-".to_owned(), render::patch);
        let status = lab
            .patch("result_status")
            .map_or("-".to_owned(), render::patch);
        format!("{text} {status} {}", import.findings.len())
    };
    let cases = [
        ("FF", r#"= "line 1\nline 2" = "final" 0"#),
        ("FFC", r#"= "line 3" = "corrected" 1"#),
        ("CFC", r#"= "line 1\nline 3" = "corrected" 1"#),
        ("PFI", r#"= "line 2" = "final" 1"#),
        ("IP", r#"= "line 2" = "preliminary" 1"#),
        ("FDF", r#"= "line 1\nline 3" = "final" 1"#),
        ("WF", r#"= "line 2" = "final" 1"#),
        ("XP", r#"= "line 2" = "preliminary" 1"#),
        ("DD", r#"= "line 1\nline 2" = "withdrawn" 0"#),
        ("XD", r#"= "line 2" = "withdrawn" 1"#),
        ("XX", r#"= "line 1\nline 2" = "not_obtained" 0"#),
    ];
    for (statuses, expected) in cases {
        assert_eq!(lab(statuses), expected, "{statuses}");
    }
}

#[test]
fn notes_orders_and_specimens_are_those_of_the_observation() {
    let segments = [
        "PID|1||1^^^H^MR",
        "ORC|RE|PA|FA",
        "OBR|1|PA|FA|AAA^Panel A|||20260301",
        "NTE|1||of the order",
        "OBX|1|NM|24467-3^^LN||1||||||F",
        "NTE|1||first",
        "NTE|2||second",
        "OBX|2|NM|8123-2^^LN||2||||||F",
        "SPM|1|||BLD^Blood",
        "OBR|2|PB|FB|BBB^Panel B|||20260302",
        "OBX|1|NM|24467-3^^LN||3||||||F",
        "NTE|1||third",
    ];
    check(
        &import(LAB, &segments),
        &["ordered_test", "accession", "comment", "specimen", "date"],
        &[
            r#"= "Panel A"; = "FA"; = "first\nsecond"; = "Blood"; = "2026-03-01""#,
            r#"= "Panel A"; = "FA"; -; = "Blood"; = "2026-03-01""#,
            r#"= "Panel B"; = "FB"; = "third"; -; = "2026-03-02""#,
        ],
    );
}

#[test]
fn null_clears_empty_leaves_and_a_value_replaces() {
    let address = |pid11: &str| format!("PID|1||1^^^H^MR||Doe^Jane||19940714|F|||{pid11}");
    let fields = ["last_name", "street", "street2", "city"];
    let cases = [
        (
            "1 Oak St^Apt 2^Salem",
            r#"= "Doe"; = "1 Oak St"; = "Apt 2"; = "Salem""#,
        ),
        ("1 Oak St^\"\"^", r#"= "Doe"; = "1 Oak St"; cleared; -"#),
        ("\"\"", r#"= "Doe"; cleared; cleared; cleared"#),
        ("", r#"= "Doe"; -; -; -"#),
        ("^^", r#"= "Doe"; -; -; -"#),
        // The home address, of which a second line is not known: not that of the first.
        (
            "P.O. Box 9^Floor 1^Dover^^^^M~2 Elm St^^Salem^^^^H",
            r#"= "Doe"; = "2 Elm St"; -; = "Salem""#,
        ),
        (
            "Oak & Elm^^Salem",
            r#"= "Doe"; = "Oak & Elm"; -; = "Salem""#,
        ),
        (
            "1 Oak St&Oak St&1^^Salem",
            r#"= "Doe"; = "1 Oak St"; -; = "Salem""#,
        ),
    ];
    for (pid11, expected) in cases {
        check(&import(EHR, &[&address(pid11)]), &fields, &[expected]);
    }
    let nulls = "PID|1||1^^^H^MR||\"\"^\"\"||\"\"|\"\"";
    check(
        &import(EHR, &[nulls]),
        &["last_name", "birth_date", "sex_at_birth", "gender"],
        &["-; -; -; cleared"],
    );
}

#[test]
fn telephones_without_use_or_equipment_are_of_the_home() {
    let fields = ["phone_home", "phone_mobile"];
    let cases = [
        ("(617)555-0101", r#"= "(617)555-0101"; -"#),
        ("(617)555-0101^PRN", r#"= "(617)555-0101"; -"#),
        ("(617)555-0101^^PH", r#"= "(617)555-0101"; -"#),
        ("(617)555-0101^PRN^CP", r#"-; = "(617)555-0101""#),
        ("(617)555-0101^^CP", r#"-; = "(617)555-0101""#),
        ("(617)555-0101^WPN", "-; -"),
        ("(617)555-0101^PRN^BP", "-; -"),
        ("^NET^Internet^a@b.example", "-; -"),
        (
            "(617)555-0101^PRN^CP~(617)555-0102",
            r#"= "(617)555-0102"; = "(617)555-0101""#,
        ),
        (
            "(617)555-0101~(617)555-0102^PRN^PH",
            r#"= "(617)555-0102"; -"#,
        ),
        ("^^^^^^^^^^^(617)555-0101", r#"= "(617)555-0101"; -"#),
        (r#""""#, "cleared; cleared"),
    ];
    for (pid13, expected) in cases {
        let pid = format!("PID|1||1^^^H^MR||Doe^Jane||19940714|F|||||{pid13}");
        check(&import(EHR, &[&pid]), &fields, &[expected]);
    }
}

#[test]
fn names_lose_the_blanks_around_them_and_results_keep_theirs() {
    let pid = "PID|1||1^^^H^MR||  Roe ^ Ann ^ ||19940714|F|||  1 Oak St ^^ Salem ";
    check(
        &import(EHR, &[pid]),
        &["last_name", "first_name", "middle_name", "street", "city"],
        &[r#"= "Roe"; = "Ann"; -; = "1 Oak St"; = "Salem""#],
    );
    let segments = [
        "PID|1||1^^^H^MR",
        "OBR|1||F1||||20260301",
        "OBX|1|TX|24467-3^^LN||  a b||||||F",
        "NTE|1||  c",
    ];
    check(
        &import(LAB, &segments),
        &["result_text", "comment"],
        &[r#"= "  a b"; = "  c""#],
    );
}

#[test]
fn every_race_is_looked_up_and_an_unknown_one_does_not_hold_the_client() {
    let pid = "PID|1||1^^^H^MR||Doe^Jane||19940714|F||2106-3^White^CDCREC~W~^Asian~ZZ^Zed^L~\"\"";
    check(
        &import(EHR, &[pid]),
        &["race"],
        &[
            r#"= "white;asian""#,
            r#"warn unmapped_code [PID-10[4]] code ZZ (L) "Zed" from HARBOR is not in table race"#,
        ],
    );
    let pid = "PID|1||1^^^H^MR||Doe^Jane||19940714|F||ZZ";
    check(
        &import(EHR, &[pid]),
        &["race"],
        &[
            "-",
            "warn unmapped_code [PID-10] code ZZ from HARBOR is not in table race",
        ],
    );
    let pid = "PID|1||1^^^H^MR||Doe^Jane||19940714|F||\"\"";
    check(&import(EHR, &[pid]), &["race"], &["cleared"]);
}

#[test]
fn codes_are_tried_in_both_codings_and_by_decisions() {
    let lab = |obx3: &str| {
        [
            "PID|1||1^^^H^MR".to_owned(),
            "OBR|1||F1||||20260301".to_owned(),
            format!("OBX|1|NM|{obx3}||5||||||F"),
        ]
    };
    let check_test = |codes: &Codes, obx3: &str, expected: &[&str]| {
        let segments = lab(obx3);
        let segments: Vec<_> = segments.iter().map(String::as_str).collect();
        check(&import_with(codes, LAB, &segments), &["test"], expected);
    };
    let mut codes = Codes::starter();
    check_test(&codes, "X1^CD4^L^24467-3^CD4^LN", &[r#"= "CD4 count""#]);
    check_test(&codes, "^^^24467-3^CD4^LN", &[r#"= "CD4 count""#]);
    let miss = r#"hold unmapped_code [OBX-3] code X1 (L) "CD4" from QUEST is not in table test"#;
    check_test(&codes, "X1^CD4^L^X2^CD4^L", &[miss]);
    check_test(
        &codes,
        "^Viral load^L",
        &["hold unmapped_code [OBX-3] code Viral load from QUEST is not in table test"],
    );
    let decide = |value: Option<&str>| CodeDecision {
        table: "test".to_owned(),
        code: "X1".to_owned(),
        system: "L".to_owned(),
        sender: "QUEST".to_owned(),
        value: value.map(str::to_owned),
    };
    codes.decide(decide(Some("CD4 percent")));
    check_test(&codes, "X1^CD4^L", &[r#"= "CD4 percent""#]);
    codes.decide(decide(None));
    check_test(
        &codes,
        "X1^CD4^L",
        &[
            r#"info unmapped_code [OBX-3] code X1 (L) "CD4" from QUEST is skipped by a decision on table test"#,
        ],
    );
    codes.decide(decide(Some("CD5 percent")));
    check_test(
        &codes,
        "X1^CD4^L",
        &[
            r#"hold unmapped_code [OBX-3] code X1 (L) "CD4" from QUEST means "CD5 percent", which is no test definition, by table test"#,
        ],
    );
}

#[test]
fn a_held_code_waits_for_a_decision_for_its_sender_or_for_all() {
    let held = import(
        LAB,
        &["PID|1||1^^^H^MR", "OBR|1||F1", "OBX|1|NM|X1^CD4^L||5"],
    );
    assert_eq!(
        held.findings[0].keys,
        [
            "code\u{1f}test\u{1f}X1\u{1f}QUEST",
            "code\u{1f}test\u{1f}X1\u{1f}",
        ]
    );
}

#[test]
fn an_unknown_status_holds_and_a_missing_one_is_final() {
    let obx = |status: &str| format!("OBX|1|NM|24467-3^^LN||5||||||{status}");
    let check = |status: &str, expected: &[&str]| {
        let segments = ["PID|1||1^^^H^MR", "OBR|1||F1||||20260301", &obx(status)];
        check(&import(LAB, &segments), &["result_status"], expected);
    };
    check("C", &[r#"= "corrected""#]);
    check(
        "",
        &[
            r#"= "final""#,
            "warn bad_value [OBX-11] OBX-11 is empty; taken for final",
        ],
    );
    check(
        "Q",
        &["hold unmapped_code [OBX-11] code Q from QUEST is not in table result_status"],
    );
    check("O", &[]);
}

#[test]
fn a_decision_outside_the_words_of_a_field_is_none() {
    let mut codes = Codes::starter();
    codes.decide(CodeDecision {
        table: "result_status".to_owned(),
        code: "F".to_owned(),
        system: String::new(),
        sender: String::new(),
        value: Some("finished".to_owned()),
    });
    let segments = [
        "PID|1||1^^^H^MR",
        "OBR|1||F1||||20260301",
        "OBX|1|NM|24467-3^^LN||5||||||F",
    ];
    check(
        &import_with(&codes, LAB, &segments),
        &[],
        &[
            r#"hold unmapped_code [OBX-11] code F from QUEST means "finished", which is no result_status, by table result_status"#,
        ],
    );
}

#[test]
fn a_finding_waits_for_each_coding_that_was_tried() {
    let held = import(
        LAB,
        &[
            "PID|1||1^^^H^MR",
            "OBR|1||F1",
            "OBX|1|NM|X1^CD4^L^x2^CD4^Z||5",
        ],
    );
    assert_eq!(
        held.findings[0].keys,
        [
            "code\u{1f}test\u{1f}X1\u{1f}QUEST",
            "code\u{1f}test\u{1f}X1\u{1f}",
            "code\u{1f}test\u{1f}X2\u{1f}QUEST",
            "code\u{1f}test\u{1f}X2\u{1f}",
        ]
    );
}

#[test]
fn without_an_order_number_there_is_no_key() {
    let segments = [
        "PID|1||1^^^H^MR",
        "OBR|1|||||||20260301",
        "OBX|1|NM|24467-3^^LN||5||||||F",
    ];
    check(
        &import(LAB, &segments),
        &[],
        &[
            "hold missing_required [OBX] the lab has no key: OBR-3.1 | OBR-2.1 is empty; a mapping can name another place",
        ],
    );
}

#[test]
fn keys_cannot_be_confused() {
    let key = |system: &str, sub: &str| {
        let obx = format!("OBX|1|NM|24467-3^CD4^{system}|{sub}|5");
        let import = import(LAB, &["PID|1||1^^^H^MR", "OBR|1||F1", &obx]);
        import.changes[0].source_key.clone()
    };
    let parts = ["F1", "", "24467-3", "LN", "1", "LAB"];
    assert_eq!(key("LN", "1"), parts.join("\u{1f}"));
    assert_ne!(key("LN\u{1f}1", ""), key("LN", "1\u{1f}"));
    assert_ne!(key("LN", "\u{1f}"), key("LN", "\\E\\u"));
}

#[test]
fn orders_of_two_fillers_have_two_keys() {
    let key = |filler: &str| {
        let obr = format!("OBR|1||F1{filler}||||20260301");
        let import = import(LAB, &["PID|1||1^^^H^MR", &obr, "OBX|1|NM|24467-3^^LN||5"]);
        import.changes[0].source_key.clone()
    };
    assert_ne!(key("^EAST"), key("^WEST"));
    assert_ne!(key("^EAST"), key(""));
}

#[test]
fn newer_and_older_are_judged_by_the_message_then_by_arrival() {
    let as_of = |msh7: &str, obr22: &str| {
        let header = LAB.replace("20260401", msh7);
        let obr = format!("OBR|1||F1{}{obr22}", "|".repeat(19));
        import(
            &header,
            &["PID|1||1^^^H^MR", &obr, "OBX|1|NM|24467-3^^LN||5"],
        )
        .changes[0]
            .as_of
    };
    let cases = [
        // 1 March 2026, 12:00 UTC; without an offset, that of the setting: five hours west.
        ("20260401", "202603011200+0000", 1_772_366_400_000),
        ("20260401", "202603011200", 1_772_384_400_000),
        ("202603011200+0000", "", 1_772_366_400_000),
        ("202603011200+0000", "20260231", 1_772_366_400_000),
        ("", "", render::RECEIVED_AT),
        ("yesterday", "", render::RECEIVED_AT),
    ];
    for (msh7, obr22, expected) in cases {
        assert_eq!(as_of(msh7, obr22), expected, "{msh7} {obr22}");
    }
}

#[test]
fn identifiers_come_under_both_names_of_their_authority() {
    let pid = "PID|1|E7^^^EXT|00411^^^HARBOR&1.2.3&ISO^MR~9^^^&4.5&ISO^XX~00411^^^HARBOR&1.2.3&ISO^MR~^^^H|A1||Doe&van^Jane^^^^^L||19940714|F";
    let identifiers = |default_authority: Option<&str>| -> Vec<String> {
        let bytes = format!("{EHR}{pid}\r");
        let codes = Codes::starter();
        let message = Message::parse(bytes.as_bytes()).unwrap();
        let setting = Setting {
            default_authority,
            ..render::setting(&codes)
        };
        let Mapped::Import(import) = Mapping::starter().apply(&message, &setting) else {
            panic!()
        };
        let ids = import.person.unwrap().identifiers;
        ids.iter()
            .map(|id| [&*id.type_code, &id.id, &id.authority].join(" "))
            .collect()
    };
    let first = ["MR 00411 1.2.3", "MR 00411 HARBOR", "XX 9 4.5", "PT E7 EXT"];
    assert_eq!(identifiers(None), [&first[..], &["PI A1 HARBOR"]].concat());
    assert_eq!(
        identifiers(Some("CITY")),
        [&first[..], &["PI A1 CITY"]].concat()
    );
}

#[test]
fn a_message_about_several_people_is_held_whole() {
    let (obr, obx) = ("OBR|1||F1||||20260301", "OBX|1|NM|24467-3^^LN||5||||||F");
    let import = import(
        LAB,
        &["PID|1||1^^^H^MR", obr, obx, "PID|2||2^^^H^MR", obr, obx],
    );
    assert!(import.person.is_none());
    check(
        &import,
        &[],
        &[
            "hold ambiguous_client [PID[2]] the message is about several people; its sender must send one each",
        ],
    );
}

#[test]
fn the_same_person_twice_is_one_person() {
    let segments = [
        "PID|1||1^^^H^MR",
        "OBR|1||F1||||20260301",
        "OBX|1|NM|24467-3^^LN||5||||||F",
        "PID|2||1^^^H^MR",
        "OBR|1||F2||||20260301",
        "OBX|1|NM|24467-3^^LN||6||||||F",
    ];
    check(
        &import(LAB, &segments),
        &["result_text"],
        &[r#"= "5""#, r#"= "6""#],
    );
}

#[test]
fn only_a_sound_registration_adds_a_client() {
    let add = |header: &str, pid: &str| import(header, &[pid]).add;
    let pid = "PID|1||1^^^H^MR||Doe^Jane||19940714|F";
    assert_eq!(add(EHR, pid), care::AddPolicy::Automatic);
    assert_eq!(add(LAB, pid), care::AddPolicy::Hold);
    assert_eq!(
        add(EHR, &pid.replace("0714", "1414")),
        care::AddPolicy::Hold
    );
    let held = import(EHR, &[&pid.replace("0714", "1414")]);
    check(
        &held,
        &[],
        &[r#"hold bad_value [PID-7] "19941414" is not a date (YYYY-MM-DD)"#],
    );
    assert!(import(EHR, &["PID|1"]).person.is_none());
    assert!(import(EHR, &["EVN|A08"]).person.is_none());
}

#[test]
fn dates_keep_the_precision_that_was_sent() {
    let pid = |born: &str, died: &str| {
        format!(
            "PID|1||1^^^H^MR||Doe^Jane||{born}|F{}{died}",
            "|".repeat(21)
        )
    };
    let cases = [
        ("1994", "20260301", r#"= "1994"; = "2026-03-01""#),
        (
            "199407",
            "202603011530-0500",
            r#"= "1994-07"; = "2026-03-01""#,
        ),
    ];
    for (born, died, expected) in cases {
        check(
            &import(EHR, &[&pid(born, died)]),
            &["birth_date", "death_date"],
            &[expected],
        );
    }
}

#[test]
fn ten_thousand_results_take_linear_time() {
    let started = std::time::Instant::now();
    let mut segments = vec![
        "PID|1||1^^^H^MR".to_owned(),
        "OBR|1||F1||||20260301".to_owned(),
    ];
    for number in 0..10_000 {
        segments.push(format!(
            "OBX|1|NM|24467-3^^LN|{number}|5|/uL|||||F|||20260301"
        ));
        segments.push("NTE|1||note".to_owned());
    }
    let segments: Vec<_> = segments.iter().map(String::as_str).collect();
    assert_eq!(import(LAB, &segments).changes.len(), 10_000);
    // Ten times what a slow machine takes without optimisation; a quadratic one takes minutes.
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

#[test]
fn forty_thousand_repeats_of_one_key_or_identifier_do_no_more_work_each() {
    let lines: Vec<_> = (0..40_000)
        .map(|number| format!("OBX|1|TX|24467-3^^LN|1|line {number}|unit {number}|||||F"))
        .collect();
    let lines = lines.iter().map(String::as_str);
    let segments: Vec<_> = ["PID|1||1^^^H^MR", "OBR|1||F1||||20260301"]
        .into_iter()
        .chain(lines)
        .collect();
    assert_eq!(import(LAB, &segments).changes.len(), 1);
    for number in [1, 40_000] {
        let ids: Vec<_> = (0..40_000)
            .map(|place| format!("{}^^^H^MR", place % number))
            .collect();
        let pid = format!("PID|1||{}||Doe^Jane||19940714|F", ids.join("~"));
        let found = import(EHR, &[&pid]).person.map(|it| it.identifiers.len());
        assert_eq!(found, (number == 1).then_some(1));
    }
}

#[test]
fn more_identifiers_than_a_person_can_have_hold_the_message_whole() {
    let person = |count: usize| {
        let ids: Vec<_> = (0..count).map(|id| format!("{id}^^^H^MR")).collect();
        let pid = format!("PID|1||{}||Doe^Jane||19940714|F", ids.join("~"));
        import(EHR, &[&pid])
    };
    assert_eq!(person(100).person.unwrap().identifiers.len(), 100);
    let held = person(101);
    assert!(held.person.is_none());
    check(
        &held,
        &[],
        &[
            "hold bad_value [PID-3[101]] the person has more than 100 identifiers; nothing of the message is imported",
        ],
    );
}

#[test]
fn findings_past_the_thousandth_are_counted_and_the_gravest_stay() {
    let obx = |place: usize| match place {
        1_500 => "OBX|1|NM|X1^^L|1|5||||||F".to_owned(),
        _ => format!("OBX|1|NM|24467-3^^LN|{place}|see note||||||F"),
    };
    let obx: Vec<_> = (0..2_000).map(obx).collect();
    let obx = obx.iter().map(String::as_str);
    let segments: Vec<_> = ["PID|1||1^^^H^MR", "OBR|1||F1||||20260301"]
        .into_iter()
        .chain(obx)
        .collect();
    let findings = import(LAB, &segments).findings;
    assert_eq!(findings.len(), 1_001);
    assert_eq!(
        [&findings[0], &findings[1_000]].map(render::line),
        [
            "hold unmapped_code [OBX[1501]-3] code X1 (L) from QUEST is not in table test\n",
            "warn bad_value [] and 1000 more findings\n",
        ]
    );
}

#[test]
fn a_time_far_ahead_does_not_freeze_a_record() {
    let change = |msh7: &str| {
        let header = LAB.replace("20260401", msh7);
        let segments = ["PID|1||1^^^H^MR", "OBR|1||F1||||20260301"];
        import(
            &header,
            &[&segments[..], &["OBX|1|NM|24467-3^^LN||5||||||F"]].concat(),
        )
    };
    // The message arrived on 1 April 2026 at 12:00 UTC.
    let near = change("202604021200+0000");
    assert_eq!(near.changes[0].as_of, render::RECEIVED_AT + 86_400_000);
    check(&near, &[], &[""]);
    let far = change("202604021201+0000");
    assert_eq!(far.changes[0].as_of, render::RECEIVED_AT);
    check(
        &far,
        &[],
        &[
            "",
            r#"warn bad_value [MSH-7] "202604021201+0000" is more than a day after the arrival, which counts in its place"#,
        ],
    );
}
