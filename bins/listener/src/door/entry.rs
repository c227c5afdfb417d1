//! Somebody who has come to a door: let in or turned away, by TLS where the feed asks for it, and
//! then a link.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use mllp::masked;
use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::server::TlsStream;

use crate::Host;
use crate::feed::{Feed, Identity};
use crate::imports::Imports;
use crate::link::{End, Link};
use crate::metrics::FeedMetrics;
use crate::occupancy::{Full, Occupancy};
use crate::presence::Presence;
use crate::recorder::Tape;
use crate::tls::{self, Tls};

/// How long after an unanswered probe of a silent link comes the next.
const PROBE_INTERVAL: Duration = Duration::from_secs(10);

/// The first byte of a TLS connection: the content type of a handshake (RFC 8446, section 5.1).
const TLS_HANDSHAKE: u8 = 0x16;

/// How much is shown of what comes instead of TLS, in bytes.
const FIRST_BYTES: usize = 64;

/// Somebody who has come to a door.
pub(super) struct Entry {
    pub(super) feed: Arc<Feed>,
    pub(super) metrics: Arc<FeedMetrics>,
    pub(super) occupancy: Occupancy,
    pub(super) peer: SocketAddr,
    pub(super) imports: Option<Imports>,
    pub(super) host: Arc<Host>,
}

impl Entry {
    pub(super) async fn serve(self, stream: TcpStream) {
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
            if tls::is_revoked(error) {
                self.metrics.link_refused("client_crl");
                tape.failed("CertificateRevoked", "", tls::advice(error));
                tracing::warn!(feed, %peer, "certificate revoked: link refused");
            } else {
                self.metrics.link_refused("tls");
                tape.failed("TlsFailed", "", tls::advice(error));
                tracing::warn!(feed, %peer, reason = %error, "TLS could not begin");
            }
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
