//! What can be wrong with the files that a user writes, and where.

use std::fmt;

use thiserror::Error;

use crate::hint::Hint;

/// Every mistake of a load, in the order of the files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoadErrors {
    errors: Vec<LoadError>,
}

impl LoadErrors {
    pub(crate) fn new(errors: Vec<LoadError>) -> LoadErrors {
        LoadErrors { errors }
    }

    /// The mistakes one by one.
    pub fn iter(&self) -> impl Iterator<Item = &LoadError> {
        self.errors.iter()
    }
}

impl fmt::Display for LoadErrors {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, error) in self.errors.iter().enumerate() {
            let line_break = if number == 0 { "" } else { "\n" };
            write!(out, "{line_break}{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for LoadErrors {}

impl From<LoadError> for LoadErrors {
    fn from(error: LoadError) -> LoadErrors {
        LoadErrors::new(vec![error])
    }
}

/// One mistake, with the line where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub struct LoadError {
    /// The file, as the caller named it.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The rule, where the mistake is in one that has a name.
    pub rule: Option<String>,
    /// What is wrong.
    pub problem: LoadProblem,
}

impl LoadError {
    pub(crate) fn new(place: &Place, rule: Option<&str>, problem: LoadProblem) -> LoadError {
        let (file, line) = (place.file.to_string(), place.line);
        LoadError {
            file,
            line,
            rule: rule.map(str::to_owned),
            problem,
        }
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: ", self.file, self.line)?;
        if let Some(rule) = &self.rule {
            write!(out, "rule {rule:?}: ")?;
        }
        write!(out, "{}", self.problem)
    }
}

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) file: std::sync::Arc<str>,
    pub(crate) line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.file, self.line)
    }
}

/// The mistakes that a user can make.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LoadProblem {
    /// The file is not TOML, or not CSV.
    #[error("{0}")]
    Syntax(String),
    /// A key that nothing reads.
    #[error("unknown key {key:?} of {of}{hint}")]
    UnknownKey {
        /// The key.
        key: String,
        /// What it was written in: `a rule`, `a field`.
        of: &'static str,
        /// A known key that is spelt nearly alike.
        hint: Hint,
    },
    /// A key that cannot be left out.
    #[error("key {key:?} is missing")]
    MissingKey {
        /// The key.
        key: &'static str,
    },
    /// A key whose value has the wrong shape.
    #[error("{key:?} must be {wanted}")]
    WrongShape {
        /// The key.
        key: String,
        /// The shape that is read there.
        wanted: &'static str,
    },
    /// A record type that the catalogue does not have.
    #[error("unknown record {record:?}; known are {known}")]
    UnknownRecord {
        /// The name as written.
        record: String,
        /// The names of the catalogue.
        known: String,
    },
    /// A field that the record type does not have.
    #[error("unknown field {field:?} of record {record}{hint}")]
    UnknownField {
        /// The name as written.
        field: String,
        /// The record type.
        record: &'static str,
        /// A known field that is spelt nearly alike.
        hint: Hint,
    },
    /// A field without which no record of the type can be added.
    #[error("field {field:?} of record {record} is required and not set")]
    MissingField {
        /// The field.
        field: &'static str,
        /// The record type.
        record: &'static str,
    },
    /// A path that cannot be read.
    #[error("malformed path {path:?}: {reason}")]
    BadPath {
        /// The path as written.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A message type that cannot be read.
    #[error("{text:?} is not a message type; write a code like \"ORU\" or \"ORU^R01\"")]
    BadMessageType {
        /// The text as written.
        text: String,
    },
    /// A segment name that cannot be read.
    #[error("{text:?} is not the name of a segment")]
    BadSegment {
        /// The text as written.
        text: String,
    },
    /// A regular expression that cannot be read.
    #[error("pattern of {key:?}: {reason}")]
    BadPattern {
        /// The key that holds it.
        key: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// A form of date that cannot be read.
    #[error(
        "date form {form:?}: write it with YYYY, MM, DD, hh, mm and ss, each once and the greater \
         without a gap, like \"MM/DD/YYYY\""
    )]
    BadDateForm {
        /// The form as written.
        form: String,
    },
    /// A code table that no file has.
    #[error("unknown table {table:?}{hint}")]
    UnknownTable {
        /// The name as written.
        table: String,
        /// A known table that is spelt nearly alike.
        hint: Hint,
    },
    /// A constant that is not of its field's kind.
    #[error("{key:?} of field {field:?} is {wrong}")]
    BadConstant {
        /// `value` or `default`.
        key: &'static str,
        /// The field.
        field: &'static str,
        /// The kind that was wanted.
        wrong: care::BadValue,
    },
    /// A word for a field that may hold only some.
    #[error("{text:?} is no {field}; known are {known}{hint}")]
    NotAChoice {
        /// The word as written.
        text: String,
        /// The field.
        field: &'static str,
        /// The words that it may hold.
        known: String,
        /// One of them that is spelt nearly alike.
        hint: Hint,
    },
    /// A key that means nothing where it stands.
    #[error("{key:?} {reason}")]
    Misplaced {
        /// The key.
        key: String,
        /// Why it means nothing here, and what to do.
        reason: &'static str,
    },
    /// Two rules of one name in the same layer.
    #[error("a rule of this name stands at {first} already")]
    DuplicateRule {
        /// Where the other one stands.
        first: String,
    },
    /// `extend` without an earlier rule.
    #[error("there is no earlier rule of this name to extend{hint}")]
    NothingToExtend {
        /// A known rule that is spelt nearly alike.
        hint: Hint,
    },
    /// Two rules that would make the same records.
    #[error(
        "makes record {record} from the same messages under the same conditions as rule {other:?}"
    )]
    SameRecords {
        /// The record type.
        record: &'static str,
        /// The other rule.
        other: String,
    },
    /// A CSV file without a column that it needs.
    #[error("column {column:?} is missing; the first line must name the columns {columns}")]
    MissingColumn {
        /// The column.
        column: &'static str,
        /// All columns that are read.
        columns: String,
    },
    /// A row without a value that it needs.
    #[error("column {column:?} is empty")]
    EmptyCell {
        /// The column.
        column: &'static str,
    },
    /// A cell that holds none of the words that it may hold.
    #[error("column {column:?} holds {text:?}; known are {known}")]
    UnknownWord {
        /// The column.
        column: &'static str,
        /// The word as written.
        text: String,
        /// The words that are read there.
        known: &'static str,
    },
    /// Two files of one layer for the same table.
    #[error("table {table:?} is in {first} already; put the rows of both into one file")]
    DuplicateTable {
        /// The table.
        table: String,
        /// The other file.
        first: String,
    },
    /// Two rows that give one code different values.
    #[error("code {code:?} has another value in line {line}")]
    DuplicateCode {
        /// The code.
        code: String,
        /// The line of the other row.
        line: usize,
    },
    /// Two test definitions of one name.
    #[error("a test {name:?} stands in line {line} already")]
    DuplicateTest {
        /// The name.
        name: String,
        /// The line of the other one.
        line: usize,
    },
    /// A code that is not LOINC: its form or its check digit is wrong.
    #[error("{code:?} is not a LOINC code (digits, a hyphen and the right check digit)")]
    BadLoinc {
        /// The code as written.
        code: String,
    },
    /// A code of table `test` that leads to no test definition.
    #[error("{test:?} is not a test definition{hint}")]
    UnknownTest {
        /// The name as written.
        test: String,
        /// A known test that is spelt nearly alike.
        hint: Hint,
    },
}
