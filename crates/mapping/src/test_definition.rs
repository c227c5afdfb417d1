//! Test definitions from CSV.

use std::collections::HashMap;

use care::TestDefinition;

use crate::codes::is_loinc;
use crate::csv_file::{CsvFile, CsvRow};
use crate::error::{LoadErrors, LoadProblem};
use crate::source::SourceFile;

const COLUMNS: &[&str] = &["name", "kind", "result_kind", "units", "choices", "loinc"];

/// Reads test definitions: CSV with the columns `name,kind,result_kind,units,choices,loinc`,
/// where `choices` and `loinc` are lists with `;` between.
pub fn parse_test_definitions(file: &SourceFile) -> Result<Vec<TestDefinition>, LoadErrors> {
    let required = ["name", "kind", "result_kind"];
    let mut csv = CsvFile::read(file, COLUMNS, &required, "the test definitions");
    let (mut names, mut codes) = (HashMap::new(), HashMap::new());
    let mut tests = Vec::new();
    for row in std::mem::take(&mut csv.rows) {
        let test = definition(&row);
        for problem in problems(&test) {
            csv.complain(row.line, problem);
        }
        if let Some(line) = names.insert(test.name.clone(), row.line) {
            csv.complain(
                row.line,
                LoadProblem::DuplicateTest {
                    name: test.name.clone(),
                    line,
                },
            );
        }
        for code in &test.loinc {
            if let Some(line) = codes.insert(code.clone(), row.line) {
                csv.complain(
                    row.line,
                    LoadProblem::DuplicateCode {
                        code: code.clone(),
                        line,
                    },
                );
            }
        }
        tests.push(test);
    }
    csv.finish(tests)
}

fn definition(row: &CsvRow) -> TestDefinition {
    TestDefinition {
        name: row.cell("name").to_owned(),
        kind: row.cell("kind").to_owned(),
        result_kind: row.cell("result_kind").to_owned(),
        units: row.cell("units").to_owned(),
        choices: list(row.cell("choices")),
        loinc: list(row.cell("loinc")),
    }
}

fn list(cell: &str) -> Vec<String> {
    cell.split(';')
        .map(str::trim)
        .filter(|item| !item.is_empty())
        .map(str::to_owned)
        .collect()
}

fn problems(test: &TestDefinition) -> Vec<LoadProblem> {
    let mut problems = Vec::new();
    if care::record_type(&test.kind).is_none_or(|record| record.field("test").is_none()) {
        let text = test.kind.clone();
        problems.push(LoadProblem::UnknownWord {
            column: "kind",
            text,
            known: "lab",
        });
    }
    if !["number", "choice", "text"].contains(&test.result_kind.as_str()) {
        let (text, known) = (test.result_kind.clone(), "number, choice and text");
        problems.push(LoadProblem::UnknownWord {
            column: "result_kind",
            text,
            known,
        });
    }
    for code in test.loinc.iter().filter(|code| !is_loinc(code)) {
        problems.push(LoadProblem::BadLoinc { code: code.clone() });
    }
    problems
}
