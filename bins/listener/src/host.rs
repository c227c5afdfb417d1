//! What all links and folders share.

use std::sync::Arc;
use std::time::Duration;

use service::{ListenerConfig, Shutdown, now_millis};
use tank::HoldingTank;
use tokio::sync::Semaphore;
use tokio::time::sleep;
use tokio_util::task::TaskTracker;

use crate::alarm::{Alarm, Panicked};
use crate::feed::Feed;
use crate::judge::Voice;
use crate::keeper::Keeper;
use crate::recorder::Recorder;
use crate::room::Room;

/// What all links and folders share.
pub(crate) struct Host {
    pub(crate) links: Semaphore,
    pub(crate) tracker: TaskTracker,
    pub(crate) shutdown: Shutdown,
    /// For messages that have begun and not ended.
    pub(crate) unfinished: Room,
    pub(crate) config: ListenerConfig,
    pub(crate) keeper: Keeper,
    pub(crate) voice: Voice,
    pub(crate) recorder: Recorder,
    pub(crate) tank: Arc<dyn HoldingTank>,
    pub(crate) panicked: Panicked,
}

impl Host {
    pub(crate) fn new(
        config: ListenerConfig,
        keeper: Keeper,
        tank: Arc<dyn HoldingTank>,
        shutdown: Shutdown,
    ) -> Host {
        Host {
            links: Semaphore::new(config.links_max),
            tracker: TaskTracker::new(),
            shutdown,
            unfinished: Room::new(config.unfinished_bytes_max),
            voice: Voice::new(&config, now_millis()),
            config,
            keeper,
            recorder: Recorder::default(),
            tank,
            panicked: Panicked::default(),
        }
    }

    /// For a task of a feed to hold.
    pub(crate) fn alarm(&self, feed: &Feed) -> Alarm {
        self.panicked.alarm(feed.name(), &self.shutdown)
    }

    /// Waits for all links to end, but not for ever once the listener is to stop.
    pub(crate) async fn is_drained(&self) -> bool {
        let patience = async {
            self.shutdown.cancelled().await;
            sleep(Duration::from_secs(self.config.drain_secs)).await;
        };
        tokio::select! {
            () = self.tracker.wait() => true,
            () = patience => false,
        }
    }
}
