#![cfg(test)]
//! What a sender is told when TLS does not come about for a reason of the receiver's.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use cistern_wire::{Identity, Stream, Tls, TlsFiles};
use testkit::authority::Authority;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, sink};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion};

const PATIENCE: Duration = Duration::from_secs(30);

/// A server that demands certificates of this authority.
fn demanding(
    authority: &Authority,
    version: &'static SupportedProtocolVersion,
) -> Arc<ServerConfig> {
    let mut roots = RootCertStore::empty();
    let root = CertificateDer::from_pem_file(authority.file("ca.pem")).unwrap();
    roots.add(root).unwrap();
    let provider = Arc::new(ring::default_provider());
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone()).build();
    let certificate = CertificateDer::from_pem_file(authority.file("server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(authority.file("server.key")).unwrap();
    let server = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[version])
        .unwrap()
        .with_client_cert_verifier(verifier.unwrap())
        .with_single_cert(vec![certificate], key);
    Arc::new(server.unwrap())
}

/// Turns one sender away, and reads what it says until it goes: what is unread would reset the
/// connection, and the reason with it.
async fn turn_away(listener: TcpListener, server: Arc<ServerConfig>) {
    let (stream, _) = listener.accept().await.unwrap();
    let accepting = TlsAcceptor::from(server).accept(stream).into_fallible();
    let (_, mut stream) = accepting.await.unwrap_err();
    tokio::io::copy(&mut stream, &mut sink()).await.unwrap();
}

/// Why no byte comes from there.
async fn reason(address: SocketAddr, tls: &Tls) -> String {
    match Stream::open(&address.to_string(), Some(tls), PATIENCE).await {
        Ok(mut stream) => stream.read(&mut [0]).await.unwrap_err().to_string(),
        Err(error) => error.to_string(),
    }
}

async fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

fn files(authority: &Authority, identity: Option<&Authority>) -> TlsFiles {
    TlsFiles {
        authorities: Some(authority.file("ca.pem")),
        identity: identity.map(|issuer| Identity {
            certificate: issuer.file("sender.pem"),
            key: issuer.file("sender.key"),
        }),
    }
}

#[tokio::test]
async fn a_certificate_that_lacks_or_is_not_trusted() {
    let (ours, foreign) = (Authority::new(), Authority::new());
    ours.issue("server", "127.0.0.1");
    foreign.issue("sender", "ehr.harbor.example");
    let demanded = "the receiver demands a certificate of the sender";
    let refused = "the receiver refuses the certificate of the sender";
    for (version, identity, expected) in [
        (&TLS13, None, demanded),
        (&TLS13, Some(&foreign), refused),
        (&TLS12, Some(&foreign), refused),
    ] {
        let (listener, address) = listener().await;
        let server = tokio::spawn(turn_away(listener, demanding(&ours, version)));
        let tls = Tls::load("127.0.0.1", &files(&ours, identity)).unwrap();
        assert_eq!(reason(address, &tls).await, expected);
        server.await.unwrap();
    }
}

#[tokio::test]
async fn words_that_are_not_tls() {
    let authority = Authority::new();
    let tls = Tls::load("127.0.0.1", &files(&authority, None)).unwrap();
    let (listener, address) = listener().await;
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"220 mail.example\r\n").await.unwrap();
        tokio::io::copy(&mut stream, &mut sink()).await.unwrap();
    });
    assert_eq!(
        reason(address, &tls).await,
        "the receiver does not speak TLS"
    );
    server.await.unwrap();
}
