//! What `send` and `simulate` are told of TLS.

use std::path::PathBuf;

use clap::Args;
use service::host;
use wire::{Identity, Tls, TlsError, TlsFiles};

/// TLS of the links.
#[derive(Args)]
pub(crate) struct TlsArguments {
    /// Send under TLS
    #[arg(long)]
    tls: bool,
    /// PEM, who may have signed the listener's certificate; without it, the system's authorities
    #[arg(long, value_name = "FILE", requires = "tls")]
    ca: Option<PathBuf>,
    /// PEM, a certificate of our own for listeners that demand one
    #[arg(long, value_name = "FILE", requires = "tls", requires = "key")]
    certificate: Option<PathBuf>,
    /// PEM, the key of our certificate, without a passphrase
    #[arg(long, value_name = "FILE", requires = "certificate")]
    key: Option<PathBuf>,
    /// Whom the listener's certificate must name, where it is not the host that is sent to
    #[arg(long, value_name = "NAME", requires = "tls")]
    server_name: Option<String>,
}

impl TlsArguments {
    /// The TLS of links to `to`, `HOST:PORT`; none where it was not asked for.
    pub(crate) fn load(self, to: &str) -> Result<Option<Tls>, TlsError> {
        if !self.tls {
            return Ok(None);
        }
        let identity = self.certificate.zip(self.key);
        let files = TlsFiles {
            authorities: self.ca,
            identity: identity.map(|(certificate, key)| Identity { certificate, key }),
        };
        let name = self.server_name.as_deref().unwrap_or_else(|| host(to));
        Tls::load(name, &files).map(Some)
    }
}
