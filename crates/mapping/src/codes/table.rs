//! One code table: what its rows say of a code in a system.

use std::collections::HashMap;

use super::{Lookup, system};
use crate::csv_file::CsvFile;
use crate::error::{LoadErrors, LoadProblem};
use crate::source::SourceFile;

const COLUMNS: &[&str] = &["code", "system", "value", "note"];

/// Rows by their code in lower case.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    rows: HashMap<String, Vec<Row>>,
}

#[derive(Clone, Debug)]
struct Row {
    system: String,
    /// `None` is the decision to skip.
    value: Option<String>,
}

impl Table {
    pub(super) fn extend(&mut self, other: Table) {
        for (code, rows) in other.rows {
            for row in rows {
                self.put(&code, &row.system, row.value);
            }
        }
    }

    /// Puts a row; an earlier one of the same code and system is replaced.
    pub(super) fn put(&mut self, code: &str, system: &str, value: Option<String>) {
        let rows = self.rows.entry(fold(code)).or_default();
        let row = Row {
            system: system.trim().to_owned(),
            value,
        };
        match rows.iter_mut().find(|known| same_system(known, &row)) {
            Some(known) => *known = row,
            None => rows.push(row),
        }
    }

    pub(super) fn find(&self, code: &str, system: &str) -> Lookup<'_> {
        match self
            .rows
            .get(&fold(code))
            .and_then(|rows| choose(rows, system))
        {
            Some(Row {
                value: Some(value), ..
            }) => Lookup::Value(value),
            Some(Row { value: None, .. }) => Lookup::Skip,
            None => Lookup::Miss,
        }
    }
}

/// The row of the very system, else the row for every system; without a system in the message,
/// the row of any system unless the rows differ.
fn choose<'r>(rows: &'r [Row], system: &str) -> Option<&'r Row> {
    let exact = rows.iter().find(|row| system::same(&row.system, system));
    if let Some(row) = exact.or_else(|| rows.iter().find(|row| row.system.is_empty())) {
        return Some(row);
    }
    let (first, rest) = rows.split_first()?;
    let agree = rest.iter().all(|row| row.value == first.value);
    (system.trim().is_empty() && agree).then_some(first)
}

fn same_system(a: &Row, b: &Row) -> bool {
    a.system.is_empty() && b.system.is_empty() || system::same(&a.system, &b.system)
}

fn fold(code: &str) -> String {
    code.trim().to_lowercase()
}

/// Reads a table from CSV.
pub(crate) fn read(file: &SourceFile) -> Result<Table, LoadErrors> {
    let mut csv = CsvFile::read(file, COLUMNS, &["code", "value"], "a table");
    let mut table = Table::default();
    let mut lines: HashMap<(String, String), (String, usize)> = HashMap::new();
    for row in std::mem::take(&mut csv.rows) {
        let (code, system, value) = (row.cell("code"), row.cell("system"), row.cell("value"));
        let key = (fold(code), system.to_lowercase());
        match lines.get(&key) {
            Some((other, line)) if other != value => {
                let problem = LoadProblem::DuplicateCode {
                    code: code.to_owned(),
                    line: *line,
                };
                csv.complain(row.line, problem);
            }
            _ => {
                lines.insert(key, (value.to_owned(), row.line));
                table.put(code, system, Some(value.to_owned()));
            }
        }
    }
    csv.finish(table)
}

/// The values of a table with their lines.
pub(crate) fn values(file: &SourceFile) -> Vec<(usize, String)> {
    let csv = CsvFile::read(file, COLUMNS, &["code", "value"], "a table");
    csv.rows
        .iter()
        .map(|row| (row.line, row.cell("value").to_owned()))
        .collect()
}
