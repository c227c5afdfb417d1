//! The files that a mapping is made of: those that ship with the program, and the user's.

/// A file that the program has read: a mapping (`.toml`) or a table (`.csv`).
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "built by every program that reads files"
)]
pub struct SourceFile {
    /// The name under which errors speak of it, `mappings/lab.toml`.
    pub name: String,
    /// The content.
    pub text: String,
}

impl SourceFile {
    /// A file of this name and content.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> SourceFile {
        SourceFile {
            name: name.into(),
            text: text.into(),
        }
    }

    /// The name without folders and ending, which is also the name of a code table.
    pub(crate) fn stem(&self) -> &str {
        let file = self.name.rsplit(['/', '\\']).next().unwrap_or_default();
        file.rsplit_once('.').map_or(file, |(stem, _)| stem)
    }

    pub(crate) fn is_csv(&self) -> bool {
        self.name
            .rsplit_once('.')
            .is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("csv"))
    }
}

/// The name of the file of test definitions, which is a CSV file and no code table.
pub(crate) const TEST_DEFINITIONS: &str = "test_definition";

macro_rules! starter_files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../", $name)))),*]
    };
}

const STARTER: &[(&str, &str)] = starter_files![
    "starter/identity.toml",
    "starter/client.toml",
    "starter/lab.toml",
    "starter/test_definition.csv",
    "starter/tables/ethnicity.csv",
    "starter/tables/language.csv",
    "starter/tables/marital_status.csv",
    "starter/tables/race.csv",
    "starter/tables/result_choice.csv",
    "starter/tables/result_status.csv",
    "starter/tables/sex.csv",
    "starter/tables/vital_status.csv",
];

/// The files that ship with the program.
pub(crate) fn starter_files() -> Vec<SourceFile> {
    STARTER
        .iter()
        .map(|(name, text)| SourceFile::new(*name, *text))
        .collect()
}
