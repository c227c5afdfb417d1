//! `cistern.toml`: one file for all programs; every setting has a default but the ones one chooses.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;

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

/// `[[feed]]`: one door for one sender.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct FeedConfig {
    /// The name, unique; kept with every message.
    pub name: String,
    /// The address to listen on, `0.0.0.0:2575`.
    pub address: String,
}

/// `[listener]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct ListenerConfig {
    /// The longest message, in bytes.
    pub max_frame_bytes: usize,
    /// How long a sender may pause in the middle of a message, in seconds.
    pub in_frame_idle_secs: u64,
    /// How long a sender may take to accept an answer, in seconds.
    pub answer_write_secs: u64,
    /// How long a commit may take before the sender is told to send again, in seconds.
    pub commit_secs: u64,
    /// How many messages of one link may wait for their answers.
    pub link_window_messages: usize,
    /// How many messages one commit takes at most.
    pub commit_messages_max: usize,
    /// How many links may be open at once, over all feeds.
    pub links_max: usize,
    /// After how long a silence a link is probed, so that one whose sender is gone is closed, in
    /// seconds.
    pub keep_alive_secs: u64,
    /// How long a stopping listener waits for messages that are being kept, in seconds.
    pub drain_secs: u64,
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

impl Default for ListenerConfig {
    fn default() -> Self {
        ListenerConfig {
            max_frame_bytes: 16 * 1024 * 1024,
            in_frame_idle_secs: 30,
            answer_write_secs: 10,
            commit_secs: 10,
            link_window_messages: 64,
            commit_messages_max: 256,
            links_max: 10_000,
            keep_alive_secs: 60,
            drain_secs: 10,
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

impl Config {
    /// Reads a file, or the defaults where none is named and `cistern.toml` is not there.
    pub fn load(file: Option<&Path>) -> Result<Config, ConfigError> {
        let (path, named) = match file {
            Some(path) => (path, true),
            None => (Path::new("cistern.toml"), false),
        };
        let mut config = match std::fs::read_to_string(path) {
            Ok(text) => Config::parse(&path.display().to_string(), &text)?,
            Err(error) if !named && error.kind() == std::io::ErrorKind::NotFound => {
                Config::default()
            }
            Err(source) => {
                return Err(ConfigError::Unreadable {
                    file: path.to_owned(),
                    source,
                });
            }
        };
        config.database.resolve()?;
        Ok(config)
    }

    /// Reads the text of a file; `name` is for errors.
    pub fn parse(name: &str, text: &str) -> Result<Config, ConfigError> {
        let config: Config = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            ConfigError::line(name, text, at, error.message())
        })?;
        config.check().map_err(|(needle, sentence)| {
            let at = text.find(&needle).unwrap_or(0);
            ConfigError::line(name, text, at, &sentence)
        })?;
        Ok(config)
    }

    /// The feeds, with the default where none is configured.
    pub fn feeds(&self) -> Vec<FeedConfig> {
        if self.feed.is_empty() {
            let (name, address) = ("main".to_owned(), "127.0.0.1:2575".to_owned());
            return vec![FeedConfig { name, address }];
        }
        self.feed.clone()
    }

    /// What a type cannot say: the first offending text, and a sentence.
    fn check(&self) -> Result<(), (String, String)> {
        let limits = [
            ("max_frame_bytes", self.listener.max_frame_bytes),
            ("link_window_messages", self.listener.link_window_messages),
            ("commit_messages_max", self.listener.commit_messages_max),
            ("links_max", self.listener.links_max),
            ("batch_messages_max", self.importer.batch_messages_max),
        ];
        if let Some((key, _)) = limits.iter().find(|(_, limit)| *limit == 0) {
            return Err(((*key).to_owned(), format!("{key} must be at least 1")));
        }
        for (place, feed) in self.feed.iter().enumerate() {
            if self
                .feed
                .iter()
                .take(place)
                .any(|other| other.name == feed.name)
            {
                return Err((feed.name.clone(), "two feeds have the same name".to_owned()));
            }
        }
        if !["error", "warn", "info", "debug"].contains(&self.log.level.as_str()) {
            let sentence = "level must be one of error, warn, info, debug".to_owned();
            return Err(("level".to_owned(), sentence));
        }
        Ok(())
    }
}

impl DatabaseConfig {
    fn resolve(&mut self) -> Result<(), ConfigError> {
        if let Some(file) = &self.url_file {
            let read = std::fs::read_to_string(file);
            let unreadable = |source| ConfigError::Unreadable {
                file: file.clone(),
                source,
            };
            read.map_err(unreadable)?.trim().clone_into(&mut self.url);
        }
        if let Ok(url) = std::env::var("CISTERN_DATABASE_URL") {
            self.url = url;
        }
        Ok(())
    }
}

impl ConfigError {
    fn line(file: &str, text: &str, at: usize, sentence: &str) -> ConfigError {
        let before = text.get(..at).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        ConfigError::Line {
            file: file.to_owned(),
            line,
            sentence: sentence.replace('\n', "; "),
        }
    }
}
