//! The log: constant messages with fields, on standard error, never a word of a message.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use crate::config::{LogConfig, LogFormat};

/// Starts the log of this process. `RUST_LOG` overrides the configured level.
///
/// Libraries below us may log what they handle (sqlx its statements), so they are held to
/// warnings unless `RUST_LOG` names them.
pub fn start_log(config: &LogConfig) {
    let own = format!(
        "warn,cistern={0},{1}",
        config.level,
        own_crates(&config.level)
    );
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(own));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let started = match config.format {
        LogFormat::Json => log.json().try_init(),
        LogFormat::Text => log.with_ansi(std::io::stderr().is_terminal()).try_init(),
    };
    if started.is_err() {
        tracing::debug!("log already started");
    }
}

fn own_crates(level: &str) -> String {
    let crates = ["listener", "importer", "tank", "service", "mllp"];
    let directives: Vec<_> = crates
        .iter()
        .map(|name| format!("cistern_{name}={level}"))
        .collect();
    directives.join(",")
}
