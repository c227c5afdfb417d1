//! Code tables, decisions, systems and LOINC.

use care::CodeDecision;
use cistern_mapping::Lookup::{Miss, Skip, Value};
use cistern_mapping::{Codes, SourceFile, parse_test_definitions};

fn decide(codes: &mut Codes, code: &str, system: &str, sender: &str, value: Option<&str>) {
    codes.decide(CodeDecision {
        table: "test".to_owned(),
        code: code.to_owned(),
        system: system.to_owned(),
        sender: sender.to_owned(),
        value: value.map(str::to_owned),
    });
}

fn with_table(name: &str, rows: &str) -> Codes {
    let mut codes = Codes::starter();
    let file = SourceFile::new("tables/t.csv", format!("code,system,value\n{rows}"));
    codes.add_table(name, &file).unwrap();
    codes
}

#[test]
fn the_nearer_layer_wins() {
    let mut codes = with_table("race", "W,,other\n");
    assert_eq!(codes.lookup("race", "A", "W", ""), Value("other"));
    assert_eq!(
        codes.lookup("race", "A", "B", ""),
        Value("black_or_african_american")
    );
    let all = |value: Option<&str>, sender: &str| CodeDecision {
        table: "race".to_owned(),
        code: "W".to_owned(),
        system: String::new(),
        sender: sender.to_owned(),
        value: value.map(str::to_owned),
    };
    codes.decide(all(Some("white"), ""));
    assert_eq!(codes.lookup("race", "A", "W", ""), Value("white"));
    codes.decide(all(None, "A"));
    assert_eq!(codes.lookup("race", "A", "W", ""), Skip);
    assert_eq!(codes.lookup("race", "B", "W", ""), Value("white"));
    codes.decide(all(Some("asian"), "A"));
    assert_eq!(codes.lookup("race", "A", "W", ""), Value("asian"));
}

#[test]
fn systems_take_part_under_all_their_names() {
    let codes = with_table(
        "t",
        "1,LN,loinc\n1,L,local\n2,,any\n2,I10,icd\n3,LN,only\n4,L,same\n4,Z,same\n",
    );
    let cases = [
        ("1", "LN", Value("loinc")),
        ("1", "LOINC", Value("loinc")),
        ("1", "l", Value("local")),
        // Two rows differ, and nothing says which is meant.
        ("1", "", Miss),
        ("1", "SCT", Miss),
        ("2", "ICD-10-CM", Value("icd")),
        ("2", "SCT", Value("any")),
        ("2", "", Value("any")),
        ("3", "", Value("only")),
        ("3", "L", Miss),
        ("4", "", Value("same")),
        (" 3 ", "LN", Value("only")),
    ];
    for (code, system, expected) in cases {
        assert_eq!(
            codes.lookup("t", "A", code, system),
            expected,
            "{code} {system}"
        );
    }
    assert_eq!(codes.lookup("unknown", "A", "1", ""), Miss);
}

#[test]
fn loinc_codes_of_the_definitions_need_no_table() {
    let mut codes = Codes::starter();
    for system in ["LN", "LOINC", "", "L"] {
        assert_eq!(
            codes.lookup("test", "A", "24467-3", system),
            Value("CD4 count"),
            "{system}"
        );
    }
    assert_eq!(codes.lookup("test", "A", "20447-9", "LN"), Miss);
    assert_eq!(codes.lookup("race", "A", "24467-3", "LN"), Miss);
    decide(
        &mut codes,
        "20447-9",
        "LN",
        "QUEST",
        Some("HIV-1 viral load"),
    );
    assert_eq!(
        codes.lookup("test", "QUEST", "20447-9", "LN"),
        Value("HIV-1 viral load")
    );
    assert_eq!(codes.lookup("test", "QUARRY", "20447-9", "LN"), Miss);
    // A decision goes before the definitions.
    decide(&mut codes, "24467-3", "LN", "", None);
    assert_eq!(codes.lookup("test", "A", "24467-3", "LN"), Skip);
}

#[test]
fn a_definition_replaces_the_one_of_its_name() {
    let file = SourceFile::new(
        "test_definition.csv",
        "name,kind,result_kind,units,choices,loinc\nCD4 count,lab,text,,a; b,20447-9\n",
    );
    let mut codes = Codes::starter();
    let before = codes.tests().len();
    codes.add_tests(parse_test_definitions(&file).unwrap());
    assert_eq!(codes.tests().len(), before);
    assert_eq!(codes.test("CD4 count").unwrap().choices, ["a", "b"]);
    assert_eq!(
        codes.lookup("test", "A", "20447-9", "LN"),
        Value("CD4 count")
    );
    assert_eq!(codes.lookup("test", "A", "24467-3", "LN"), Miss);
}

#[test]
fn mistakes_in_definitions_are_told_together() {
    let file = SourceFile::new(
        "tests.csv",
        "name,kind,result_kind,units,choices,loinc\n\
         A,labs,numbers,,,718-7\n\
         B,lab,text,,,718-8\n\
         A,lab,text,,,718-7\n",
    );
    let errors = parse_test_definitions(&file).unwrap_err().to_string();
    let lines: Vec<_> = errors.lines().collect();
    assert_eq!(
        lines,
        [
            r#"tests.csv:2: column "kind" holds "labs"; known are lab"#,
            r#"tests.csv:2: column "result_kind" holds "numbers"; known are number, choice and text"#,
            r#"tests.csv:3: "718-8" is not a LOINC code (digits, a hyphen and the right check digit)"#,
            r#"tests.csv:4: a test "A" stands in line 2 already"#,
            r#"tests.csv:4: code "718-7" has another value in line 2"#,
        ]
    );
}
