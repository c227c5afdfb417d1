//! How many bytes of messages may be in memory at once.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Room for so many bytes, over all links.
#[derive(Clone, Debug)]
pub(crate) struct Room {
    bytes: Arc<Semaphore>,
    bytes_max: usize,
    passage: Arc<Semaphore>,
}

/// Bytes of it, given back when it is dropped.
pub(crate) type Place = OwnedSemaphorePermit;

impl Room {
    pub(crate) fn new(bytes_max: usize) -> Room {
        let bytes_max = bytes_max.min(Semaphore::MAX_PERMITS);
        Room {
            bytes: Arc::new(Semaphore::new(bytes_max)),
            bytes_max,
            passage: Arc::new(Semaphore::new(1)),
        }
    }

    /// Waits for the one passage past the limit. Those that wait for room while they hold some
    /// would otherwise wait for each other.
    pub(crate) async fn passage(&self) -> Option<Place> {
        self.passage.clone().acquire_owned().await.ok()
    }

    /// Waits for room; a message that is larger than all of it gets all of it.
    pub(crate) async fn take(&self, bytes: usize) -> Option<Place> {
        let bytes = u32::try_from(bytes.min(self.bytes_max)).unwrap_or(u32::MAX);
        self.bytes.clone().acquire_many_owned(bytes).await.ok()
    }

    /// Waits until a place has so many bytes, or all there are.
    pub(crate) async fn widen(&self, place: &mut Option<Place>, bytes: usize) {
        let has = place.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let lacks = bytes.min(self.bytes_max).saturating_sub(has);
        if lacks == 0 {
            return;
        }
        let more = self.take(lacks).await;
        match (place.as_mut(), more) {
            (Some(place), Some(more)) => place.merge(more),
            (None, more) => *place = more,
            (Some(_), None) => {}
        }
    }
}
