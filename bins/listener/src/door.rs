//! A door: the socket and the folders of a feed, and who is let in.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use mllp::masked;
use service::{FeedConfig, FolderConfig, now_millis};
use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{interval, sleep, timeout};
use tokio_rustls::server::TlsStream;

use crate::feed::{Feed, Identity};
use crate::folder::Folder;
use crate::imports::Imports;
use crate::link::{End, Link};
use crate::metrics::{FeedMetrics, Metrics};
use crate::occupancy::{Full, Occupancy};
use crate::presence::Presence;
use crate::recorder::Tape;
use crate::tls::{self, Tls};
use crate::{Host, ListenerError};

/// How long the door rests after a link could not be accepted.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How long after an unanswered probe of a silent link comes the next.
const PROBE_INTERVAL: Duration = Duration::from_secs(10);

/// The first byte of a TLS connection: the content type of a handshake (RFC 8446, section 5.1).
const TLS_HANDSHAKE: u8 = 0x16;

/// How much is shown of what comes instead of TLS, in bytes.
const FIRST_BYTES: usize = 64;

/// How often is looked whether a certificate ends soon.
const EXPIRY_LOOK: Duration = Duration::from_hours(1);

/// A feed, the socket that is listened on for it, and the folders that are watched.
pub struct Door {
    feed: Arc<Feed>,
    socket: Option<TcpListener>,
    folders: Vec<FolderConfig>,
    occupancy: Occupancy,
}

impl std::fmt::Debug for Door {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Door")
            .field("feed", &self.feed.name())
            .field("socket", &self.socket)
            .finish_non_exhaustive()
    }
}

impl Door {
    /// Reads the certificates of a feed and listens on its address, if it has one; port 0 takes
    /// any free one. Folders are not looked at yet.
    pub async fn bind(feed: &FeedConfig) -> Result<Door, ListenerError> {
        let socket = match &feed.address {
            Some(address) => Some(bound(feed, address).await?),
            None => None,
        };
        Ok(Door {
            feed: Arc::new(Feed::new(feed.clone())?),
            socket,
            folders: feed.folders.clone(),
            occupancy: Occupancy::default(),
        })
    }

    /// The address that is listened on; an error where the feed comes by folders only.
    pub fn address(&self) -> io::Result<SocketAddr> {
        match &self.socket {
            Some(socket) => socket.local_addr(),
            None => Err(io::ErrorKind::NotConnected.into()),
        }
    }

    /// The counters of its feed.
    pub(crate) fn metrics(&self, metrics: &Metrics) -> FeedMetrics {
        let has_tls = self.feed.tls.is_some();
        FeedMetrics::new(metrics, self.feed.name(), has_tls, now_millis())
    }

    /// Its feed.
    pub(crate) fn feed(&self) -> Arc<Feed> {
        self.feed.clone()
    }

    /// Watches the folders and lets links in until the listener is to stop.
    pub(crate) async fn serve(
        self,
        metrics: Arc<FeedMetrics>,
        imports: Option<Imports>,
        host: Arc<Host>,
    ) {
        let Door {
            feed,
            socket,
            folders,
            occupancy,
        } = self;
        let _alarm = host.alarm(&feed);
        for settings in folders {
            let folder = Folder {
                metrics: metrics.folder(&settings.path),
                settings,
                feed: feed.clone(),
                feed_metrics: metrics.clone(),
                host: host.clone(),
            };
            host.tracker.spawn(folder.watch());
        }
        let Some(socket) = socket else { return };
        if let Ok(address) = socket.local_addr() {
            let tls = feed.tls.is_some();
            tracing::info!(feed = feed.name(), tls, %address, "listening");
        }
        let mut expiry = interval(EXPIRY_LOOK);
        loop {
            let accepted = tokio::select! {
                accepted = socket.accept() => accepted,
                () = host.shutdown.cancelled() => return,
                _ = expiry.tick() => {
                    if let (Some(tls), Some(days)) = (&feed.tls, &metrics.certificate_days) {
                        days.set(tls.days_left(feed.name()));
                    }
                    continue;
                }
            };
            match accepted {
                Ok((stream, peer)) => {
                    let entry = Entry {
                        feed: feed.clone(),
                        metrics: metrics.clone(),
                        occupancy: occupancy.clone(),
                        peer,
                        imports: imports.clone(),
                        host: host.clone(),
                    };
                    host.tracker.spawn(entry.serve(stream));
                }
                // Out of file handles, or the peer gave up meanwhile: the next may succeed.
                Err(error) => {
                    let kind = error.kind();
                    tracing::warn!(feed = feed.name(), ?kind, "cannot accept a link");
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }
}

async fn bound(feed: &FeedConfig, address: &str) -> Result<TcpListener, ListenerError> {
    let bound = TcpListener::bind(address).await;
    bound.map_err(|source| ListenerError::Bind {
        feed: feed.name.clone(),
        address: address.to_owned(),
        source,
    })
}

/// Somebody who has come to a door.
struct Entry {
    feed: Arc<Feed>,
    metrics: Arc<FeedMetrics>,
    occupancy: Occupancy,
    peer: SocketAddr,
    imports: Option<Imports>,
    host: Arc<Host>,
}

impl Entry {
    async fn serve(self, stream: TcpStream) {
        let (feed, peer) = (self.feed.name(), &self.peer);
        let address = peer.ip().to_canonical();
        if !self.feed.is_open_to(address) {
            return self.turn_away("from");
        }
        let Ok(_permit) = self.host.links.try_acquire() else {
            return self.turn_away("links_max of the listener");
        };
        let [feed_max, address_max] = self.feed.links_max();
        let _place = match self.occupancy.enter(address, feed_max, address_max) {
            Ok(place) => place,
            Err(Full::Feed) => return self.turn_away("links_max of the feed"),
            Err(Full::Address) => return self.turn_away("links_per_address_max"),
        };
        tracing::debug!(feed, %peer, "link opened");
        let _presence = Presence::begin(feed, &self.metrics.links);
        let tape = self.host.recorder.open(feed, *peer);
        let end = self.link(stream, address, &tape).await;
        tape.ended(end);
        tracing::debug!(feed, %peer, ?end, "link closed");
    }

    /// Says which setting keeps a link out.
    fn turn_away(&self, setting: &'static str) {
        self.metrics.link_refused(setting);
        let (feed, peer) = (self.feed.name(), self.peer);
        self.host.recorder.turned_away(feed, peer, setting);
        tracing::warn!(feed, %peer, setting, "link refused");
    }

    async fn link(&self, stream: TcpStream, address: IpAddr, tape: &Tape) -> End {
        if let Err(error) = self.tune(&stream) {
            tracing::debug!(kind = ?error.kind(), "link cannot be tuned");
        }
        let (peer, warned) = (self.peer.to_string(), AtomicBool::new(false));
        let link = |identity| Link {
            feed: &self.feed,
            metrics: &self.metrics,
            peer: &peer,
            identity,
            host: &self.host,
            imports: self.imports.as_ref(),
            tape,
            warned: &warned,
        };
        let Some(tls) = &self.feed.tls else {
            let identity = Identity::Link {
                address,
                names: Vec::new(),
            };
            let (input, output) = stream.into_split();
            return link(&identity).serve(input, output).await;
        };
        let stream = match Box::pin(self.secure(tls, stream, tape)).await {
            Ok(stream) => stream,
            Err(end) => return end,
        };
        let names = tls::names(&stream);
        tape.tls_began(tls::version(&stream), &names);
        let identity = Identity::Link { address, names };
        let (input, output) = tokio::io::split(stream);
        Box::pin(link(&identity).serve(input, output)).await
    }

    /// Begins TLS in good time.
    async fn secure(
        &self,
        tls: &Tls,
        stream: TcpStream,
        tape: &Tape,
    ) -> Result<TlsStream<TcpStream>, End> {
        let patience = Duration::from_secs(self.host.config.handshake_secs);
        let begun = tokio::select! {
            begun = timeout(patience, self.begin(tls, stream, tape)) => begun,
            () = self.host.shutdown.cancelled() => return Err(End::Shutdown),
        };
        let Ok(begun) = begun else {
            self.metrics.link_refused("tls");
            tape.failed("TlsTooSlow", "", tls::TOO_SLOW);
            let (feed, peer) = (self.feed.name(), &self.peer);
            tracing::warn!(feed, %peer, "TLS did not begin in time");
            return Err(End::NoTls);
        };
        begun.ok_or(End::NoTls)
    }

    /// Shakes hands. Whoever leaves without a byte has only looked whether somebody listens.
    async fn begin(
        &self,
        tls: &Tls,
        stream: TcpStream,
        tape: &Tape,
    ) -> Option<TlsStream<TcpStream>> {
        let (feed, peer) = (self.feed.name(), &self.peer);
        let mut first = [0; FIRST_BYTES];
        match stream.peek(&mut first).await {
            Ok(1..) if first.starts_with(&[TLS_HANDSHAKE]) => {}
            Ok(length @ 1..) => {
                let shown = first.get(..length).unwrap_or_default();
                tape.failed("NotTls", &masked(shown), tls::NOT_TLS);
                self.metrics.link_refused("tls");
                tracing::warn!(feed, %peer, "this is not TLS: let the sender switch TLS on");
                return None;
            }
            Ok(0) | Err(_) => return None,
        }
        let begun = tls.accept(feed, stream).await;
        let refused = |error: &io::Error| {
            self.metrics.link_refused("tls");
            tape.failed("TlsFailed", "", tls::advice(error));
            tracing::warn!(feed, %peer, reason = %error, "TLS could not begin");
        };
        begun.inspect_err(refused).ok()
    }

    /// An answer leaves at once, and a sender that vanished without a word is noticed.
    fn tune(&self, stream: &TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let silence = Duration::from_secs(self.host.config.keep_alive_secs);
        let probes = TcpKeepalive::new()
            .with_time(silence)
            .with_interval(PROBE_INTERVAL);
        SockRef::from(stream).set_tcp_keepalive(&probes)
    }
}
