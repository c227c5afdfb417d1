//! `[database]`: where messages and records are kept, and how one gets there.

use std::fmt;
use std::fs::File;
use std::path::PathBuf;

use serde::Deserialize;
use url::Url;

use super::ConfigError;

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
    /// Tries the files of certificates and keys that the address names, which are read at each
    /// connection.
    pub fn check_files(&self) -> Result<(), ConfigError> {
        let names = tls(&self.url).map(|tls| [tls.root, tls.certificate, tls.key]);
        for name in names.into_iter().flatten().flatten() {
            let is_text = name.trim_start().starts_with("-----BEGIN");
            if !is_text && let Err(source) = File::open(&name) {
                let file = name.into();
                return Err(ConfigError::Unreadable { file, source });
            }
        }
        Ok(())
    }

    /// What is wrong with what the address says, where that can be seen from here.
    pub(super) fn fault(&self) -> Option<&'static str> {
        let mode = tls(&self.url)?;
        let verifies = match mode.mode.as_deref() {
            None | Some("disable" | "prefer" | "require") => false,
            Some("verify-ca" | "verify-full") => true,
            Some("allow") => {
                return Some("sslmode=allow never encrypts here: say disable, or verify-full");
            }
            Some(_) => {
                return Some(
                    "sslmode must be one of disable, prefer, require, verify-ca, verify-full",
                );
            }
        };
        if mode.root.is_some() && !verifies {
            Some("sslrootcert is only looked at with sslmode=verify-full or verify-ca")
        } else if mode.certificate.is_some() != mode.key.is_some() {
            Some("sslcert and sslkey are no use without each other")
        } else {
            None
        }
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

/// What the address of a PostgreSQL server says of TLS.
#[derive(Default)]
struct AddressTls {
    mode: Option<String>,
    root: Option<String>,
    certificate: Option<String>,
    key: Option<String>,
}

/// By the names that sqlx takes. Nothing where it is no such address.
fn tls(url: &str) -> Option<AddressTls> {
    let url = Url::parse(url).ok()?;
    if !matches!(url.scheme(), "postgres" | "postgresql") {
        return None;
    }
    let mut tls = AddressTls::default();
    for (key, value) in url.query_pairs() {
        let value = value.into_owned();
        match &*key {
            "sslmode" | "ssl-mode" => tls.mode = Some(value.to_ascii_lowercase()),
            "sslrootcert" | "ssl-root-cert" | "ssl-ca" => tls.root = Some(value),
            "sslcert" | "ssl-cert" => tls.certificate = Some(value),
            "sslkey" | "ssl-key" => tls.key = Some(value),
            _ => {}
        }
    }
    Some(tls)
}
