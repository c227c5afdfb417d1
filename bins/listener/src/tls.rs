//! TLS of a feed: who we are and who may connect, both by files that may change at any time.

mod advice;
mod certificate;
mod error;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use service::TlsConfig;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{Error as PemError, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::server::danger::ClientCertVerifier;
use tokio_rustls::rustls::{ProtocolVersion, RootCertStore, ServerConfig};
use tokio_rustls::server::TlsStream;

pub(crate) use advice::{NOT_TLS, TOO_SLOW, advice};
pub use error::TlsError;

/// So many days before a certificate ends is warned of it.
const EXPIRY_WARNING_DAYS: u64 = 30;
const DAY_SECS: u64 = 24 * 60 * 60;

/// The certificates of a feed. A link that opens gets those that the files hold at that moment;
/// links that are open keep theirs.
pub(crate) struct Tls {
    settings: TlsConfig,
    loaded: Mutex<Loaded>,
}

struct Loaded {
    server: Arc<ServerConfig>,
    valid_until: SystemTime,
    /// When the files were last written, as far as was looked.
    written: Vec<Option<SystemTime>>,
}

impl Tls {
    /// Reads the files of a feed.
    pub(crate) fn load(settings: &TlsConfig) -> Result<Tls, TlsError> {
        Ok(Tls {
            loaded: Mutex::new(load(settings)?),
            settings: settings.clone(),
        })
    }

    /// Shakes hands with whoever opened a link.
    pub(crate) async fn accept(
        &self,
        feed: &str,
        stream: TcpStream,
    ) -> io::Result<TlsStream<TcpStream>> {
        let server = self.current(feed);
        TlsAcceptor::from(server).accept(stream).await
    }

    /// How many whole days the certificate is valid; logs when they are few.
    pub(crate) fn days_left(&self, feed: &str) -> i64 {
        self.current(feed);
        let valid_until = self.loaded().valid_until;
        let Ok(left) = valid_until.duration_since(SystemTime::now()) else {
            tracing::error!(feed, "certificate has expired: senders will not connect");
            return 0;
        };
        let days = left.as_secs() / DAY_SECS;
        if days < EXPIRY_WARNING_DAYS {
            tracing::warn!(feed, days, "certificate expires soon");
        }
        i64::try_from(days).unwrap_or(i64::MAX)
    }

    /// What the files hold. If they have changed into something that cannot be used, what they
    /// held before.
    fn current(&self, feed: &str) -> Arc<ServerConfig> {
        let mut loaded = self.loaded();
        let written = written(&self.settings);
        if written != loaded.written {
            match load(&self.settings) {
                Ok(anew) => {
                    *loaded = anew;
                    tracing::info!(feed, "certificate reloaded");
                }
                Err(error) => {
                    loaded.written = written;
                    tracing::error!(feed, %error, "certificate not reloaded, the old one stays");
                }
            }
        }
        loaded.server.clone()
    }

    fn loaded(&self) -> std::sync::MutexGuard<'_, Loaded> {
        self.loaded.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The version of TLS that is spoken.
pub(crate) fn version(stream: &TlsStream<TcpStream>) -> &'static str {
    let (_, connection) = stream.get_ref();
    match connection.protocol_version() {
        Some(ProtocolVersion::TLSv1_2) => "TLS 1.2",
        _ => "TLS 1.3",
    }
}

/// The names that the certificate of the other side bears; none without a certificate.
pub(crate) fn names(stream: &TlsStream<TcpStream>) -> Vec<String> {
    let (_, connection) = stream.get_ref();
    let chain = connection.peer_certificates().unwrap_or_default();
    chain.first().map(certificate::names).unwrap_or_default()
}

fn load(settings: &TlsConfig) -> Result<Loaded, TlsError> {
    let written = written(settings);
    let chain = certificates(&settings.certificate)?;
    let valid_until = chain.first().and_then(certificate::valid_until);
    let valid_until = valid_until.ok_or_else(|| TlsError::NotACertificate {
        file: settings.certificate.clone(),
    })?;
    let provider = Arc::new(ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(TlsError::Unusable)?;
    let builder = match &settings.client_ca {
        Some(file) => builder.with_client_cert_verifier(verifier(file, provider)?),
        None => builder.with_no_client_auth(),
    };
    let server = builder.with_single_cert(chain, key(&settings.key)?);
    let server = server.map_err(|_| TlsError::KeyMismatch {
        certificate: settings.certificate.clone(),
        key: settings.key.clone(),
    })?;
    Ok(Loaded {
        server: Arc::new(server),
        valid_until,
        written,
    })
}

fn verifier(
    file: &Path,
    provider: Arc<tokio_rustls::rustls::crypto::CryptoProvider>,
) -> Result<Arc<dyn ClientCertVerifier>, TlsError> {
    let mut roots = RootCertStore::empty();
    for root in certificates(file)? {
        let added = roots.add(root);
        added.map_err(|_| TlsError::NotACertificate {
            file: file.to_owned(),
        })?;
    }
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
    verifier.map_err(|_| TlsError::NotACertificate {
        file: file.to_owned(),
    })
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let found = CertificateDer::pem_file_iter(file).and_then(Iterator::collect);
    let found: Vec<CertificateDer<'static>> = found.map_err(|error| unreadable(file, error))?;
    if found.is_empty() {
        let file = file.to_owned();
        return Err(TlsError::NotACertificate { file });
    }
    Ok(found)
}

fn key(file: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    PrivateKeyDer::from_pem_file(file).map_err(|error| match error {
        PemError::Io(source) => TlsError::Unreadable {
            file: file.to_owned(),
            source,
        },
        _ => TlsError::NotAKey {
            file: file.to_owned(),
        },
    })
}

/// What is wrong with a file, without a word of it.
fn unreadable(file: &Path, error: PemError) -> TlsError {
    let file = file.to_owned();
    match error {
        PemError::Io(source) => TlsError::Unreadable { file, source },
        _ => TlsError::NotACertificate { file },
    }
}

fn written(settings: &TlsConfig) -> Vec<Option<SystemTime>> {
    let files = [
        Some(&settings.certificate),
        Some(&settings.key),
        settings.client_ca.as_ref(),
    ];
    let time = |file: &PathBuf| fs::metadata(file).and_then(|data| data.modified()).ok();
    files.into_iter().flatten().map(time).collect()
}
