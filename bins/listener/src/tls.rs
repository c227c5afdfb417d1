//! TLS of a feed: who we are and who may connect, both by files that may change at any time.

mod advice;
mod authority;
mod certificate;
mod expiry;
mod lists;
mod reload;
mod senders;
mod way_back;

use std::io;
use std::sync::Arc;
use std::time::SystemTime;

use service::TlsConfig;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::server::NoServerSessionStorage;
use tokio_rustls::rustls::{ProtocolVersion, ServerConfig};
use tokio_rustls::server::TlsStream;
use wire::{Identity, TlsError, certificates, key};

use reload::Reloaded;
use senders::Senders;

pub(crate) use advice::{NOT_TLS, TOO_SLOW, advice, is_revoked};
pub(crate) use way_back::WayBack;

/// The certificates of a feed. A link that opens gets those that the files hold at that moment;
/// links that are open keep theirs.
pub(crate) struct Tls(Reloaded<Loaded>);

#[derive(Clone)]
struct Loaded {
    server: Arc<ServerConfig>,
    valid_until: SystemTime,
    lists_until: Option<SystemTime>,
}

impl Tls {
    /// Reads the files of a feed; whoever waits for a change of them is woken by each.
    pub(crate) fn load(settings: &TlsConfig, changed: &Arc<Notify>) -> Result<Tls, TlsError> {
        let files = [&settings.certificate, &settings.key];
        let files = files.into_iter().chain(&settings.client_ca);
        let files = files.chain(&settings.client_crl).cloned();
        let settings = settings.clone();
        let files = files.collect();
        Reloaded::new("tls", files, changed.clone(), move || load(&settings)).map(Tls)
    }

    /// Shakes hands with whoever opened a link.
    pub(crate) async fn accept(
        &self,
        feed: &str,
        stream: TcpStream,
    ) -> io::Result<TlsStream<TcpStream>> {
        let server = self.0.current(feed).server;
        TlsAcceptor::from(server).accept(stream).await
    }

    /// How many whole days the certificate is valid; logs when they are few.
    pub(crate) fn days_left(&self, feed: &str) -> i64 {
        expiry::days_left(feed, "tls", self.0.current(feed).valid_until)
    }

    /// When the first of the revocation lists goes out of date; logs when it has.
    pub(crate) fn lists_until(&self, feed: &str) -> Option<SystemTime> {
        let until = self.0.current(feed).lists_until?;
        if until <= SystemTime::now() {
            tracing::error!(
                feed,
                "revocation list is out of date: what was revoked since is let in"
            );
        }
        Some(until)
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
    let chain = certificates(&settings.certificate)?;
    let valid_until = certificate::valid_until(&settings.certificate, &chain)?;
    let provider = Arc::new(ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(TlsError::Unusable)?;
    let senders = Senders::load(settings, &provider)?;
    let lists_until = senders.as_ref().and_then(|senders| senders.lists_until);
    let builder = match senders {
        Some(senders) => builder.with_client_cert_verifier(senders.verifier),
        None => builder.with_no_client_auth(),
    };
    let server = builder.with_single_cert(chain, key(&settings.key)?);
    let mut server = server.map_err(|_| {
        TlsError::KeyMismatch(Identity {
            certificate: settings.certificate.clone(),
            key: settings.key.clone(),
        })
    })?;
    if settings.client_ca.is_some() {
        // The certificate of a sender is looked at when a session begins, never when it is resumed.
        server.session_storage = Arc::new(NoServerSessionStorage {});
        server.send_tls13_tickets = 0;
    }
    Ok(Loaded {
        server: Arc::new(server),
        valid_until,
        lists_until,
    })
}
