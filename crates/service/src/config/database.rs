//! `[database]`: where messages and records are kept, and how one gets there.

mod way;

use std::fmt;
use std::path::PathBuf;

use serde::Deserialize;

use super::ConfigError;
use way::Way;

/// The variable that goes before the file.
const VARIABLE: &str = "CISTERN_DATABASE_URL";

/// `[database]`
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct DatabaseConfig {
    /// `sqlite:PATH` or `postgres://USER@HOST/DATABASE`. The environment variable
    /// `CISTERN_DATABASE_URL` overrides it, so that a password need not stand in the file.
    pub url: String,
    /// A file that holds the address, for secrets that are mounted as files; overrides `url`.
    pub url_file: Option<PathBuf>,
}

impl Default for DatabaseConfig {
    fn default() -> Self {
        DatabaseConfig {
            url: "sqlite:cistern.db".to_owned(),
            url_file: None,
        }
    }
}

impl fmt::Debug for DatabaseConfig {
    /// The address may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseConfig").finish_non_exhaustive()
    }
}

impl DatabaseConfig {
    /// Reads the files of certificates and keys that the address or the environment names, which
    /// are read at each connection.
    pub fn check_files(&self) -> Result<(), ConfigError> {
        self.way().map_or(Ok(()), |way| way.check_files())
    }

    /// What is wrong with what the address says, where that can be seen from here.
    pub(super) fn fault(&self) -> Option<String> {
        self.way()?.fault()
    }

    fn way(&self) -> Option<Way> {
        Way::of(&self.url, |name| std::env::var(name).ok())
    }

    /// Takes the address from where it stands.
    pub(super) fn resolve(&mut self) -> Result<(), ConfigError> {
        let mut origin = None;
        if let Some(file) = &self.url_file {
            let read = std::fs::read_to_string(file);
            let unreadable = |source| ConfigError::Unreadable {
                file: file.clone(),
                source,
            };
            read.map_err(unreadable)?.trim().clone_into(&mut self.url);
            origin = Some(file.display().to_string());
        }
        if let Ok(url) = std::env::var(VARIABLE) {
            self.url = url;
            origin = Some(VARIABLE.to_owned());
        }
        match (origin, self.fault()) {
            (Some(origin), Some(sentence)) => Err(ConfigError::Address { origin, sentence }),
            _ => Ok(()),
        }
    }
}
