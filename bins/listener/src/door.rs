//! A door: the socket and the folders of a feed, and who is let in.

mod entry;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use service::{FeedConfig, FolderConfig, now_millis};
use tokio::net::TcpListener;
use tokio::time::{Interval, interval, sleep};

use crate::feed::Feed;
use crate::folder::Folder;
use crate::imports::Imports;
use crate::metrics::{FeedMetrics, Metrics};
use crate::occupancy::Occupancy;
use crate::{Host, ListenerError};
use entry::Entry;

/// How long the door rests after a link could not be accepted.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How often is looked whether a certificate ends soon, where none changes.
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
        FeedMetrics::new(metrics, self.feed.name(), now_millis())
    }

    /// Its feed.
    pub(crate) fn feed(&self) -> Arc<Feed> {
        self.feed.clone()
    }

    /// Watches the folders and lets links in until the listener is to stop.
    pub(crate) async fn serve(
        mut self,
        metrics: Arc<FeedMetrics>,
        imports: Option<Imports>,
        host: Arc<Host>,
    ) {
        let _alarm = host.alarm(&self.feed);
        self.watch_folders(&metrics, &host);
        let Some(socket) = &self.socket else { return };
        if let Ok(address) = socket.local_addr() {
            let tls = self.feed.tls.is_some();
            tracing::info!(feed = self.feed.name(), tls, %address, "listening");
        }
        let mut expiry = interval(EXPIRY_LOOK);
        loop {
            let accepted = tokio::select! {
                accepted = socket.accept() => accepted,
                () = host.shutdown.cancelled() => return,
                () = certificates_are_due(&mut expiry, &self.feed) => {
                    metrics.look_at_certificates(&self.feed);
                    continue;
                }
            };
            match accepted {
                Ok((stream, peer)) => {
                    let entry = Entry {
                        feed: self.feed.clone(),
                        metrics: metrics.clone(),
                        occupancy: self.occupancy.clone(),
                        peer,
                        imports: imports.clone(),
                        host: host.clone(),
                    };
                    host.tracker.spawn(entry.serve(stream));
                }
                // Out of file handles, or the peer gave up meanwhile: the next may succeed.
                Err(error) => {
                    let (feed, kind) = (self.feed.name(), error.kind());
                    tracing::warn!(feed, ?kind, "cannot accept a link");
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    fn watch_folders(&mut self, metrics: &Arc<FeedMetrics>, host: &Arc<Host>) {
        for settings in self.folders.drain(..) {
            let folder = Folder {
                metrics: metrics.folder(&settings.path),
                settings,
                feed: self.feed.clone(),
                feed_metrics: metrics.clone(),
                host: host.clone(),
            };
            host.tracker.spawn(folder.watch());
        }
    }
}

/// Waits until they are to be looked at: now and then, and when they change.
async fn certificates_are_due(expiry: &mut Interval, feed: &Feed) {
    tokio::select! {
        _ = expiry.tick() => {}
        () = feed.certificates_changed.notified() => {}
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
