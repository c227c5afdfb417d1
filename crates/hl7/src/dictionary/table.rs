//! Tables and their codes.

use std::fmt;

use super::Dictionary;
use super::rows::{Code, Table};

/// A table of the standard, as one version fills it.
///
/// ```
/// use cistern_hl7::{Dictionary, Version};
///
/// let dictionary = Dictionary::of(Version::new(5, 1));
/// let classes = dictionary.table(4).unwrap();
/// assert_eq!(classes.name(), "patient class");
/// assert_eq!(classes.code("E").map(|code| code.meaning()), Some("emergency"));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TableDefinition {
    row: &'static Table,
    version: u8,
}

impl TableDefinition {
    pub(super) fn new(row: &'static Table, version: u8) -> TableDefinition {
        TableDefinition { row, version }
    }

    /// Its number, 1 for what the standard writes 0001.
    pub fn number(self) -> u16 {
        self.row.number
    }

    /// What it lists, such as `administrative sex`.
    pub fn name(self) -> &'static str {
        self.row.name()
    }

    /// Every code, sorted, with those that are withdrawn. None where each site makes its own, and
    /// where the list is long and kept elsewhere.
    pub fn codes(self) -> impl Iterator<Item = CodeDefinition> {
        let known = self.row.codes().iter();
        known
            .filter(move |row| row.is_known(self.version))
            .map(move |row| CodeDefinition::new(row, self.version))
    }

    /// A code, if the version or one before it lists it.
    pub fn code(self, code: &str) -> Option<CodeDefinition> {
        let codes = self.row.codes();
        let index = codes.binary_search_by(|row| row.code().cmp(code)).ok()?;
        let row = codes.get(index)?;
        row.is_known(self.version)
            .then(|| CodeDefinition::new(row, self.version))
    }
}

impl fmt::Debug for TableDefinition {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = format_args!("{:04}", self.number());
        Dictionary::at(self.version).show(out, "TableDefinition", id, self.name())
    }
}

/// A code of a table.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CodeDefinition {
    row: &'static Code,
    version: u8,
}

impl CodeDefinition {
    fn new(row: &'static Code, version: u8) -> CodeDefinition {
        CodeDefinition { row, version }
    }

    /// The code as it is sent, such as `F`.
    pub fn code(self) -> &'static str {
        self.row.code()
    }

    /// What it means in a few words, such as `female`.
    pub fn meaning(self) -> &'static str {
        self.row.meaning()
    }

    /// Whether an earlier version lists it, and this one no longer.
    pub fn is_withdrawn(self) -> bool {
        self.row.is_withdrawn(self.version)
    }
}

impl fmt::Debug for CodeDefinition {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = format_args!("{}", self.code());
        Dictionary::at(self.version).show(out, "CodeDefinition", id, self.meaning())
    }
}
