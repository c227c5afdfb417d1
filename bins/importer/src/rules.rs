//! Mappings and code tables, read from the folders that the configuration names.

use std::path::{Path, PathBuf};

use mapping::{Codes, LoadErrors, Mapping, SourceFile, parse_test_definitions};
use service::ImporterConfig;

/// The rules and code tables of a site: the starter ones, overlaid by its own.
#[derive(Debug)]
pub struct Rules {
    mapping: Mapping,
    codes: Codes,
}

/// Why rules cannot be used. Every mistake of every file is in it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RulesError {
    /// A folder or file cannot be read.
    #[error("{}: cannot be read", path.display())]
    Unreadable {
        /// The folder or file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A file says what it may not.
    #[error("{0}")]
    Load(LoadErrors),
}

impl Rules {
    /// Reads the site's files and checks them all.
    pub fn load(config: &ImporterConfig) -> Result<Rules, RulesError> {
        let mappings = read_folder(config.mappings.as_deref(), "toml")?;
        let tables = read_folder(config.tables.as_deref(), "csv")?;
        let files = [mappings, tables.clone()].concat();
        let mapping = Mapping::load(&files).map_err(RulesError::Load)?;
        let mut codes = Codes::starter();
        for table in &tables {
            add(&mut codes, table).map_err(RulesError::Load)?;
        }
        Ok(Rules { mapping, codes })
    }

    /// The rules.
    pub fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    /// The code tables, without the decisions that the tank holds.
    pub fn codes(&self) -> &Codes {
        &self.codes
    }
}

/// `test_definition.csv` defines tests; every other file is the table of its name.
fn add(codes: &mut Codes, file: &SourceFile) -> Result<(), LoadErrors> {
    let stem = Path::new(&file.name).file_stem().unwrap_or_default();
    match stem.to_string_lossy().as_ref() {
        "test_definition" => codes.add_tests(parse_test_definitions(file)?),
        table => codes.add_table(table, file)?,
    }
    Ok(())
}

/// The files of a folder with this extension, in the order of their names.
fn read_folder(folder: Option<&Path>, extension: &str) -> Result<Vec<SourceFile>, RulesError> {
    let Some(folder) = folder else {
        return Ok(Vec::new());
    };
    let unreadable = |source| RulesError::Unreadable {
        path: folder.to_owned(),
        source,
    };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|found| found == extension) {
            paths.push(path);
        }
    }
    paths.sort();
    let read = |path: PathBuf| match std::fs::read_to_string(&path) {
        Ok(text) => Ok(SourceFile {
            name: path.display().to_string(),
            text,
        }),
        Err(source) => Err(RulesError::Unreadable { path, source }),
    };
    paths.into_iter().map(read).collect()
}
