//! What may be wrong with a configuration.

use std::path::PathBuf;

/// What is wrong with the configuration: file, line, and a sentence.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{}: cannot be read", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The address of the database, which stands in no configuration, is not what it should be.
    #[error("{origin}: {sentence}")]
    Address {
        /// The file or the variable.
        origin: String,
        /// What is wrong, and what would be right.
        sentence: String,
    },
    /// What should be certificates is none.
    #[error("{origin} holds no certificate: it must be PEM")]
    NotACertificate {
        /// The file, or the setting that is itself the text.
        origin: String,
    },
    /// What should be a private key is none.
    #[error("{origin} holds no private key: it must be PEM, without a passphrase")]
    NotAKey {
        /// The file, or the setting that is itself the text.
        origin: String,
    },
    /// A line is not what it should be.
    #[error("{file}:{line}: {sentence}")]
    Line {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong, and what would be right.
        sentence: String,
    },
}

impl ConfigError {
    /// The mistake at a byte of the text.
    pub(super) fn line(file: &str, text: &str, at: usize, sentence: &str) -> ConfigError {
        let before = text.get(..at).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        ConfigError::Line {
            file: file.to_owned(),
            line,
            sentence: sentence.replace('\n', "; "),
        }
    }
}
