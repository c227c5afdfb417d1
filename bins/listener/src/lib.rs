//! The listener: HL7 v2 over MLLP in, durable messages and honest acknowledgments out.
//!
//! [`run`] accepts links at its doors. Each `link` cuts frames and answers them in order; for
//! each frame `judge` says what is kept and what is answered; the `keeper` commits what has
//! gathered, and only then does an answer leave.

mod feed;
mod judge;
mod keeper;
mod link;
mod refusal;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use service::{FeedConfig, ListenerConfig, Shutdown};
use tank::HoldingTank;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_util::task::TaskTracker;

use feed::Feed;
use judge::Voice;
use keeper::{FlushFailed, Keeper};
use link::Link;

/// How long a listener that has nothing more to answer waits for its last commit.
const VERDICT_PATIENCE: Duration = Duration::from_secs(1);

/// A socket that is listened on, and the feed that comes by it.
#[derive(Debug)]
pub struct Door {
    feed: Feed,
    socket: TcpListener,
}

/// Why the listener stopped by itself.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ListenerError {
    /// The address of a feed cannot be listened on.
    #[error("feed {feed}: cannot listen on {address}")]
    Bind {
        /// The feed.
        feed: String,
        /// Its address.
        address: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A flush to disk failed, so what is on disk is unknown: start anew to read it back.
    #[error("stopped, because a flush to disk failed: check the disk, then start again")]
    FlushFailed,
    /// The task that commits panicked.
    #[error("stopped, because the task that commits panicked: this is a mistake in Cistern")]
    KeeperPanicked,
}

impl Door {
    /// Listens on the address of a feed; port 0 takes any free one.
    pub async fn bind(feed: &FeedConfig) -> Result<Door, ListenerError> {
        let bound = TcpListener::bind(&feed.address).await;
        let socket = bound.map_err(|source| ListenerError::Bind {
            feed: feed.name.clone(),
            address: feed.address.clone(),
            source,
        })?;
        Ok(Door {
            feed: Feed::new(feed.clone()),
            socket,
        })
    }

    /// The address that is listened on.
    pub fn address(&self) -> io::Result<std::net::SocketAddr> {
        self.socket.local_addr()
    }
}

/// Listens until it is told to stop, then answers the frames in hand and returns.
pub async fn run(
    config: ListenerConfig,
    doors: Vec<Door>,
    tank: Arc<dyn HoldingTank>,
    shutdown: Shutdown,
) -> Result<(), ListenerError> {
    let voice = Voice::new(&config, service::now_millis());
    let (keeper, keeping) = Keeper::start(tank, &config, shutdown.clone());
    let host = Arc::new(Host {
        links: Semaphore::new(config.links_max),
        tracker: TaskTracker::new(),
        shutdown,
        config,
        keeper,
        voice,
    });
    for door in doors {
        host.tracker.spawn(serve(door, host.clone()));
    }
    host.tracker.close();
    if !drained(&host).await {
        tracing::warn!("stopping with frames in hand: their senders took too long");
    }
    drop(host);
    match timeout(VERDICT_PATIENCE, keeping).await {
        Ok(Ok(Ok(()))) => Ok(()),
        Ok(Ok(Err(FlushFailed))) => Err(ListenerError::FlushFailed),
        Ok(Err(_)) => Err(ListenerError::KeeperPanicked),
        Err(_) => {
            tracing::warn!("stopping although the tank still keeps messages");
            Ok(())
        }
    }
}

/// Waits for all links to end, but not for ever once the listener is to stop.
async fn drained(host: &Host) -> bool {
    let patience = async {
        host.shutdown.cancelled().await;
        tokio::time::sleep(Duration::from_secs(host.config.drain_secs)).await;
    };
    tokio::select! {
        () = host.tracker.wait() => true,
        () = patience => false,
    }
}

/// What all links share.
struct Host {
    links: Semaphore,
    tracker: TaskTracker,
    shutdown: Shutdown,
    config: ListenerConfig,
    keeper: Keeper,
    voice: Voice,
}

async fn serve(door: Door, host: Arc<Host>) {
    let feed = Arc::new(door.feed);
    if let Ok(address) = door.socket.local_addr() {
        tracing::info!(feed = feed.name(), %address, "listening");
    }
    loop {
        let accepted = tokio::select! {
            accepted = door.socket.accept() => accepted,
            () = host.shutdown.cancelled() => return,
        };
        match accepted {
            Ok((stream, peer)) => {
                let link = serve_link(stream, peer.to_string(), feed.clone(), host.clone());
                host.tracker.spawn(link);
            }
            // Out of file handles, or the peer gave up meanwhile: the next may succeed.
            Err(error) => {
                tracing::warn!(feed = feed.name(), kind = ?error.kind(), "cannot accept a link");
                tokio::time::sleep(link::ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn serve_link(stream: TcpStream, peer: String, feed: Arc<Feed>, host: Arc<Host>) {
    let name = feed.name();
    let Ok(_permit) = host.links.try_acquire() else {
        let links_max = host.config.links_max;
        tracing::warn!(feed = name, %peer, links_max, "link refused: links_max are open");
        return;
    };
    tracing::debug!(feed = name, %peer, "link opened");
    let end = Link {
        feed: &feed,
        peer: &peer,
        host: &host,
    }
    .serve(stream)
    .await;
    tracing::debug!(feed = name, %peer, ?end, "link closed");
}
