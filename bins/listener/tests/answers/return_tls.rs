//! Application acknowledgments that go to an address under TLS: only to whom the feed trusts.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use cistern_listener::Door;
use service::Config;
use testkit::authority::Authority;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, sink};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::{AbortHandle, block_in_place};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

use crate::importing::{Importing, registration};
use crate::listening::Store;
use crate::peer::{Peer, soon};
use crate::program::Program;
use crate::return_address::{acknowledgment, msa};
use crate::watched::{get, start};

/// A receiver whose certificate is what `server.pem` of an authority holds at each connection.
struct Receiver {
    address: SocketAddr,
    /// Whether whoever connects must have a certificate of the same authority.
    demands: Arc<AtomicBool>,
    /// MSA of each reply that came.
    replies: UnboundedReceiver<String>,
    serving: AbortHandle,
}

impl Receiver {
    async fn start(authority: Arc<Authority>) -> Receiver {
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let demands = Arc::new(AtomicBool::new(false));
        let (tell, replies) = unbounded_channel();
        let demanding = demands.clone();
        let serving = tokio::spawn(async move {
            loop {
                let (stream, _) = socket.accept().await.unwrap();
                // Its files are just being written: whoever came may come again.
                if let Some(server) = server(&authority, demanding.load(Relaxed)) {
                    tokio::spawn(serve(stream, server, tell.clone()));
                }
            }
        });
        Receiver {
            address,
            demands,
            replies,
            serving: serving.abort_handle(),
        }
    }

    async fn reply(&mut self) -> String {
        soon(self.replies.recv()).await.unwrap()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn server(authority: &Authority, demands: bool) -> Option<Arc<ServerConfig>> {
    let provider = Arc::new(ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .unwrap();
    let builder = if demands {
        let mut roots = RootCertStore::empty();
        let root = CertificateDer::from_pem_file(authority.file("ca.pem")).unwrap();
        roots.add(root).unwrap();
        let roots = Arc::new(roots);
        let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider).build();
        builder.with_client_cert_verifier(verifier.unwrap())
    } else {
        builder.with_no_client_auth()
    };
    let certificate = CertificateDer::from_pem_file(authority.file("server.pem")).ok()?;
    let key = PrivateKeyDer::from_pem_file(authority.file("server.key")).ok()?;
    let server = builder.with_single_cert(vec![certificate], key).ok()?;
    Some(Arc::new(server))
}

/// Takes the replies of one connection and acknowledges them. Whoever fails the test is read until it
/// goes: what is unread would reset the connection, and the reason with it.
async fn serve(stream: TcpStream, server: Arc<ServerConfig>, tell: UnboundedSender<String>) {
    let accepted = TlsAcceptor::from(server).accept(stream).into_fallible();
    let mut stream = match accepted.await {
        Ok(stream) => stream,
        Err((_, mut stream)) => {
            tokio::io::copy(&mut stream, &mut sink()).await.ok();
            return;
        }
    };
    let mut frame = Vec::new();
    while let Ok(1..) = stream.read_buf(&mut frame).await {
        if let Some(reply) = frame.strip_suffix(b"\x1C\r") {
            tell.send(msa(&reply[1..])).unwrap();
            let answer = acknowledgment("CA", &reply[1..]);
            stream.write_all(&answer).await.unwrap();
            frame.clear();
        }
    }
}

fn config(receiver: &Receiver, return_tls: &str) -> String {
    format!(
        "[listener]\nstatus_address = \"127.0.0.1:0\"\n\
         [[feed]]\nname = \"main\"\naddress = \"127.0.0.1:0\"\n\
         application_ack = \"return_address\"\nreturn_address = \"{}\"\n\
         return_tls = {{ {return_tls} }}\n",
        receiver.address
    )
}

/// Waits until the log says that replies wait, and why.
fn reason(program: &mut Program) -> String {
    let line = block_in_place(|| program.wait_for("replies wait: nobody takes them"));
    let (_, reason) = line.trim_end().split_once("reason=").unwrap();
    reason.trim_matches('"').to_owned()
}

/// Writes a file until its time shows that it was: a file system may count time in ticks.
pub(crate) fn rewrite(file: &Path, write: impl Fn()) {
    let written = || fs::metadata(file).and_then(|file| file.modified()).ok();
    let before = written();
    while written() == before {
        write();
    }
}

async fn ask(door: SocketAddr, control_id: &str) {
    let answer = Peer::connect(door)
        .await
        .ask(registration(control_id, "AL|AL"))
        .await;
    assert!(answer.contains("\rMSA|CA|"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_is_not_known_gets_nothing_until_it_is() {
    let (store, other) = (Store::sqlite(), Authority::new());
    let authority = Arc::new(Authority::new());
    authority.issue("server", "ehr.harbor.example");
    let mut receiver = Receiver::start(authority.clone()).await;
    let trusted = authority.file("trusted.pem");
    fs::copy(other.file("ca.pem"), &trusted).unwrap();
    let config = config(&receiver, &format!("ca = {trusted:?}"));
    let (mut program, [door], _) = start(&store, &config);
    let importing = Importing::start(&store.url()).await;
    ask(door, "1").await;
    assert_eq!(
        reason(&mut program),
        "cannot connect: the certificate of the receiver is not signed by an authority that is \
         trusted here"
    );
    rewrite(&trusted, || {
        fs::copy(authority.file("ca.pem"), &trusted).unwrap();
    });
    assert_eq!(
        reason(&mut program),
        "cannot connect: the certificate of the receiver does not name the host that was asked for"
    );
    authority.issue("server", "127.0.0.1");
    assert_eq!(receiver.reply().await, "MSA|AA|1");
    block_in_place(|| program.wait_for("replies are taken again"));

    ask(door, "2").await;
    assert_eq!(receiver.reply().await, "MSA|AA|2");
    importing.stop().await;
    let (_, output) = block_in_place(|| program.terminate());
    let output = String::from_utf8(output).unwrap().to_lowercase();
    assert!(!output.contains("okafor"), "{output}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_may_demand_a_certificate() {
    let (store, other) = (Store::sqlite(), Authority::new());
    let authority = Arc::new(Authority::new());
    authority.issue("server", "ehr.harbor.example");
    let mut receiver = Receiver::start(authority.clone()).await;
    receiver.demands.store(true, Relaxed);
    let ca = authority.file("ca.pem");
    let trust = format!("ca = {ca:?}, server_name = \"ehr.harbor.example\"");
    let importing = Importing::start(&store.url()).await;
    {
        let (mut program, [door], _) = start(&store, &config(&receiver, &trust));
        ask(door, "1").await;
        assert_eq!(
            reason(&mut program),
            "lost before an answer (1 unanswered, 0 strangers): connection failed: the receiver \
             demands a certificate of the sender"
        );
        receiver.demands.store(false, Relaxed);
        assert_eq!(receiver.reply().await, "MSA|AA|1");
        block_in_place(|| program.terminate());
    }
    receiver.demands.store(true, Relaxed);
    other.issue("tank", "tank.example");
    let (certificate, key) = (authority.file("tank.pem"), authority.file("tank.key"));
    fs::copy(other.file("tank.pem"), &certificate).unwrap();
    fs::copy(other.file("tank.key"), &key).unwrap();
    let own = format!("{trust}, certificate = {certificate:?}, key = {key:?}");
    let (mut program, [door], status) = start(&store, &config(&receiver, &own));
    ask(door, "2").await;
    assert_eq!(
        reason(&mut program),
        "lost before an answer (1 unanswered, 0 strangers): connection failed: the receiver \
         refuses the certificate of the sender"
    );
    rewrite(&certificate, || authority.issue("tank", "tank.example"));
    assert_eq!(receiver.reply().await, "MSA|AA|2");
    let (_, metrics) = get(status, "/metrics").await;
    let days = "cistern_return_certificate_days{feed=\"main\"}";
    assert!(metrics.contains(days), "{metrics}");
    importing.stop().await;
}

#[tokio::test]
async fn files_that_cannot_be_used_are_named() -> io::Result<()> {
    let authority = Authority::new();
    let (lost, notes) = (authority.file("lost.pem"), authority.file("notes.txt"));
    fs::write(&notes, "nothing here")?;
    authority.issue("tank", "tank.example");
    let certificate = authority.file("tank.pem");
    let cases = [
        (
            format!("ca = {lost:?}"),
            format!("cannot read {}", lost.display()),
        ),
        (
            format!("ca = {notes:?}"),
            format!("{} holds no certificate: it must be PEM", notes.display()),
        ),
        (
            format!("certificate = {certificate:?}, key = {notes:?}"),
            format!(
                "{} holds no private key: it must be PEM, without a passphrase",
                notes.display()
            ),
        ),
    ];
    for (settings, expected) in cases {
        let text = format!(
            "[[feed]]\nname = 'x'\naddress = '127.0.0.1:0'\napplication_ack = 'return_address'\n\
             return_address = 'ehr:1'\nreturn_tls = {{ {settings} }}"
        );
        let config = Config::parse("it", &text).unwrap();
        let error = Door::bind(&config.feeds()[0]).await.unwrap_err();
        let source = std::error::Error::source(&error).unwrap();
        assert_eq!(
            (error.to_string(), source.to_string()),
            ("feed x: no TLS to the return address".into(), expected)
        );
    }
    Ok(())
}
