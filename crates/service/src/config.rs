//! `cistern.toml`: one file for all programs; every setting has a default but the ones one chooses.

mod charset;
mod check;
mod database;
mod error;
mod feed;
mod folder;
mod load;
mod place;
mod tls;

use std::path::PathBuf;

use serde::Deserialize;

pub use database::DatabaseConfig;
pub use error::ConfigError;
pub use feed::{
    AnswerAfterConfig, ApplicationAckConfig, BatchAnswersConfig, CodeConfig, CodesConfig,
    FeedConfig, ModeConfig, SenderConfig, SequenceConfig,
};
pub use folder::{FileFormatConfig, FolderConfig};
pub use tls::{ReturnTlsConfig, TlsConfig};

/// The whole file. Unknown keys are errors.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Config {
    /// Where messages and records are kept.
    pub database: DatabaseConfig,
    /// What the listener does.
    pub listener: ListenerConfig,
    /// What the importer does.
    pub importer: ImporterConfig,
    /// How programs log.
    pub log: LogConfig,
    /// The feeds; without one, a feed `main` on 127.0.0.1:2575.
    pub feed: Vec<FeedConfig>,
    /// The providers; without one, everything belongs to a provider `Default`.
    pub provider: Vec<ProviderConfig>,
}

/// `[listener]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct ListenerConfig {
    /// The longest message, in bytes.
    pub max_frame_bytes: usize,
    /// How long a sender may take to begin TLS, in seconds.
    pub handshake_secs: u64,
    /// How long a sender may pause in the middle of a message, in seconds.
    pub in_frame_idle_secs: u64,
    /// How long a message may take from its first byte to its last, in seconds.
    pub frame_secs: u64,
    /// How long a sender may take to accept an answer, in seconds.
    pub answer_write_secs: u64,
    /// How long a commit may take before the sender is told to send again, in seconds.
    pub commit_secs: u64,
    /// How many messages of one link may wait for their answers.
    pub link_window_messages: usize,
    /// How many messages a batch in a frame may have.
    pub batch_messages_max: usize,
    /// How many messages one commit takes at most.
    pub commit_messages_max: usize,
    /// How many bytes of messages one commit takes at most; a longer one has a commit of its own.
    pub commit_bytes_max: usize,
    /// How many bytes of messages may wait for their commits, over all links; a longer message
    /// waits alone.
    pub in_flight_bytes_max: usize,
    /// How many bytes of messages that have begun and not ended may be in memory, over all links,
    /// beside the first 64 KiB of each.
    pub unfinished_bytes_max: usize,
    /// How many links may be open at once, over all feeds.
    pub links_max: usize,
    /// After how long a silence a link is probed, so that one whose sender is gone is closed, in
    /// seconds.
    pub keep_alive_secs: u64,
    /// How long an application acknowledgment that cannot be delivered is tried again, in seconds.
    pub application_ack_secs_max: u64,
    /// How long a stopping listener waits for messages that are being kept, in seconds.
    pub drain_secs: u64,
    /// Where monitoring may ask over HTTP, `127.0.0.1:9575`; nowhere where it is not set.
    pub status_address: Option<String>,
    /// MSH-3 of answers; the message's own MSH-5 where it is not set.
    pub sending_application: Option<String>,
    /// MSH-4 of answers; the message's own MSH-6 where it is not set.
    pub sending_facility: Option<String>,
}

/// `[importer]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct ImporterConfig {
    /// A folder of `*.toml` mapping files that overlay the starter mappings.
    pub mappings: Option<PathBuf>,
    /// A folder of `*.csv` code tables, each named after its table.
    pub tables: Option<PathBuf>,
    /// How many messages are settled in one transaction at most.
    pub batch_messages_max: usize,
    /// How long an idle importer waits before it looks again, in milliseconds.
    pub poll_millis: u64,
    /// The assigning authority of identifiers that name none; the sender where it is not set.
    pub default_authority: Option<String>,
    /// The offset of timestamps that name none, in minutes east of UTC: -300 in New York.
    pub offset_minutes: i16,
}

/// `[[provider]]`: an agency and the accounts whose messages belong to it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ProviderConfig {
    /// The name, unique.
    pub name: String,
    /// The pairs of sender and receiver.
    #[serde(default)]
    pub accounts: Vec<AccountConfig>,
}

/// One account of a provider.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct AccountConfig {
    /// The sending facility (MSH-4), else the sending application (MSH-3).
    pub sender: String,
    /// The receiving facility (MSH-6), else the receiving application (MSH-5).
    pub receiver: String,
}

/// `[log]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct LogConfig {
    /// `error`, `warn`, `info` or `debug`.
    pub level: String,
    /// `text` or `json`.
    pub format: LogFormat,
}

/// The form of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(clippy::exhaustive_enums, reason = "every log must treat each")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines, one object a line.
    Json,
}

impl Default for ListenerConfig {
    fn default() -> Self {
        ListenerConfig {
            max_frame_bytes: 16 * 1024 * 1024,
            handshake_secs: 10,
            in_frame_idle_secs: 30,
            frame_secs: 300,
            answer_write_secs: 10,
            commit_secs: 10,
            link_window_messages: 64,
            batch_messages_max: 10_000,
            commit_messages_max: 256,
            commit_bytes_max: 64 * 1024 * 1024,
            in_flight_bytes_max: 256 * 1024 * 1024,
            unfinished_bytes_max: 256 * 1024 * 1024,
            links_max: 10_000,
            keep_alive_secs: 60,
            application_ack_secs_max: 86_400,
            drain_secs: 10,
            status_address: None,
            sending_application: None,
            sending_facility: None,
        }
    }
}

impl Default for ImporterConfig {
    fn default() -> Self {
        ImporterConfig {
            mappings: None,
            tables: None,
            batch_messages_max: 200,
            poll_millis: 250,
            default_authority: None,
            offset_minutes: 0,
        }
    }
}

impl Default for LogConfig {
    fn default() -> Self {
        LogConfig {
            level: "info".to_owned(),
            format: LogFormat::Text,
        }
    }
}
