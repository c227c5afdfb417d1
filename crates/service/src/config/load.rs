//! From a file, its text or nothing at all to a configuration.

use std::path::Path;

use super::check::Mistake;
use super::place::offset;
use super::{Config, ConfigError, FeedConfig};

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
        config.check().map_err(|Mistake { place, sentence }| {
            ConfigError::line(name, text, offset(text, &place), &sentence)
        })?;
        Ok(config)
    }

    /// The feeds, with the default where none is configured.
    pub fn feeds(&self) -> Vec<FeedConfig> {
        if self.feed.is_empty() {
            return vec![FeedConfig::new("main", "127.0.0.1:2575")];
        }
        self.feed.clone()
    }
}
