//! Group commit: whatever has gathered while the last commit was flushed goes into the next, up to
//! limits in messages and bytes.

mod commit;
mod failure;

use std::sync::Arc;
use std::time::Duration;

use service::{ListenerConfig, Shutdown};
use tank::{Arrival, HoldingTank, Receipt};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use crate::metrics::CommitMetrics;
use crate::room::{Place, Room};
use commit::{Frame, commit};

pub(crate) use failure::{Failure, FlushFailed, NotKept};

/// The way to the tank. Cloning it is cheap; the clones share their commits.
#[derive(Clone, Debug)]
pub(crate) struct Keeper {
    queue: mpsc::Sender<Request>,
    /// For what is on its way into the tank.
    room: Room,
    patience: Duration,
}

#[derive(Debug)]
struct Request {
    /// Of one frame: kept all or none.
    arrivals: Vec<Arrival>,
    /// Why they were not kept when they were tried before.
    before: Vec<Failure>,
    reply: oneshot::Sender<Result<Vec<Receipt>, Failure>>,
    /// Given back once the arrivals are dropped.
    room: Arc<Place>,
}

/// The requests in their order, cut into commits.
struct Commits {
    requests: mpsc::Receiver<Request>,
    /// The request that the last commit had no room for.
    next: Option<Request>,
    messages_max: usize,
    bytes_max: usize,
}

/// The messages of a frame on their way into the tank.
pub(crate) struct Pending {
    reply: oneshot::Receiver<Result<Vec<Receipt>, Failure>>,
    deadline: Instant,
    /// Of messages in sequence, whose bytes are needed once more where they are refused.
    pub(crate) room: Option<Arc<Place>>,
}

/// How long a file waits for its commit. Nobody waits behind it: it hears what the tank says, and does
/// not come again while it is still being kept.
const FILE_PATIENCE: Duration = Duration::from_hours(1);

impl Keeper {
    /// Starts the task that commits. It ends when the last clone is gone, or when a flush fails;
    /// however it ends, it wishes everything to stop.
    pub(crate) fn start(
        tank: Arc<dyn HoldingTank>,
        config: &ListenerConfig,
        metrics: CommitMetrics,
        shutdown: Shutdown,
    ) -> (Keeper, JoinHandle<Result<(), FlushFailed>>) {
        let (queue, requests) = mpsc::channel(config.commit_messages_max);
        let commits = Commits {
            requests,
            next: None,
            messages_max: config.commit_messages_max,
            bytes_max: config.commit_bytes_max,
        };
        let task = tokio::spawn(keep(tank, commits, metrics, shutdown));
        let keeper = Keeper {
            queue,
            room: Room::new(config.in_flight_bytes_max),
            patience: Duration::from_secs(config.commit_secs),
        };
        (keeper, task)
    }

    /// Hands the messages of a frame over; waits while there is no room for them, as long as the
    /// sender may wait.
    pub(crate) async fn keep(&self, arrivals: Vec<Arrival>) -> Pending {
        self.keep_in(None, arrivals).await
    }

    /// The same for messages that have room already.
    pub(crate) async fn keep_in(
        &self,
        room: Option<Arc<Place>>,
        arrivals: Vec<Arrival>,
    ) -> Pending {
        let deadline = Instant::now() + self.patience;
        self.hand_over(room, arrivals, Vec::new(), deadline).await
    }

    /// Keeps messages of a file, which are tried until they are kept. What failed `before` is
    /// neither told nor counted again.
    pub(crate) async fn keep_again(
        &self,
        arrivals: Vec<Arrival>,
        before: Vec<Failure>,
    ) -> Result<Vec<Receipt>, Failure> {
        let deadline = Instant::now() + FILE_PATIENCE;
        let pending = self.hand_over(None, arrivals, before, deadline).await;
        pending.outcome().await
    }

    async fn hand_over(
        &self,
        room: Option<Arc<Place>>,
        arrivals: Vec<Arrival>,
        before: Vec<Failure>,
        deadline: Instant,
    ) -> Pending {
        let (reply, answer) = oneshot::channel();
        let mut kept_room = None;
        let place = async {
            let room = match room {
                Some(room) => room,
                None => Arc::new(self.room.take(size(&arrivals)).await?),
            };
            if arrivals.iter().any(|arrival| arrival.sequence.is_some()) {
                kept_room = Some(room.clone());
            }
            Some((room, self.queue.reserve().await.ok()?))
        };
        // Without a place in the queue the reply is dropped, which says that it is not kept.
        match timeout_at(deadline, place).await {
            Ok(Some((room, place))) => place.send(Request {
                arrivals,
                before,
                reply,
                room,
            }),
            Ok(None) => tracing::debug!("message not kept: stopping"),
            Err(_) => tracing::error!("message not kept: too many wait for their commit"),
        }
        Pending {
            reply: answer,
            deadline,
            room: kept_room,
        }
    }
}

impl Pending {
    /// Whether the receipt need not be waited for.
    pub(crate) fn is_ready(&self) -> bool {
        !self.reply.is_empty()
    }

    /// Waits for the commit, for as long as the sender may be kept waiting. A receipt for each
    /// message.
    pub(crate) async fn receipts(self) -> Result<Vec<Receipt>, NotKept> {
        self.outcome().await.map_err(|_| NotKept)
    }

    async fn outcome(self) -> Result<Vec<Receipt>, Failure> {
        match timeout_at(self.deadline, self.reply).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) | Err(_) => Err(Failure::late()),
        }
    }
}

impl Request {
    /// How many bytes its arrivals hold on to, or all there is room for.
    fn bytes(&self) -> usize {
        self.room.num_permits()
    }
}

impl Commits {
    /// Waits for a request and takes what else there is, within the limits of one commit. Nothing
    /// when no more can come.
    async fn gather(&mut self) -> Vec<Request> {
        let first = match self.next.take() {
            Some(next) => Some(next),
            None => self.requests.recv().await,
        };
        let mut gathered: Vec<Request> = first.into_iter().collect();
        let mut messages = count(&gathered);
        let mut bytes = gathered.first().map_or(0, Request::bytes);
        while messages < self.messages_max
            && let Ok(request) = self.requests.try_recv()
        {
            messages += request.arrivals.len();
            bytes = bytes.saturating_add(request.bytes());
            if bytes > self.bytes_max || messages > self.messages_max {
                self.next = Some(request);
                break;
            }
            gathered.push(request);
        }
        gathered
    }
}

async fn keep(
    tank: Arc<dyn HoldingTank>,
    mut commits: Commits,
    metrics: CommitMetrics,
    shutdown: Shutdown,
) -> Result<(), FlushFailed> {
    let _stop_at_the_end = shutdown.drop_guard();
    loop {
        let mut requests = commits.gather().await;
        if requests.is_empty() {
            return Ok(());
        }
        let mut arrivals = Vec::with_capacity(count(&requests));
        let mut frames = Vec::with_capacity(requests.len());
        let mut replies = Vec::with_capacity(requests.len());
        for request in requests.drain(..) {
            replies.push((request.reply, request.room));
            frames.push(Frame {
                messages: request.arrivals.len(),
                before: request.before,
            });
            arrivals.extend(request.arrivals);
        }
        let Ok(receipts) = commit(&*tank, &arrivals, &frames, &metrics).await else {
            tracing::error!("a flush to disk failed, stopping");
            return Err(FlushFailed);
        };
        drop(arrivals);
        for ((reply, room), receipts) in replies.into_iter().zip(receipts) {
            drop(room);
            // The link may be gone; the message is kept all the same.
            drop(reply.send(receipts));
        }
    }
}

/// What a message of a batch costs beside its bytes: its keys and answers.
const BATCHED_BYTES: usize = 2 * 1024;

/// How many bytes the messages of a frame hold on to. Those of a batch share the bytes of the last,
/// which is the whole.
fn size(arrivals: &[Arrival]) -> usize {
    match arrivals.split_last() {
        Some((whole, messages)) => whole.body.len() + messages.len() * BATCHED_BYTES,
        None => 0,
    }
}

fn count(requests: &[Request]) -> usize {
    requests.iter().map(|request| request.arrivals.len()).sum()
}
