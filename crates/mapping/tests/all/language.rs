//! Each piece of the mapping language, by rules of its own on one message.

use cistern_mapping::{Codes, Mapped, Mapping, SourceFile};
use hl7::Message;

use crate::render;

const ORU: &str = "MSH|^~\\&|LAB|QUEST|CISTERN|HARBOR|20260401||ORU^R01|1|P|2.5.1\r\
    PID|1||1^^^H^MR||Doe^Jane||19940714|F|||1 Oak St^^Salem^MA^01970-1234\r\
    PV1|1|I|West^12^B\r\
    OBR|1|P1|F1|PNL^Panel|||20260301|||||||||17^Grey^Ann\r\
    OBX|1|ST|24467-3^CD4^LN||  412 cells  |/uL||HH|||F||WEST|20260301\r\
    NTE|1||Specimen: Blood.\r\
    NTE|2||HIV-1 RNA not detected\r\
    OBX|2|ST|8123-2^CD4 %^LN||14|%||N|||P||EAST|03/01/2026 8:30\r";

/// A rule for the message, to which a case adds its conditions or fields.
fn rule(conditions: &str, fields: &str) -> String {
    format!(
        "[[rule]]\nname = \"lab results\"\nrecord = \"lab\"\nmessages = [\"ORU^R01\"]\n\
         each = \"OBX\"\nkey = [\"OBR-3.1\", \"OBX-3.1\"]\n{conditions}\n\
         [rule.fields]\ntest = {{ from = \"OBX-3\", table = \"test\" }}\ndate = \"OBR-7\"\n{fields}\n"
    )
}

fn import(files: &[(&str, &str)]) -> care::Import {
    let files: Vec<_> = files
        .iter()
        .map(|(name, text)| SourceFile::new(*name, *text))
        .collect();
    let mapping = Mapping::load(&files).unwrap_or_else(|errors| panic!("{errors}"));
    let mut codes = Codes::starter();
    for file in &files {
        if let Some(table) = file.name.strip_suffix(".csv") {
            codes.add_table(table, file).unwrap();
        }
    }
    let message = Message::parse(ORU.as_bytes()).unwrap();
    match mapping.apply(&message, &render::setting(&codes)) {
        Mapped::Import(import) => import,
        Mapped::NotWanted => panic!("wanted"),
    }
}

fn patch(change: &care::Change, field: &str) -> String {
    change.patch(field).map_or("-".to_owned(), render::patch)
}

#[test]
fn fields_are_read_as_their_rule_says() {
    let cases = [
        (r#"comment = "NTE-3""#, r#"= "Specimen: Blood.""#),
        (r#"comment = "NTE[2]-3""#, r#"= "HIV-1 RNA not detected""#),
        (
            r#"comment = { from = "NTE-3", join = " / " }"#,
            r#"= "Specimen: Blood. / HIV-1 RNA not detected""#,
        ),
        (r#"comment = { from = "OBX-5" }"#, r#"= "  412 cells  ""#),
        (
            r#"comment = { from = "OBX-5", trim = true }"#,
            r#"= "412 cells""#,
        ),
        (
            r#"comment = { from = "OBX-5", part = '\d+' }"#,
            r#"= "412""#,
        ),
        (
            r#"comment = { from = "OBX-5", part = '(\d)\d+' }"#,
            r#"= "4""#,
        ),
        (
            r#"comment = { from = "OBX-15", default = "West" }"#,
            r#"= "West""#,
        ),
        (r#"comment = { value = "by hand" }"#, r#"= "by hand""#),
        (
            r#"comment = { from = "OBX-3.2", upper = true }"#,
            r#"= "CD4""#,
        ),
        (
            r#"comment = { from = "PID-11.3", upper = true }"#,
            r#"= "SALEM""#,
        ),
        (r#"comment = "OBX-15 | OBX-16 | PV1-3.1""#, r#"= "West""#),
        (r#"comment = "ZZZ-1""#, "-"),
        (r#"comment = "OBX-6.2""#, "-"),
    ];
    for (field, expected) in cases {
        let import = import(&[("a.toml", &rule("", field))]);
        assert_eq!(patch(&import.changes[0], "comment"), expected, "{field}");
    }
}

#[test]
fn keywords_read_a_value_from_text_and_the_first_that_matches_counts() {
    let field = r#"
        comparator = { from = "NTE[2]-3", keyword = [
            { pattern = "(?i)HIV-1 RNA not detected", value = "<" },
            { pattern = "(?i)detected", value = ">" },
        ] }
        abnormal_flag = { from = "NTE-3", keyword = [{ pattern = "critical", value = "AA" }], default = "N" }"#;
    let import = import(&[("a.toml", &rule("", field))]);
    assert_eq!(patch(&import.changes[0], "comparator"), r#"= "<""#);
    assert_eq!(patch(&import.changes[0], "abnormal_flag"), r#"= "N""#);
}

#[test]
fn other_forms_of_dates_are_read_when_they_are_named() {
    let field = r#"reported = { from = "OBX-14", date = "MM/DD/YYYY hh:mm" }"#;
    let import = import(&[("a.toml", &rule("", field))]);
    assert_eq!(patch(&import.changes[0], "reported"), "-");
    assert_eq!(
        patch(&import.changes[1], "reported"),
        r#"= "2026-03-01T08:30""#
    );
    let told: Vec<_> = import.findings.iter().map(render::line).collect();
    assert_eq!(
        told,
        ["warn bad_value [OBX-14] \"20260301\" is not a date and time (YYYY-MM-DDThh:mm)\n",]
    );
}

#[test]
fn a_part_that_does_not_match_is_told() {
    let import = import(&[(
        "a.toml",
        &rule("", r#"units = { from = "OBX-6", part = "^/.*" }"#),
    )]);
    assert_eq!(patch(&import.changes[0], "units"), r#"= "/uL""#);
    assert_eq!(patch(&import.changes[1], "units"), "-");
    assert_eq!(
        render::line(&import.findings[0]),
        "warn bad_value [OBX[2]-6] \"%\" is not of the form that part asks for\n"
    );
}

#[test]
fn tables_of_the_user_are_looked_up_and_a_miss_is_what_the_rule_says() {
    let table = ("flag.csv", "code,system,value\nHH,,critical\n");
    let flag = |options: &str| {
        let field = format!(r#"abnormal_flag = {{ from = "OBX-8", table = "flag"{options} }}"#);
        let import = import(&[("a.toml", &rule("", &field)), table]);
        let flags: Vec<_> = import
            .changes
            .iter()
            .map(|c| patch(c, "abnormal_flag"))
            .collect();
        let severities: Vec<_> = import
            .findings
            .iter()
            .map(|f| f.severity.as_str())
            .collect();
        [flags.join(" "), severities.join(" ")].join(" | ")
    };
    assert_eq!(flag(""), r#"= "critical" - | warn"#);
    assert_eq!(flag(r#", miss = "warn""#), r#"= "critical" - | warn"#);
    assert_eq!(flag(r#", miss = "hold""#), r#"= "critical" | hold"#);
    assert_eq!(flag(r", pass = true"), r#"= "critical" = "N" | "#);
    assert_eq!(
        flag(r#", default = "other""#),
        r#"= "critical" = "other" | "#
    );
    assert_eq!(
        flag(r#", default = "other", miss = "hold""#),
        r#"= "critical" | hold"#
    );
}

#[test]
fn a_word_that_a_field_may_not_hold_is_told() {
    let import = import(&[("a.toml", &rule("", r#"result_status = "OBX-11""#))]);
    assert_eq!(patch(&import.changes[0], "result_status"), "-");
    assert_eq!(
        render::line(&import.findings[0]),
        "warn bad_value [OBX-11] \"F\" is no result_status\n"
    );
}

#[test]
fn conditions_choose_the_segments() {
    let table = ("flag.csv", "code,system,value\nHH,,critical\n");
    let cases = [
        ("", 2),
        (r#"when = { "OBX-11" = ["F", "C"] }"#, 1),
        (r#"unless = { "OBX-11" = ["F", "C"] }"#, 1),
        (r#"when = { "OBX-11" = ["F"], "OBX-2" = ["NM"] }"#, 0),
        (r#"when = { "OBX-13" = ["WEST"], "OBR-3" = "present" }"#, 1),
        (r#"when = { "NTE-3" = "present" }"#, 1),
        (r#"when = { "NTE-3" = "absent" }"#, 1),
        (r#"unless = { "NTE-3" = "present", "OBX-8" = ["N"] }"#, 0),
        (r#"when = { "OBX-5" = { matches = "^[0-9]+$" } }"#, 1),
        (r#"when = { "OBX-8" = { in = "flag" } }"#, 1),
        (r#"when = { "OBX-20" = [""] }"#, 2),
        (r#"when = { "MSH-3 | OBX-20" = ["LAB"] }"#, 2),
    ];
    for (condition, expected) in cases {
        let import = import(&[("a.toml", &rule(condition, "")), table]);
        assert_eq!(import.changes.len(), expected, "{condition}");
    }
}

#[test]
fn all_or_nothing_keeps_the_whole_message_back() {
    let held = r#"result_status = { from = "OBX-11", table = "flag", miss = "hold" }"#;
    let table = ("flag.csv", "code,system,value\nF,,final\n");
    assert_eq!(
        import(&[("a.toml", &rule("", held)), table]).changes.len(),
        1
    );
    let import = import(&[("a.toml", &rule("all_or_nothing = true", held)), table]);
    assert_eq!(import.changes.len(), 0);
    assert_eq!(import.findings.len(), 1);
}

#[test]
fn a_rule_of_the_same_name_replaces_and_an_extending_one_adds() {
    let replaced = import(&[("a.toml", &rule("", ""))]);
    assert_eq!(patch(&replaced.changes[0], "units"), "-");
    let extension = "[[rule]]\nname = \"lab results\"\nextend = true\nmessages = [\"ORU^R30\"]\n\
                     [rule.fields]\nunits = { value = \"u\" }\ncomment = \"PV1-3.1\"\n";
    let files = [SourceFile::new("a.toml", extension)];
    let types = Mapping::load(&files).unwrap().message_types();
    assert!(types.contains(&"ORU^R30".to_owned()) && types.contains(&"ORU^R01".to_owned()));
    let extended = import(&[("a.toml", extension)]);
    let lab = &extended.changes[0];
    assert_eq!(patch(lab, "units"), r#"= "u""#);
    assert_eq!(patch(lab, "comment"), r#"= "West""#);
    assert_eq!(patch(lab, "ordered_test"), r#"= "Panel""#);
}

#[test]
fn the_identity_section_replaces_key_by_key() {
    let import = import(&[("a.toml", "[identity]\nlast_name = \"PID-5.2\"\n")]);
    let person = import.person.unwrap();
    assert_eq!((&*person.last_name, &*person.first_name), ("Jane", "Jane"));
    assert_eq!(person.identifiers.len(), 1);
}

#[test]
fn a_client_rule_says_whether_it_may_add() {
    let rule = |add: &str| {
        format!(
            "[[rule]]\nname = \"c\"\nrecord = \"client\"\nmessages = [\"ORU\"]\n{add}\n[rule.fields]\n\
             last_name = \"PID-5.1\"\nfirst_name = \"PID-5.2\"\nbirth_date = \"PID-7\"\n"
        )
    };
    assert_eq!(import(&[("a.toml", &rule(""))]).add, care::AddPolicy::Hold);
    let automatic = rule("add = \"automatic\"");
    assert_eq!(
        import(&[("a.toml", &automatic)]).add,
        care::AddPolicy::Automatic
    );
}

#[test]
fn a_rule_without_each_makes_one_record_of_the_message() {
    let text =
        rule("", "comment = { from = \"OBX-5\", join = \";\" }").replace("each = \"OBX\"\n", "");
    let import = import(&[("a.toml", &text)]);
    let all: Vec<_> = import
        .changes
        .iter()
        .map(|change| patch(change, "comment"))
        .collect();
    assert_eq!(all, [r#"= "  412 cells  ;14""#]);
}

#[test]
fn null_is_kept_out_where_the_rule_says_so() {
    let message = ORU
        .replace("||HH|||F", "||\"\"|||F")
        .replace("  412 cells  ", "\"\"");
    let fields = |options: &str| {
        let fields = format!(
            "abnormal_flag = {{ from = \"OBX-8\"{options} }}\nresult = {{ from = \"OBX-5\"{options} }}\n\
             comment = {{ from = \"OBX-8\", default = \"d\"{options} }}"
        );
        let files = [SourceFile::new("a.toml", rule("", &fields))];
        let message = Message::parse(message.as_bytes()).unwrap();
        let codes = Codes::starter();
        let mapped = Mapping::load(&files)
            .unwrap()
            .apply(&message, &render::setting(&codes));
        let Mapped::Import(import) = mapped else {
            panic!("wanted")
        };
        ["abnormal_flag", "result_text", "result_number", "comment"]
            .map(|name| patch(&import.changes[0], name))
            .join(" ")
    };
    assert_eq!(fields(""), "cleared cleared cleared cleared");
    assert_eq!(fields(", keep_if_null = true"), "- - - -");
}
