//! One link: keeps as many messages in flight as it may, and weighs every answer.

mod connection;
mod misbehave;
mod parked;
mod weigh;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};

use crate::acknowledged::{Acknowledged, ContentDigest, digest};
use crate::answer::push_frame;
use crate::control_id::ControlId;
use crate::dial::Dial;
use crate::messages::{Messages, World};
use crate::misbehaviour::Misbehaviour;
use crate::plan::Plan;
use crate::report::Report;
use crate::turns::{Turn, Turns};
use parked::Parked;

pub(crate) use connection::Connection;

/// Frames that are written down ahead of the socket, in bytes.
const OUTGOING_BYTES_MAX: usize = 256 * 1024;
/// The rest before a lost connection is opened anew.
const RECONNECT_PAUSE: Duration = Duration::from_millis(100);
/// How long a listener may take to close after the sender did.
const FAREWELL: Duration = Duration::from_secs(1);

/// What all links of a run share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) plan: Plan,
    pub(crate) world: Arc<World>,
    pub(crate) dial: Dial,
    pub(crate) start: Instant,
    pub(crate) acknowledged: Option<Acknowledged>,
}

/// One link, over one connection after the other.
#[derive(Debug)]
pub(crate) struct Link {
    shared: Arc<Shared>,
    number: u32,
    messages: Messages,
    turns: Turns,
    /// A turn that waits until nothing is under way.
    misbehaviour: Option<Misbehaviour>,
    window: VecDeque<Waiting>,
    /// The last answer to a message of a misbehaviour.
    last_answer: Option<LastAnswer>,
    parked: Parked,
    report: Report,
}

/// A message under way.
#[derive(Debug)]
struct Waiting {
    id: ControlId,
    due: Instant,
    sent: Instant,
    /// Not for messages of misbehaviours.
    timed: bool,
    digest: Option<ContentDigest>,
}

#[derive(Debug, PartialEq, Eq)]
struct LastAnswer {
    is_accept: bool,
    bytes: Vec<u8>,
}

/// What a link waits for.
#[derive(Debug, Clone, Copy)]
enum Wish {
    /// An answer, to have room again.
    Room,
    /// The moment of its next message.
    Moment(Instant),
    /// The last answer, to end or to misbehave.
    Calm,
}

/// How a connection came to its end before the messages did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gone {
    /// It broke, or the listener closed it, said something unreadable or did not answer.
    Lost,
    /// A misbehaviour used it up.
    Spent,
    /// A misbehaviour leaves it open and silent.
    Abandoned,
}

impl Link {
    pub(crate) fn new(shared: Arc<Shared>, number: u32) -> Link {
        Link {
            number,
            messages: Messages::in_world(shared.world.clone(), number),
            turns: Turns::new(&shared.plan, number, shared.start),
            misbehaviour: None,
            window: VecDeque::new(),
            last_answer: None,
            parked: Parked::default(),
            report: Report::default(),
            shared,
        }
    }

    /// Sends what the link has to send, over new connections where one is gone.
    pub(crate) async fn run(mut self, connection: Connection) -> Report {
        let mut open = Some(connection);
        while let Some(mut connection) = open.take() {
            match self.serve(&mut connection).await {
                Ok(()) => self.part(connection).await,
                Err(gone) => {
                    if gone == Gone::Abandoned {
                        self.parked.park(connection, &mut self.report).await;
                    }
                    open = self.reconnect(gone).await;
                }
            }
        }
        self.parked.look_at_all(&mut self.report).await;
        self.report.behind = self.turns.behind(self.shared.dial.stopped_at());
        self.report
    }

    async fn serve(&mut self, connection: &mut Connection) -> Result<(), Gone> {
        loop {
            let wish = self.fill(connection, Instant::now());
            if matches!(wish, Wish::Calm) && self.window.is_empty() {
                match self.misbehaviour.take() {
                    Some(misbehaviour) => self.misbehave(connection, misbehaviour).await?,
                    None => return Ok(()),
                }
            } else {
                self.exchange(connection, wish).await?;
            }
        }
    }

    /// Writes down what may be sent now.
    fn fill(&mut self, connection: &mut Connection, now: Instant) -> Wish {
        if self.misbehaviour.is_some() || self.shared.dial.is_stopped() {
            return Wish::Calm;
        }
        while self.window.len() < self.shared.plan.in_flight
            && connection.outgoing.len() < OUTGOING_BYTES_MAX
        {
            match self.turns.next(now) {
                Turn::Over => return Wish::Calm,
                Turn::Wait(moment) => return Wish::Moment(moment),
                Turn::Send { due, misbehaviour } => {
                    self.misbehaviour = misbehaviour;
                    if misbehaviour.is_some() {
                        return Wish::Calm;
                    }
                    self.send(&mut connection.outgoing, due, now);
                }
            }
        }
        Wish::Room
    }

    fn send(&mut self, outgoing: &mut Vec<u8>, due: Instant, sent: Instant) {
        let start = outgoing.len();
        let id = push_frame(outgoing, |out| self.messages.write_next(out));
        let frame = outgoing.get(start..).unwrap_or_default();
        let content = frame.get(1..frame.len() - 2).unwrap_or_default();
        let waiting = Waiting {
            id,
            due,
            sent,
            timed: true,
            digest: self.digest(content),
        };
        self.expect(waiting, frame.len());
    }

    fn expect(&mut self, waiting: Waiting, frame_bytes: usize) {
        self.report.sent += 1;
        self.report.sent_bytes += frame_bytes as u64;
        self.window.push_back(waiting);
    }

    fn digest(&self, content: &[u8]) -> Option<ContentDigest> {
        let wanted = self.shared.acknowledged.is_some();
        wanted.then(|| digest(content))
    }

    /// Writes and reads until something happens.
    async fn exchange(&mut self, connection: &mut Connection, wish: Wish) -> Result<(), Gone> {
        let moment = match wish {
            Wish::Moment(moment) => Some(moment),
            Wish::Room | Wish::Calm => None,
        };
        let patience = self.shared.plan.answer_timeout;
        let oldest = self
            .window
            .front()
            .map_or_else(Instant::now, |waiting| waiting.sent);
        connection
            .event(moment, oldest + patience, &self.shared.dial)
            .await?;
        self.receive(&mut connection.incoming)
    }

    /// Closes in order: whatever still comes is an answer too many.
    async fn part(&mut self, mut connection: Connection) {
        let end = Instant::now() + FAREWELL;
        if connection.finish().await.is_err() {
            return;
        }
        let dial = Dial::default();
        while timeout_at(end, connection.event(None, end, &dial))
            .await
            .is_ok_and(|e| e.is_ok())
        {
            if self.receive(&mut connection.incoming).is_err() {
                return;
            }
        }
    }

    /// A new connection in the place of one that is gone, if the listener gives one in time.
    async fn reconnect(&mut self, gone: Gone) -> Option<Connection> {
        self.give_up_window(Instant::now());
        if gone == Gone::Lost {
            self.report.lost_connections += 1;
            sleep(RECONNECT_PAUSE).await;
        }
        let deadline = Instant::now() + self.shared.plan.answer_timeout;
        while !self.shared.dial.is_stopped() {
            match timeout_at(deadline, Connection::open(&self.shared.plan)).await {
                Ok(Ok(connection)) => return Some(connection),
                Ok(Err(_)) if Instant::now() < deadline => sleep(RECONNECT_PAUSE).await,
                Ok(Err(_)) | Err(_) => {
                    self.report.lost_links += 1;
                    return None;
                }
            }
        }
        None
    }
}
