//! One commit for the messages of many frames, and what it says to each.

use std::slice;

use tank::{Arrival, FailureClass, HoldingTank, Receipt};
use tokio::time::Instant;

use super::{Failure, FlushFailed};
use crate::metrics::CommitMetrics;

/// What the arrivals of a request are among those of a commit.
pub(super) struct Frame {
    pub(super) messages: usize,
    pub(super) before: Vec<Failure>,
}

/// One commit for all; when the tank refuses it for what it holds, one for each frame, so that one
/// message cannot keep others out.
pub(super) async fn commit(
    tank: &dyn HoldingTank,
    arrivals: &[Arrival],
    frames: &[Frame],
    metrics: &CommitMetrics,
) -> Result<Vec<Result<Vec<Receipt>, Failure>>, FlushFailed> {
    let failure = match attempt(tank, arrivals, frames, metrics).await? {
        Ok(receipts) => {
            let mut receipts = receipts.into_iter();
            let of_frame = |frame: &Frame| Ok(receipts.by_ref().take(frame.messages).collect());
            return Ok(frames.iter().map(of_frame).collect());
        }
        Err(failure) => failure,
    };
    if !failure.is_for_good || frames.len() == 1 {
        return Ok(frames.iter().map(|_| Err(failure.clone())).collect());
    }
    let mut receipts = Vec::with_capacity(frames.len());
    let mut rest = arrivals;
    for frame in frames {
        let messages = rest.split_at_checked(frame.messages);
        let (messages, later) = messages.unwrap_or((rest, &[]));
        rest = later;
        receipts.push(attempt(tank, messages, slice::from_ref(frame), metrics).await?);
    }
    Ok(receipts)
}

/// A commit, counted and told of. One that fails for several frames for what they hold is tried
/// again by each alone, and one that failed like this before is known.
async fn attempt(
    tank: &dyn HoldingTank,
    arrivals: &[Arrival],
    frames: &[Frame],
    metrics: &CommitMetrics,
) -> Result<Result<Vec<Receipt>, Failure>, FlushFailed> {
    let began = Instant::now();
    let error = match tank.hold(arrivals).await {
        Ok(receipts) => {
            metrics.committed(arrivals.len(), began.elapsed());
            return Ok(Ok(receipts));
        }
        Err(error) => error,
    };
    let failure = Failure::from(&error);
    let is_known = frames.iter().all(|frame| frame.before.contains(&failure));
    if !failure.is_of_content {
        metrics.failing();
    }
    if !(is_known || failure.is_for_good && frames.len() > 1) {
        metrics.failed();
        tracing::error!(%error, messages = arrivals.len(), "messages not kept");
    }
    match error.class() {
        FailureClass::Fatal => Err(FlushFailed),
        _ => Ok(Err(failure)),
    }
}
