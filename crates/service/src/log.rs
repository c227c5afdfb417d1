//! The log: constant messages with fields, on standard error, never a word of a message.

use std::io::IsTerminal as _;

use tracing::{Level, Metadata};
use tracing_subscriber::filter::{EnvFilter, FilterExt as _, filter_fn};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::{LogConfig, LogFormat};
use crate::panics::log_panics;

/// Starts the log of this process. `RUST_LOG` overrides the configured level.
///
/// Libraries below us may log what they handle (sqlx what it reads and writes, others the bytes of
/// a stream): no setting, not even `RUST_LOG=trace`, lets them say more than warnings. Of a panic is
/// logged where it happened, and not its message.
pub fn start_log(config: &LogConfig) {
    // A directive holds for every target that begins with it: `cistern_tank` too.
    let own = format!("warn,cistern={}", config.level);
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(own));
    let filter = filter.and(filter_fn(may_be_logged));
    let log = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let log = match config.format {
        LogFormat::Json => log.json().with_filter(filter).boxed(),
        LogFormat::Text => {
            let ansi = std::io::stderr().is_terminal();
            log.with_ansi(ansi).with_filter(filter).boxed()
        }
    };
    if tracing_subscriber::registry().with(log).try_init().is_err() {
        tracing::debug!("log already started");
    }
    log_panics();
}

fn may_be_logged(metadata: &Metadata<'_>) -> bool {
    is_own(metadata.target()) || *metadata.level() <= Level::WARN
}

fn is_own(target: &str) -> bool {
    let crate_name = target.split("::").next().unwrap_or_default();
    crate_name == "cistern" || crate_name.starts_with("cistern_")
}

#[cfg(test)]
mod tests {
    use super::is_own;

    #[test]
    fn only_our_crates_are_our_own() {
        for own in ["cistern", "cistern::send", "cistern_tank::hold"] {
            assert!(is_own(own), "{own}");
        }
        for other in ["sqlx::query", "cisterns", "tokio_util::codec", ""] {
            assert!(!is_own(other), "{other}");
        }
    }
}
