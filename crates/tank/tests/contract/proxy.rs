//! A way to PostgreSQL that can fall silent: connections stay open, and nothing passes.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Open,
    /// Open until a commit has been answered, which nobody hears.
    OpenForCommit,
    Silent,
}

pub(crate) struct Proxy {
    address: SocketAddr,
    way: watch::Sender<Way>,
}

impl Proxy {
    /// A proxy before the server of this address.
    pub(crate) async fn before(url: &str) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = host_and_port(url).to_owned();
        let way = watch::Sender::new(Way::Open);
        let shared = way.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&server).await.unwrap();
                let (from_client, to_client) = client.into_split();
                let (from_server, to_server) = server.into_split();
                let silent = Arc::new(AtomicBool::new(false));
                tokio::spawn(carry(
                    from_client,
                    to_server,
                    shared.clone(),
                    silent.clone(),
                ));
                tokio::spawn(carry(from_server, to_client, shared.clone(), silent));
            }
        });
        Proxy { address, way }
    }

    /// The same database by way of the proxy.
    pub(crate) fn url(&self, url: &str) -> String {
        url.replace(host_and_port(url), &self.address.to_string())
    }

    pub(crate) fn set(&self, way: Way) {
        self.way.send_replace(way);
    }

    pub(crate) async fn falls_silent(&self) {
        let mut way = self.way.subscribe();
        way.wait_for(|way| *way == Way::Silent).await.unwrap();
    }
}

fn host_and_port(url: &str) -> &str {
    let (_, rest) = url.split_once('@').unwrap();
    rest.split_once('/').unwrap().0
}

/// A connection on which anything was swallowed stays silent for good, and open.
async fn carry(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    way: watch::Sender<Way>,
    silent: Arc<AtomicBool>,
) {
    let mut buffer = vec![0; 65_536];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        let bytes = &buffer[..length];
        let state = *way.borrow();
        if silent.load(Relaxed) || state == Way::Silent {
            silent.store(true, Relaxed);
            if state == Way::OpenForCommit {
                way.send_replace(Way::Silent);
            }
            continue;
        }
        if state == Way::OpenForCommit && is_commit(bytes) {
            silent.store(true, Relaxed);
        }
        to.write_all(bytes).await.unwrap();
    }
    if silent.load(Relaxed) {
        std::future::pending::<()>().await;
    }
}

/// A statement that commits by itself (`B`, its arguments), or the end of a transaction (`Q`); not
/// the answer to one (`C`).
fn is_commit(bytes: &[u8]) -> bool {
    let ends = bytes.starts_with(b"Q") && bytes.windows(6).any(|part| part == b"COMMIT");
    ends || bytes.starts_with(b"B")
}
