//! Group commit: whatever has gathered while the last commit was flushed goes into the next.

use std::sync::Arc;
use std::time::Duration;

use service::{ListenerConfig, Shutdown};
use tank::{Arrival, FailureClass, HoldingTank, Receipt};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

/// The way to the tank. Cloning it is cheap; the clones share their commits.
#[derive(Clone, Debug)]
pub(crate) struct Keeper {
    queue: mpsc::Sender<Request>,
    patience: Duration,
}

/// The message is not kept, as far as we know: the sender should send it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotKept;

/// A flush to disk failed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FlushFailed;

#[derive(Debug)]
struct Request {
    arrival: Arrival,
    reply: oneshot::Sender<Result<Receipt, NotKept>>,
}

/// A message on its way into the tank.
pub(crate) struct Pending {
    reply: oneshot::Receiver<Result<Receipt, NotKept>>,
    deadline: Instant,
}

impl Keeper {
    /// Starts the task that commits. It ends when the last clone is gone, or when a flush fails;
    /// however it ends, it wishes everything to stop.
    pub(crate) fn start(
        tank: Arc<dyn HoldingTank>,
        config: &ListenerConfig,
        shutdown: Shutdown,
    ) -> (Keeper, JoinHandle<Result<(), FlushFailed>>) {
        let messages_max = config.commit_messages_max;
        let (queue, requests) = mpsc::channel(messages_max);
        let task = tokio::spawn(keep(tank, requests, messages_max, shutdown));
        let patience = Duration::from_secs(config.commit_secs);
        (Keeper { queue, patience }, task)
    }

    /// Hands a message over; waits while the queue is full, as long as the sender may wait.
    pub(crate) async fn keep(&self, arrival: Arrival) -> Pending {
        let deadline = Instant::now() + self.patience;
        let (reply, answer) = oneshot::channel();
        // Without a place in the queue the reply is dropped, which says that it is not kept.
        match timeout_at(deadline, self.queue.reserve()).await {
            Ok(Ok(place)) => place.send(Request { arrival, reply }),
            Ok(Err(_)) => tracing::debug!("message not kept: stopping"),
            Err(_) => tracing::error!("message not kept: too many wait for their commit"),
        }
        Pending {
            reply: answer,
            deadline,
        }
    }
}

impl Pending {
    /// Whether the receipt need not be waited for.
    pub(crate) fn is_ready(&self) -> bool {
        !self.reply.is_empty()
    }

    /// Waits for the commit, for as long as the sender may be kept waiting.
    pub(crate) async fn receipt(self) -> Result<Receipt, NotKept> {
        match timeout_at(self.deadline, self.reply).await {
            Ok(Ok(receipt)) => receipt,
            Ok(Err(_)) | Err(_) => Err(NotKept),
        }
    }
}

async fn keep(
    tank: Arc<dyn HoldingTank>,
    mut requests: mpsc::Receiver<Request>,
    messages_max: usize,
    shutdown: Shutdown,
) -> Result<(), FlushFailed> {
    let _stop_at_the_end = shutdown.drop_guard();
    let mut gathered = Vec::with_capacity(messages_max);
    while requests.recv_many(&mut gathered, messages_max).await > 0 {
        let (arrivals, replies): (Vec<_>, Vec<_>) = gathered
            .drain(..)
            .map(|request| (request.arrival, request.reply))
            .unzip();
        let Ok(receipts) = commit(&*tank, &arrivals).await else {
            tracing::error!("a flush to disk failed, stopping");
            return Err(FlushFailed);
        };
        for (reply, receipt) in replies.into_iter().zip(receipts) {
            // The link may be gone; the message is kept all the same.
            drop(reply.send(receipt));
        }
    }
    Ok(())
}

/// One commit for all; when the tank refuses it for what it holds, one for each, so that one
/// message cannot keep others out.
async fn commit(
    tank: &dyn HoldingTank,
    arrivals: &[Arrival],
) -> Result<Vec<Result<Receipt, NotKept>>, FlushFailed> {
    match tank.hold(arrivals).await {
        Ok(receipts) => return Ok(receipts.into_iter().map(Ok).collect()),
        Err(error) => {
            tracing::error!(%error, messages = arrivals.len(), "messages not kept");
            match error.class() {
                FailureClass::Fatal => return Err(FlushFailed),
                FailureClass::Permanent if arrivals.len() > 1 => {}
                _ => return Ok(arrivals.iter().map(|_| Err(NotKept)).collect()),
            }
        }
    }
    let mut receipts = Vec::with_capacity(arrivals.len());
    for arrival in arrivals {
        let held = tank.hold(std::slice::from_ref(arrival)).await;
        if held
            .as_ref()
            .is_err_and(|error| error.class() == FailureClass::Fatal)
        {
            return Err(FlushFailed);
        }
        receipts.push(held.ok().and_then(|mut one| one.pop()).ok_or(NotKept));
    }
    Ok(receipts)
}
