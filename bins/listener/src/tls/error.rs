//! Why the TLS of a feed cannot be used: which file, and what to do.

use std::io;
use std::path::PathBuf;

use thiserror::Error;
use tokio_rustls::rustls;

/// What is wrong with the files of `[feed.tls]`. Nothing that stands in them is shown.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TlsError {
    /// A file cannot be read.
    #[error("cannot read {}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file holds no certificate.
    #[error("{} holds no certificate: it must be PEM, the listener's own first", file.display())]
    NotACertificate {
        /// The file.
        file: PathBuf,
    },
    /// A file holds no private key.
    #[error("{} holds no private key: it must be PEM, without a passphrase", file.display())]
    NotAKey {
        /// The file.
        file: PathBuf,
    },
    /// A key belongs to another certificate.
    #[error("the key {} does not belong to the certificate {}", key.display(), certificate.display())]
    KeyMismatch {
        /// The certificate.
        certificate: PathBuf,
        /// The key.
        key: PathBuf,
    },
    /// The TLS library refuses its own defaults.
    #[error("TLS cannot be used")]
    Unusable(#[source] rustls::Error),
}
