//! TLS of a feed, at its own address and to its return address.

use std::path::PathBuf;

use serde::Deserialize;

/// `tls` of a feed: PEM files, read again when they change.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct TlsConfig {
    /// The certificate of the listener, and those that lead to its authority.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
    /// The authorities of the senders' certificates. With it a sender must have one.
    pub client_ca: Option<PathBuf>,
    /// The revocation lists of those authorities. Whose certificate is on one is refused.
    pub client_crl: Option<PathBuf>,
}

/// `return_tls` of a feed: whom we trust at the return address, and who we are there. PEM files, read
/// again when they change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct ReturnTlsConfig {
    /// The authorities of the receiver's certificate; those of the system where it is not set.
    pub ca: Option<PathBuf>,
    /// The DNS name or IP address that the receiver's certificate must bear; the host of
    /// `return_address` where it is not set.
    pub server_name: Option<String>,
    /// A certificate of our own, for a receiver that demands one, and those that lead to its
    /// authority.
    pub certificate: Option<PathBuf>,
    /// Its private key.
    pub key: Option<PathBuf>,
}
