//! What one sees of a run that is under way, and how one stops it.

use std::mem;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::histogram::Histogram;

/// Shows how far a run is, and stops it. Clones belong to the same run.
#[derive(Debug, Clone, Default)]
pub struct Dial {
    answered: Arc<AtomicU64>,
    latency: Arc<Mutex<Histogram>>,
    stop: CancellationToken,
    stopped_at: Arc<OnceLock<Instant>>,
}

impl Dial {
    /// How many answers came so far.
    pub fn answered(&self) -> u64 {
        self.answered.load(Ordering::Relaxed)
    }

    /// The latencies since the last look, as [`Report::latency`](crate::Report::latency) has those
    /// of the whole run.
    pub fn take_latency(&self) -> Histogram {
        mem::take(&mut *self.latency.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Lets the run send nothing more; it ends when what is under way is answered.
    pub fn stop(&self) {
        self.stopped_at.get_or_init(Instant::now);
        self.stop.cancel();
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// When it stopped the run, if it did.
    pub(crate) fn stopped_at(&self) -> Option<Instant> {
        self.stopped_at.get().copied()
    }

    pub(crate) async fn stopped(&self) {
        self.stop.cancelled().await;
    }

    pub(crate) fn count(&self, answers: u64) {
        self.answered.fetch_add(answers, Ordering::Relaxed);
    }

    pub(crate) fn record(&self, latency: Duration) {
        let mut latencies = self.latency.lock().unwrap_or_else(PoisonError::into_inner);
        latencies.record(latency);
    }
}
