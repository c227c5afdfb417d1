//! What codes mean: people's decisions, the user's tables, the starter tables, and LOINC.

mod loinc;
mod system;
mod table;

pub(crate) use loinc::is_loinc;
pub(crate) use table::{read as read_table, values as table_values};

use std::collections::HashMap;

use care::{CodeDecision, TestDefinition};

use crate::error::LoadErrors;
use crate::source::{SourceFile, TEST_DEFINITIONS, starter_files};
use crate::test_definition::parse_test_definitions;
use system::is_loinc_system;
use table::Table;

/// The table whose values are names of test definitions.
pub(crate) const TEST: &str = "test";

/// Every code table that a mapping can name, and the decisions that overlay them.
#[derive(Clone, Debug, Default)]
pub struct Codes {
    decisions: HashMap<Scope, Table>,
    user: HashMap<String, Table>,
    starter: HashMap<String, Table>,
    tests: Vec<TestDefinition>,
    by_loinc: HashMap<String, usize>,
}

/// The table and the sender for whom a decision holds; an empty sender is every sender.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Scope {
    table: String,
    sender: String,
}

/// What is known of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "every mapping must treat each")]
pub enum Lookup<'c> {
    /// The code means this.
    Value(&'c str),
    /// Somebody decided that what carries this code is not imported.
    Skip,
    /// Nothing is known.
    Miss,
}

impl Codes {
    /// The tables and test definitions that ship with the program.
    pub fn starter() -> Codes {
        let mut codes = Codes::default();
        for file in starter_files().iter().filter(|file| file.is_csv()) {
            if file.stem() == TEST_DEFINITIONS {
                codes.add_tests(parse_test_definitions(file).unwrap_or_default());
            } else {
                let table = table::read(file).unwrap_or_default();
                codes.starter.insert(file.stem().to_owned(), table);
            }
        }
        codes
    }

    /// Adds a table of the user's: CSV with the columns `code,system,value` and, if wanted, `note`.
    ///
    /// Its rows go before those of the starter table of the same name; what it does not have is
    /// still looked up there.
    pub fn add_table(&mut self, name: &str, file: &SourceFile) -> Result<(), LoadErrors> {
        let table = table::read(file)?;
        self.user.entry(name.to_owned()).or_default().extend(table);
        Ok(())
    }

    /// Adds test definitions; one of a known name replaces it.
    pub fn add_tests(&mut self, tests: Vec<TestDefinition>) {
        for test in tests {
            match self.tests.iter_mut().find(|known| known.name == test.name) {
                Some(known) => *known = test,
                None => self.tests.push(test),
            }
        }
        self.by_loinc.clear();
        for (place, test) in self.tests.iter().enumerate() {
            for code in &test.loinc {
                self.by_loinc.insert(code.clone(), place);
            }
        }
    }

    /// Adds a person's decision; an earlier one on the same code, system and sender is replaced.
    pub fn decide(&mut self, decision: CodeDecision) {
        let CodeDecision {
            table,
            code,
            system,
            sender,
            value,
        } = decision;
        self.decisions
            .entry(Scope { table, sender })
            .or_default()
            .put(&code, &system, value);
    }

    /// Every test definition.
    pub fn tests(&self) -> &[TestDefinition] {
        &self.tests
    }

    /// The test definition of this name.
    pub fn test(&self, name: &str) -> Option<&TestDefinition> {
        self.tests.iter().find(|test| test.name == name)
    }

    /// Looks a code up: decisions for this sender, decisions for all senders, the user's table,
    /// the starter table; and for the table `test` the LOINC codes of the test definitions.
    ///
    /// Upper and lower case count as equal. A row without a system holds for every system; a code
    /// that was sent without a system matches the rows of any, as long as they agree.
    pub fn lookup(&self, table: &str, sender: &str, code: &str, system: &str) -> Lookup<'_> {
        let code = code.trim();
        let layers = [
            self.decided(table, sender),
            self.decided(table, ""),
            self.user.get(table),
            self.starter.get(table),
        ];
        for layer in layers.into_iter().flatten() {
            match layer.find(code, system) {
                Lookup::Miss => {}
                found => return found,
            }
        }
        if table == TEST {
            self.test_of_loinc(code, system)
        } else {
            Lookup::Miss
        }
    }

    fn decided(&self, table: &str, sender: &str) -> Option<&Table> {
        let scope = Scope {
            table: table.to_owned(),
            sender: sender.to_owned(),
        };
        self.decisions.get(&scope)
    }

    fn test_of_loinc(&self, code: &str, system: &str) -> Lookup<'_> {
        if !is_loinc_system(system) && !is_loinc(code) {
            return Lookup::Miss;
        }
        match self
            .by_loinc
            .get(code)
            .and_then(|place| self.tests.get(*place))
        {
            Some(test) => Lookup::Value(&test.name),
            None => Lookup::Miss,
        }
    }
}
