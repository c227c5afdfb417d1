//! TLS at the end that connects: whom we trust, and who we are.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::TlsError;
use crate::error::told;
use crate::pem::{certificates, key, roots};

/// Where the certificates of a sender are.
#[derive(Debug, Clone, Default)]
#[expect(clippy::exhaustive_structs, reason = "both may be left out")]
pub struct TlsFiles {
    /// PEM, the authorities that sign receivers' certificates; without it, those of the system.
    pub authorities: Option<PathBuf>,
    /// The sender's own certificate, for receivers that demand one.
    pub identity: Option<Identity>,
}

/// The certificate of a sender, and its private key.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_structs, reason = "one is no use without the other")]
pub struct Identity {
    /// PEM, the sender's own certificate first.
    pub certificate: PathBuf,
    /// PEM, without a passphrase.
    pub key: PathBuf,
}

/// TLS to one receiver: versions 1.2 and 1.3, and the receiver must always show a certificate.
#[derive(Clone)]
pub struct Tls {
    connector: TlsConnector,
    server_name: ServerName<'static>,
}

impl Tls {
    /// Reads the files, for a receiver whose certificate names `server_name`, which is a DNS name
    /// or an IP address.
    pub fn load(server_name: &str, files: &TlsFiles) -> Result<Tls, TlsError> {
        let name = ServerName::try_from(server_name.to_owned());
        let server_name = name.map_err(|_| TlsError::ServerName)?;
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(TlsError::Unusable)?
            .with_root_certificates(match &files.authorities {
                Some(file) => roots(file)?,
                None => roots_of_the_system()?,
            });
        let client = match &files.identity {
            Some(identity) => builder
                .with_client_auth_cert(certificates(&identity.certificate)?, key(&identity.key)?)
                .map_err(|_| TlsError::KeyMismatch(identity.clone()))?,
            None => builder.with_no_client_auth(),
        };
        Ok(Tls {
            connector: TlsConnector::from(Arc::new(client)),
            server_name,
        })
    }

    /// Shakes hands with the receiver.
    pub(crate) async fn connect(
        &self,
        stream: TcpStream,
        patience: Duration,
    ) -> io::Result<TlsStream<TcpStream>> {
        let shaking = self.connector.connect(self.server_name.clone(), stream);
        match timeout(patience, shaking).await {
            Ok(shaken) => shaken.map_err(told),
            Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, TlsError::Silent)),
        }
    }
}

impl fmt::Debug for Tls {
    /// Leaves out the certificates and the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls")
            .field("server_name", &self.server_name)
            .finish_non_exhaustive()
    }
}

fn roots_of_the_system() -> Result<RootCertStore, TlsError> {
    let mut roots = RootCertStore::empty();
    // One that cannot be read is one that is not trusted.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        return Err(TlsError::NoSystemAuthorities);
    }
    Ok(roots)
}
