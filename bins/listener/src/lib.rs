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
mod error;
mod feed;
mod file;
mod folder;
mod host;
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

use std::sync::Arc;
use std::time::Duration;

use service::{FeedConfig, ListenerConfig, Shutdown};
use tank::HoldingTank;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::task::AbortOnDropHandle;

use feed::Feed;
use host::Host;
use imports::Imports;
use keeper::{FlushFailed, Keeper};
use metrics::{FeedMetrics, Metrics};
use reply::Replier;
use status::Status;

pub use charset::read_as;
pub use door::Door;
pub use error::ListenerError;
pub use file::{FileDoor, FileFormat, FileReading, FileReport, Remark, frame_contents, is_utf_16};
pub use link::End as LinkEnd;
pub use recorder::{
    LinkAnswers, LinkEvent, LinkEventKind, LinkFault, LinkProbes, LinkRecord, LinkRefusal, LinkTls,
    LinksReport,
};
pub use runs::{Gap, Numbers, Runs};

/// How long a listener that has nothing more to answer waits for its last commit.
const VERDICT_PATIENCE: Duration = Duration::from_secs(1);

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
    let status_socket = match &config.status_address {
        Some(address) => Some(bind_status(address).await?),
        None => None,
    };
    let metrics = Metrics::new();
    let commits = metrics.commits.clone();
    let (keeper, keeping) = Keeper::start(tank.clone(), &config, commits, shutdown.clone());
    let host = Arc::new(Host::new(config, keeper, tank.clone(), shutdown.clone()));
    let (mut feeds, mut answering) = (Vec::new(), Vec::new());
    for door in doors {
        let feed = Arc::new(door.metrics(&metrics));
        answering.extend(open(door, &feed, &host));
        feeds.push(feed);
    }
    host.tracker.close();
    let panicked = host.panicked.clone();
    let status = Status {
        metrics,
        recorder: host.recorder.clone(),
        feeds,
        tank,
        shutdown,
        panicked: panicked.clone(),
    };
    let asked =
        status_socket.map(|socket| AbortOnDropHandle::new(tokio::spawn(status.serve(socket))));
    if !host.is_drained().await {
        tracing::warn!("stopping with frames in hand: their senders took too long");
    }
    drop(host);
    drop(asked);
    verdict(keeping).await?;
    for task in answering.into_iter().filter(JoinHandle::is_finished) {
        if let Ok(Err(FlushFailed)) = task.await {
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

/// Serves a feed; gives the tasks that record what its senders are told after the import.
fn open(
    door: Door,
    metrics: &Arc<FeedMetrics>,
    host: &Arc<Host>,
) -> Vec<JoinHandle<Result<(), FlushFailed>>> {
    let (feed, tank) = (door.feed(), host.tank.clone());
    let replier = Replier::of(feed.clone(), metrics.clone(), tank.clone(), host.clone());
    let imports = Imports::of(feed, metrics.clone(), tank, host.clone());
    let (imports, watch) = imports.unzip();
    let mut answering = vec![host.tracker.spawn(replier.run())];
    answering.extend(watch.map(|watch| host.tracker.spawn(watch.run())));
    host.tracker
        .spawn(door.serve(metrics.clone(), imports, host.clone()));
    answering
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
