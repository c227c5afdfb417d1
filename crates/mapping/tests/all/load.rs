//! Files with mistakes, and exactly what is said of them: `NAME.toml` or `NAME.csv` beside
//! `NAME.errors`.

use std::fs;
use std::path::PathBuf;

use cistern_mapping::{Mapping, SourceFile};

#[test]
fn every_mistake_is_told_with_its_line() {
    let mut cases: Vec<PathBuf> = fs::read_dir("tests/load")
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    cases.retain(|path| path.extension().is_some_and(|ending| ending != "errors"));
    cases.sort();
    assert!(cases.len() > 10, "the cases are there");
    for path in cases {
        let name = path.file_name().unwrap().to_str().unwrap();
        let file = SourceFile::new(name, fs::read_to_string(&path).unwrap());
        let told = match Mapping::load(&[file]) {
            Ok(_) => "none\n".to_owned(),
            Err(errors) => format!("{errors}\n"),
        };
        testkit::golden::check(path.with_extension("errors"), told);
    }
}

#[test]
fn mistakes_of_several_files_come_together_in_the_order_of_the_files() {
    let files = [
        SourceFile::new("b.toml", "[[rule]]\nname = \"x\"\n"),
        SourceFile::new("tables/a.csv", "code,value\nW,\n"),
        SourceFile::new("a.toml", "wrong = 1\n"),
    ];
    let errors = Mapping::load(&files).unwrap_err();
    let lines: Vec<_> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            r#"b.toml:2: rule "x": key "messages" is missing"#,
            r#"b.toml:2: rule "x": key "record" is missing"#,
            r#"tables/a.csv:2: column "value" is empty"#,
            r#"a.toml:1: unknown key "wrong" of a mapping"#,
        ]
    );
}

#[test]
fn a_table_stands_in_one_file_and_every_file_is_checked() {
    let files = [
        SourceFile::new("a/test.csv", "code,value\nX,CD4 cout\n"),
        SourceFile::new("b/test.csv", "code,value\nY,CD4 percnt\n"),
    ];
    let errors = Mapping::load(&files).unwrap_err();
    let lines: Vec<_> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            r#"a/test.csv:2: "CD4 cout" is not a test definition; did you mean "CD4 count"?"#,
            r#"b/test.csv:1: table "test" is in a/test.csv already; put the rows of both into one file"#,
            r#"b/test.csv:2: "CD4 percnt" is not a test definition; did you mean "CD4 percent"?"#,
        ]
    );
}
