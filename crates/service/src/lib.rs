//! What every Cistern program shares: one configuration file, one form of log, one way to stop.
//!
//! ```
//! use cistern_service::Config;
//!
//! let config = Config::parse("cistern.toml", "[listener]\nmax_frame_bytes = 1_000_000\n")?;
//! assert_eq!(config.listener.max_frame_bytes, 1_000_000);
//! assert_eq!(config.feeds()[0].address.as_deref(), Some("127.0.0.1:2575"));
//! # Ok::<(), cistern_service::ConfigError>(())
//! ```

mod address;
mod clock;
mod config;
mod log;
mod panics;
mod report;
mod shutdown;
mod worker;

pub use address::host;
pub use clock::now_millis;
pub use config::{
    AccountConfig, AnswerAfterConfig, ApplicationAckConfig, BatchAnswersConfig, CodeConfig,
    CodesConfig, Config, ConfigError, DatabaseConfig, FeedConfig, FileFormatConfig, FolderConfig,
    ImporterConfig, ListenerConfig, LogConfig, LogFormat, ModeConfig, ProviderConfig,
    ReturnTlsConfig, SenderConfig, SequenceConfig, TlsConfig,
};
pub use log::start_log;
pub use report::report;
pub use shutdown::{Shutdown, finish, on_signal};
pub use worker::worker_name;
