//! A set of rules, ready to run, and the text that it was made of.

use std::fmt::Write;

use care::TestDefinition;
use hl7::Header;
use sha2::{Digest, Sha256};

use crate::codes::TEST;
use crate::compile::{Compiler, Names};
use crate::error::{LoadError, LoadErrors, LoadProblem};
use crate::hint::Hint;
use crate::layer::{overlay, overlay_identity};
use crate::rule::{Identity, MessageType, Rule};
use crate::source::{SourceFile, TEST_DEFINITIONS, starter_files};
use crate::spec::{self, IdentitySpec, RuleSpec};
use crate::table_file::{self, TableFile};
use crate::test_definition::parse_test_definitions;

/// Rules that turn messages into changes of care records.
///
/// Everything a user can write wrongly is found by [`Mapping::load`]; [`Mapping::apply`] cannot
/// meet a malformed rule.
#[derive(Clone, Debug)]
pub struct Mapping {
    pub(crate) rules: Vec<Rule>,
    pub(crate) identity: Identity,
    sources: String,
}

impl Mapping {
    /// The rules that ship with the program.
    ///
    /// # Panics
    /// Never: a test loads them.
    #[expect(
        clippy::expect_used,
        reason = "part of the program, and loaded by every test"
    )]
    pub fn starter() -> Mapping {
        Mapping::load(&[]).expect("the starter files are sound")
    }

    /// The rules that ship with the program, under the user's.
    ///
    /// Takes mappings (`.toml`) and tables (`.csv`) alike: a rule may name the tables among them,
    /// and all of them count in the [`digest`](Mapping::digest). The rows of the tables are not
    /// kept here; give them to [`Codes::add_table`](crate::Codes::add_table) too.
    pub fn load(files: &[SourceFile]) -> Result<Mapping, LoadErrors> {
        let starter = starter_files();
        let mut errors = Vec::new();
        let shipped = Layer::read(&starter, false, &mut errors);
        let user = Layer::read(files, true, &mut errors);
        let known = Known::of(&shipped, &user);
        errors.extend(known.unknown_tests());
        let identity = overlay_identity(shipped.identity, user.identity);
        let specs = overlay(shipped.rules, user.rules, &mut errors);
        let mut compiler = Compiler::new(Names {
            tables: &known.tables,
            tests: &known.tests,
        });
        let rules = compiler.rules(&specs);
        let identity = compiler.identity(&identity);
        errors.extend(compiler.into_errors());
        if errors.is_empty() {
            return Ok(Mapping {
                rules,
                identity,
                sources: text_of(&starter, files),
            });
        }
        let order: Vec<_> = starter
            .iter()
            .chain(files)
            .map(|file| file.name.clone())
            .collect();
        let place = |error: &LoadError| order.iter().position(|name| *name == error.file);
        errors.sort_by_key(|error| (place(error), error.line));
        Err(LoadErrors::new(errors))
    }

    /// The text of all files that the mapping was made of, each after a line with its name.
    pub fn sources(&self) -> &str {
        &self.sources
    }

    /// What tells this set of rules and tables from every other: the SHA-256 of its
    /// [`sources`](Mapping::sources) in hexadecimal.
    pub fn digest(&self) -> String {
        let mut text = String::new();
        for byte in Sha256::digest(self.sources.as_bytes()) {
            // Writing to a String cannot fail.
            write!(text, "{byte:02x}").unwrap_or_default();
        }
        text
    }

    /// The types of messages that some rule wants, `ORU^R01`, each once.
    pub fn message_types(&self) -> Vec<String> {
        let mut types: Vec<_> = self
            .rules
            .iter()
            .flat_map(|rule| &rule.messages)
            .map(MessageType::to_string)
            .collect();
        types.sort_unstable();
        types.dedup();
        types
    }

    /// Whether some rule wants messages with this header.
    pub fn wants(&self, header: &Header<'_>) -> bool {
        self.rules
            .iter()
            .flat_map(|rule| &rule.messages)
            .any(|wanted| wanted.is(header))
    }
}

/// The files of one layer, read.
#[derive(Default)]
struct Layer {
    rules: Vec<RuleSpec>,
    identity: IdentitySpec,
    tables: Vec<TableFile>,
    tests: Vec<TestDefinition>,
}

impl Layer {
    fn read(files: &[SourceFile], is_users: bool, errors: &mut Vec<LoadError>) -> Layer {
        let mut layer = Layer::default();
        let mut tables = Vec::new();
        for file in files {
            if !file.is_csv() {
                let spec = spec::read(file, errors);
                layer.rules.extend(spec.rules);
                layer.identity = overlay_identity(layer.identity, spec.identity);
            } else if file.stem() == TEST_DEFINITIONS {
                match parse_test_definitions(file) {
                    Ok(tests) => layer.tests.extend(tests),
                    Err(wrong) => errors.extend(wrong.iter().cloned()),
                }
            } else {
                tables.push(file);
                layer.tables.push(TableFile::read(file, is_users, errors));
            }
        }
        errors.extend(table_file::duplicates(&tables));
        layer
    }
}

/// What rules and tables may name.
struct Known {
    tables: Vec<TableFile>,
    tests: Vec<TestDefinition>,
}

impl Known {
    fn of(shipped: &Layer, user: &Layer) -> Known {
        let tables = shipped.tables.iter().chain(&user.tables).cloned();
        let tests = shipped.tests.iter().chain(&user.tests).cloned();
        Known {
            tables: tables.collect(),
            tests: tests.collect(),
        }
    }

    /// The rows of table `test` that lead to no test definition.
    fn unknown_tests(&self) -> Vec<LoadError> {
        let names = || self.tests.iter().map(|test| test.name.as_str());
        let mut errors = Vec::new();
        let tables = self.tables.iter().filter(|table| table.name == TEST);
        for (place, test) in tables.flat_map(TableFile::values) {
            if !names().any(|name| name == test) {
                let (test, hint) = (test.to_owned(), Hint::of(test, names()));
                let problem = LoadProblem::UnknownTest { test, hint };
                errors.push(LoadError::new(place, None, problem));
            }
        }
        errors
    }
}

fn text_of(starter: &[SourceFile], files: &[SourceFile]) -> String {
    let mut text = String::new();
    for file in starter.iter().chain(files) {
        for part in ["# file: ", &file.name, "\n", &file.text, "\n"] {
            text.push_str(part);
        }
    }
    text
}
