//! The listener: HL7 v2 over MLLP in, durable messages and honest acknowledgments out.
//!
//! [`run`] accepts links at its doors. Each `link` cuts frames and answers them in order; for
//! each frame `judge` says what is kept and what is answered; the `keeper` commits what has
//! gathered, and only then does an answer leave. Files that come to rest in a watched `folder` are
//! judged and kept likewise.

mod alarm;
mod batch;
mod beginnings;
mod charset;
mod door;
mod feed;
mod file;
mod folder;
mod imports;
mod judge;
mod keeper;
mod link;
mod metrics;
mod occupancy;
mod presence;
mod recorder;
mod refusal;
mod remarks;
mod reply;
mod room;
mod runs;
mod status;
mod tls;
mod watch;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use service::{FeedConfig, ListenerConfig, Shutdown};
use tank::HoldingTank;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::task::{AbortOnDropHandle, TaskTracker};

use alarm::{Alarm, Panicked};
use feed::Feed;
use imports::Imports;
use judge::Voice;
use keeper::{FlushFailed, Keeper};
use metrics::Metrics;
use recorder::Recorder;
use reply::Replier;
use room::Room;
use status::Status;

pub use charset::read_as;
pub use door::Door;
pub use file::{FileDoor, FileFormat, FileReading, FileReport, Remark, frame_contents, is_utf_16};
pub use link::End as LinkEnd;
pub use recorder::{
    LinkAnswers, LinkEvent, LinkEventKind, LinkFault, LinkProbes, LinkRecord, LinkRefusal, LinkTls,
    LinksReport,
};
pub use runs::{Gap, Numbers, Runs};
pub use tls::TlsError;

/// How long a listener that has nothing more to answer waits for its last commit.
const VERDICT_PATIENCE: Duration = Duration::from_secs(1);

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
    /// The address for monitoring cannot be listened on.
    #[error("cannot serve the status on {address}")]
    Status {
        /// The address.
        address: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The certificates of a feed cannot be used.
    #[error("feed {feed}: no TLS")]
    Tls {
        /// The feed.
        feed: String,
        /// Why.
        #[source]
        source: TlsError,
    },
    /// Files cannot be read from a folder, or cannot be moved to where they go.
    #[error("feed {feed}: folder {} cannot be used", path.display())]
    Folder {
        /// The feed.
        feed: String,
        /// The folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A column of CWLAB files has no place in a message.
    #[error("feed {feed}: column {column} of cwlab_columns is no path such as PID-5.1")]
    Column {
        /// The feed.
        feed: String,
        /// The number of the column, from 1.
        column: usize,
    },
    /// A flush to disk failed, so what is on disk is unknown: start anew to read it back.
    #[error("stopped, because a flush to disk failed: check the disk, then start again")]
    FlushFailed,
    /// The task that commits panicked.
    #[error("stopped, because the task that commits panicked: this is a mistake in Cistern")]
    KeeperPanicked,
    /// A task of a feed panicked: of its address, a folder or its replies.
    #[error("stopped, because a task of feed {feed} panicked: this is a mistake in Cistern")]
    FeedPanicked {
        /// The feed.
        feed: String,
    },
}

/// Tries what a feed names besides the configuration: reads its certificates, and moves an empty
/// file through its folders.
pub fn check(feed: &FeedConfig) -> Result<(), ListenerError> {
    Feed::new(feed.clone())?;
    for settings in &feed.folders {
        folder::probe(settings).map_err(|(path, source)| ListenerError::Folder {
            feed: feed.name.clone(),
            path,
            source,
        })?;
    }
    Ok(())
}

/// Listens until it is told to stop, then answers the frames in hand and returns.
pub async fn run(
    config: ListenerConfig,
    doors: Vec<Door>,
    tank: Arc<dyn HoldingTank>,
    shutdown: Shutdown,
) -> Result<(), ListenerError> {
    let voice = Voice::new(&config, service::now_millis());
    let status_socket = match &config.status_address {
        Some(address) => Some(bind_status(address).await?),
        None => None,
    };
    let metrics = Metrics::new();
    let commits = metrics.commits.clone();
    let (keeper, keeping) = Keeper::start(tank.clone(), &config, commits, shutdown.clone());
    let recorder = Recorder::default();
    let panicked = Panicked::default();
    let host = Arc::new(Host {
        panicked: panicked.clone(),
        links: Semaphore::new(config.links_max),
        tracker: TaskTracker::new(),
        shutdown: shutdown.clone(),
        unfinished: Room::new(config.unfinished_bytes_max),
        config,
        keeper,
        voice,
        recorder: recorder.clone(),
        tank: tank.clone(),
    });
    let (mut feeds, mut replying) = (Vec::new(), Vec::new());
    for door in doors {
        let feed = Arc::new(door.metrics(&metrics));
        let replier = Replier::of(door.feed(), feed.clone(), tank.clone(), host.clone());
        replying.push(host.tracker.spawn(replier.run()));
        let imports = Imports::of(door.feed(), feed.clone(), tank.clone(), host.clone());
        let (imports, watch) = imports.unzip();
        replying.extend(watch.map(|watch| host.tracker.spawn(watch.run())));
        host.tracker
            .spawn(door.serve(feed.clone(), imports, host.clone()));
        feeds.push(feed);
    }
    host.tracker.close();
    let status = Status {
        metrics,
        recorder,
        feeds,
        tank,
        shutdown,
        panicked: panicked.clone(),
    };
    let asked =
        status_socket.map(|socket| AbortOnDropHandle::new(tokio::spawn(status.serve(socket))));
    if !drained(&host).await {
        tracing::warn!("stopping with frames in hand: their senders took too long");
    }
    drop(host);
    drop(asked);
    verdict(keeping).await?;
    for replier in replying.into_iter().filter(JoinHandle::is_finished) {
        if let Ok(Err(FlushFailed)) = replier.await {
            return Err(ListenerError::FlushFailed);
        }
    }
    match panicked.feed() {
        Some(feed) => Err(ListenerError::FeedPanicked {
            feed: feed.to_owned(),
        }),
        None => Ok(()),
    }
}

/// How the task that commits has ended, which is left with its last commit.
async fn verdict(keeping: JoinHandle<Result<(), FlushFailed>>) -> Result<(), ListenerError> {
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

async fn bind_status(address: &str) -> Result<TcpListener, ListenerError> {
    let bound = TcpListener::bind(address).await;
    bound.map_err(|source| ListenerError::Status {
        address: address.to_owned(),
        source,
    })
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

/// What all links and folders share.
struct Host {
    links: Semaphore,
    tracker: TaskTracker,
    shutdown: Shutdown,
    /// For messages that have begun and not ended.
    unfinished: Room,
    config: ListenerConfig,
    keeper: Keeper,
    voice: Voice,
    recorder: Recorder,
    tank: Arc<dyn HoldingTank>,
    panicked: Panicked,
}

impl Host {
    /// For a task of a feed to hold.
    fn alarm(&self, feed: &Feed) -> Alarm {
        self.panicked.alarm(feed.name(), &self.shutdown)
    }
}
