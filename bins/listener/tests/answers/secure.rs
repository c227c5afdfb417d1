//! Links under TLS: who is let in, and certificates that change.

use std::fs;
use std::net::SocketAddr;
use std::sync::Arc;

use cistern_listener::{Door, LinkEventKind, LinkRecord, LinkTls};
use service::Config;
use testkit::authority::Authority;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};

use crate::listening::{Listening, Store};
use crate::masked::masked;
use crate::peer::{Peer, accepted, framed, soon, update};
use crate::recorded::{report, settled};
use crate::watched::start;

/// A sender that trusts an authority, under the certificate of that name where one is given.
pub(crate) fn client(
    authority: &Authority,
    name: Option<&str>,
    version: &'static SupportedProtocolVersion,
) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    let root = CertificateDer::from_pem_file(authority.file("ca.pem")).unwrap();
    roots.add(root).unwrap();
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[version])
        .unwrap()
        .with_root_certificates(roots);
    let Some(name) = name else {
        return builder.with_no_client_auth();
    };
    let chain = CertificateDer::pem_file_iter(authority.file(&format!("{name}.pem"))).unwrap();
    let key = PrivateKeyDer::from_pem_file(authority.file(&format!("{name}.key"))).unwrap();
    let chain = chain.collect::<Result<_, _>>().unwrap();
    builder.with_client_auth_cert(chain, key).unwrap()
}

pub(crate) type Secure = TlsStream<TcpStream>;

pub(crate) async fn connect(address: SocketAddr, client: ClientConfig) -> std::io::Result<Secure> {
    let stream = TcpStream::connect(address).await?;
    let host = ServerName::try_from("tank.example").unwrap();
    soon(TlsConnector::from(Arc::new(client)).connect(host, stream)).await
}

/// Sends a message and reads its answer; nothing where the link ends.
pub(crate) async fn ask(link: &mut Secure, message: &str) -> Option<String> {
    link.write_all(&framed(message)).await.ok()?;
    let mut answer = Vec::new();
    while !answer.ends_with(b"\x1C\r") {
        if soon(link.read_buf(&mut answer)).await.ok()? == 0 {
            return None;
        }
    }
    Some(masked(
        answer.strip_prefix(b"\x0B")?.strip_suffix(b"\x1C\r")?,
    ))
}

#[tokio::test]
async fn both_versions_are_spoken() {
    let (authority, store) = (Authority::new(), Store::sqlite());
    authority.issue("server", "tank.example");
    let listening = Listening::with_feed(&store.url(), "", &authority.feed("")).await;
    for (id, version) in [("1", &TLS12), ("2", &TLS13)] {
        let client = client(&authority, None, version);
        let mut link = connect(listening.address, client).await.unwrap();
        let answer = ask(&mut link, &update(id, "2.5.1")).await;
        assert_eq!(answer, Some(accepted(id)));
        // The end of the link is said, so that nobody takes a cut connection for it.
        link.shutdown().await.unwrap();
        assert_eq!(soon(link.read(&mut [0])).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn only_who_has_a_certificate_comes_in_and_only_under_its_own_name() {
    let (authority, store) = (Authority::new(), Store::sqlite());
    authority.issue("server", "tank.example");
    authority.issue("harbor", "ehr.harbor.example");
    authority.issue("quarry", "lab.quarry.example");
    let senders = "senders = [
        { facility = \"HARBOR\", certificate = \"ehr.harbor.example\" },
        { facility = \"QUARRY\", certificate = \"lab.quarry.example\" },
    ]\n";
    let feed = authority.mutual_feed() + senders;
    let listening = Listening::with_feed(&store.url(), "", &feed).await;

    let nobody = connect(listening.address, client(&authority, None, &TLS13)).await;
    if let Ok(mut link) = nobody {
        assert_eq!(ask(&mut link, &update("0", "2.5.1")).await, None);
    }
    let stranger = Authority::new();
    stranger.issue("harbor", "ehr.harbor.example");
    let mut forged = client(&authority, None, &TLS13);
    forged.client_auth_cert_resolver =
        client(&stranger, Some("harbor"), &TLS13).client_auth_cert_resolver;
    if let Ok(mut link) = connect(listening.address, forged).await {
        assert_eq!(ask(&mut link, &update("0", "2.5.1")).await, None);
    }

    let harbor = client(&authority, Some("harbor"), &TLS13);
    let mut harbor = connect(listening.address, harbor).await.unwrap();
    let answer = ask(&mut harbor, &update("1", "2.5.1")).await;
    assert_eq!(answer, Some(accepted("1")));

    let quarry = client(&authority, Some("quarry"), &TLS12);
    let mut quarry = connect(listening.address, quarry).await.unwrap();
    let answer = ask(&mut quarry, &update("2", "2.5.1")).await.unwrap();
    assert!(answer.contains("MSA|AR|2\rERR|||207^"), "{answer}");

    let kept = listening.kept().await;
    let states: Vec<&str> = kept.iter().map(|kept| &*kept.state).collect();
    assert_eq!(states, ["received", "refused"]);
}

#[tokio::test]
async fn a_new_certificate_serves_new_links_and_leaves_the_old_ones_alone() {
    let (authority, store) = (Authority::new(), Store::sqlite());
    authority.issue("server", "tank.example");
    let listening = Listening::with_feed(&store.url(), "", &authority.feed("")).await;
    let shown = |link: &Secure| link.get_ref().1.peer_certificates().unwrap()[0].clone();
    let client = || client(&authority, None, &TLS13);

    let mut old = connect(listening.address, client()).await.unwrap();
    let first = shown(&old);
    assert_eq!(
        shown(&connect(listening.address, client()).await.unwrap()),
        first
    );

    fs::write(authority.file("server.pem"), "half a certifi").unwrap();
    assert_eq!(
        shown(&connect(listening.address, client()).await.unwrap()),
        first
    );

    // A file system may count time in ticks.
    let written = || fs::metadata(authority.file("server.pem")).and_then(|file| file.modified());
    let half = written().unwrap();
    while written().unwrap() == half {
        authority.issue("server", "tank.example");
    }
    let second = shown(&connect(listening.address, client()).await.unwrap());
    assert_ne!(second, first);
    assert_eq!(
        ask(&mut old, &update("1", "2.5.1")).await,
        Some(accepted("1"))
    );
}

#[tokio::test]
async fn who_does_not_speak_tls_is_turned_away() {
    let (authority, store) = (Authority::new(), Store::sqlite());
    authority.issue("server", "tank.example");
    let settings = "handshake_secs = 1";
    let listening = Listening::with_feed(&store.url(), settings, &authority.feed("")).await;
    let mut plain = listening.peer().await;
    plain.write(framed(update("1", "2.5.1"))).await;
    assert!(plain.is_refused().await);
    let mut silent = listening.peer().await;
    assert!(silent.is_refused().await);
    assert_eq!(listening.bodies().await, Vec::<bytes::Bytes>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_recorder_tells_with_whom_tls_began_and_why_it_did_not() {
    let (authority, store) = (Authority::new(), Store::sqlite());
    authority.issue("server", "tank.example");
    authority.issue("harbor", "ehr.harbor.example");
    let config = format!(
        "[listener]\nstatus_address = \"127.0.0.1:0\"\nhandshake_secs = 1\n\
         [[feed]]\nname = \"main\"\naddress = \"127.0.0.1:0\"\n{}",
        authority.mutual_feed()
    );
    let (_program, [main], status) = start(&store, &config);
    let harbor = client(&authority, Some("harbor"), &TLS13);
    let mut harbor = connect(main, harbor).await.unwrap();
    let answer = ask(&mut harbor, &update("1", "2.5.1")).await;
    assert_eq!(answer, Some(accepted("1")));
    harbor.shutdown().await.unwrap();
    settled(status).await;
    if let Ok(mut nobody) = connect(main, client(&authority, None, &TLS12)).await {
        assert_eq!(ask(&mut nobody, &update("2", "2.5.1")).await, None);
    }
    settled(status).await;
    // It trusts another authority than that of the listener.
    drop(connect(main, client(&Authority::new(), None, &TLS13)).await);
    settled(status).await;
    let mut plain = Peer::connect(main).await;
    plain.write(framed(update("3", "2.5.1"))).await;
    assert!(plain.is_refused().await);
    settled(status).await;
    assert!(Peer::connect(main).await.is_refused().await);
    settled(status).await;

    let told: Vec<String> = report(status).await.links.iter().map(told).collect();
    let expected = [
        "NoTls: TlsTooSlow, begin TLS as soon as the connection is open",
        "NoTls: NotTls, switch TLS on at the sender: this port speaks nothing else",
        "NoTls: TlsFailed, trust the certificate of this port, or its authority: the sender broke \
         TLS off",
        "NoTls: TlsFailed, present a certificate: this port wants one of each sender",
        "Closed: TLS 1.3 [\"ehr.harbor.example\", \"rcgen self signed cert\"]",
    ];
    assert_eq!(told, expected);
}

/// How a link ended, and its TLS or what was wrong with it.
pub(crate) fn told(link: &LinkRecord) -> String {
    let end = link.end.unwrap();
    let fault = link.last_fault().map(|event| &event.what);
    match (&link.tls, fault) {
        (Some(LinkTls { version, names, .. }), None) => format!("{end:?}: {version} {names:?}"),
        (None, Some(LinkEventKind::Fault(fault))) => {
            format!("{end:?}: {}, {}", fault.fault, fault.advice)
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn files_that_cannot_be_used_are_named() {
    let (authority, other) = (Authority::new(), Authority::new());
    authority.issue("server", "tank.example");
    other.issue("server", "tank.example");
    fs::write(authority.file("notes.txt"), "nothing here").unwrap();
    let ca = authority.file("ca.pem");
    let folder = ca.parent().unwrap().display();
    let path = |name: &str| format!("{folder}/{name}");
    let foreign = other.file("server.key").display().to_string();
    let cases = [
        (
            path("none.pem"),
            path("server.key"),
            format!("cannot read {folder}/none.pem"),
        ),
        (
            path("notes.txt"),
            path("server.key"),
            format!("{folder}/notes.txt holds no certificate: it must be PEM"),
        ),
        (
            path("server.pem"),
            path("notes.txt"),
            format!(
                "{folder}/notes.txt holds no private key: it must be PEM, without a passphrase"
            ),
        ),
        (
            path("server.pem"),
            foreign.clone(),
            format!("the key {foreign} does not belong to the certificate {folder}/server.pem"),
        ),
    ];
    for (certificate, key, expected) in cases {
        let text = format!(
            "[[feed]]\nname = 'x'\naddress = '127.0.0.1:0'\n\
             tls = {{ certificate = {certificate:?}, key = {key:?} }}"
        );
        let config = Config::parse("it", &text).unwrap();
        let error = Door::bind(&config.feeds()[0]).await.unwrap_err();
        let source = std::error::Error::source(&error).unwrap();
        assert_eq!(
            (error.to_string(), source.to_string()),
            ("feed x: no TLS".into(), expected)
        );
    }
}
