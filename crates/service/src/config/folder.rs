//! `folders` of a feed: where its messages come in files.

use std::path::PathBuf;

use serde::Deserialize;

/// `folders` of a feed: a folder that is watched. What is read there moves on to another.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct FolderConfig {
    /// The folder.
    pub path: PathBuf,
    /// Where files go whose messages are kept; `processed` in the folder where it is not set.
    pub processed: Option<PathBuf>,
    /// Where files go of which something cannot be imported; `rejected` in the folder where it is
    /// not set.
    pub rejected: Option<PathBuf>,
    /// What the files hold.
    #[serde(default)]
    pub format: FileFormatConfig,
    /// How long a file must not have changed before it is read, in seconds.
    #[serde(default = "quiet_secs")]
    pub quiet_secs: u64,
    /// How often the folder is looked at, in milliseconds.
    #[serde(default = "poll_millis")]
    pub poll_millis: u64,
    /// The longest file, in bytes.
    #[serde(default = "file_bytes_max")]
    pub file_bytes_max: usize,
}

/// What files hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "every door must treat each")]
pub enum FileFormatConfig {
    /// Rows where the name ends in `.cwlab`, else messages.
    #[default]
    Auto,
    /// Messages and batches of HL7 v2.
    Hl7,
    /// Rows of CWLAB, a laboratory result each.
    Cwlab,
}

impl FolderConfig {
    /// Where files go whose messages are kept.
    pub fn processed(&self) -> PathBuf {
        let chosen = self.processed.clone();
        chosen.unwrap_or_else(|| self.path.join("processed"))
    }

    /// Where files go of which something cannot be imported.
    pub fn rejected(&self) -> PathBuf {
        let chosen = self.rejected.clone();
        chosen.unwrap_or_else(|| self.path.join("rejected"))
    }
}

fn quiet_secs() -> u64 {
    5
}

fn poll_millis() -> u64 {
    1_000
}

fn file_bytes_max() -> usize {
    64 * 1024 * 1024
}
