//! Why the listener stopped by itself.

use std::error::Error;
use std::io;
use std::path::PathBuf;

use wire::TlsError;

/// Why the listener stopped by itself.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ListenerError {
    /// The address of a feed cannot be listened on.
    #[error("feed {feed}: cannot listen on {address}")]
    Bind {
        /// The feed.
        feed: String,
        /// Its address.
        address: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The address for monitoring cannot be listened on.
    #[error("cannot serve the status on {address}")]
    Status {
        /// The address.
        address: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The certificates of a feed cannot be used.
    #[error("feed {feed}: no TLS")]
    Tls {
        /// The feed.
        feed: String,
        /// Why.
        #[source]
        source: TlsError,
    },
    /// The certificates of the way to the return address of a feed cannot be used.
    #[error("feed {feed}: no TLS to the return address")]
    ReturnTls {
        /// The feed.
        feed: String,
        /// Why.
        #[source]
        source: TlsError,
    },
    /// Files cannot be read from a folder, or cannot be moved to where they go.
    #[error("feed {feed}: folder {} cannot be used", path.display())]
    Folder {
        /// The feed.
        feed: String,
        /// The folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A column of CWLAB files has no place in a message.
    #[error("feed {feed}: column {column} of cwlab_columns is no path such as PID-5.1")]
    Column {
        /// The feed.
        feed: String,
        /// The number of the column, from 1.
        column: usize,
    },
    /// A flush to disk failed, so what is on disk is unknown: start anew to read it back.
    #[error("stopped, because a flush to disk failed: check the disk, then start again")]
    FlushFailed,
    /// The task that commits panicked.
    #[error("stopped, because the task that commits panicked: this is a mistake in Cistern")]
    KeeperPanicked,
    /// A task of a feed panicked: of its address, a folder or its replies.
    #[error("stopped, because a task of feed {feed} panicked: this is a mistake in Cistern")]
    FeedPanicked {
        /// The feed.
        feed: String,
    },
}

/// An error and its causes in one line.
pub(crate) fn with_causes(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        line += ": ";
        line += &cause.to_string();
        next = cause.source();
    }
    line
}
