//! What a run is told: where to, how much, how fast, how badly.

use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;
use wire::Tls;

use crate::catalogue::MessageType;
use crate::misbehaviour::Misbehaviour;

/// The most links of a run: control ids have five digits for them.
const LINKS_MAX: u32 = 99_999;
/// The most clients of a run.
const CLIENTS_MAX: u32 = 999_999;
/// The least and the most messages a second.
const RATE_MIN: f64 = 0.001;
const RATE_MAX: f64 = 1_000_000.0;
/// The longest run.
const RUN_DAYS_MAX: u64 = 366;
/// The longest wait for an answer.
const ANSWER_HOURS_MAX: u64 = 24;
/// The longest message, in bytes.
const MESSAGE_BYTES_MAX: usize = 1 << 30;

/// What to send, and how. [`Plan::new`] is one link in lock-step that sends 1,000 messages.
#[derive(Debug, Clone)]
#[expect(
    clippy::exhaustive_structs,
    reason = "made by changing what `new` gives"
)]
pub struct Plan {
    /// The listener, `HOST:PORT`.
    pub to: String,
    /// TLS of every link; without it, links are in the clear.
    pub tls: Option<Tls>,
    /// How many connections are open at once.
    pub links: u32,
    /// How many messages of a link may be unanswered; 1 is lock-step.
    pub in_flight: usize,
    /// Messages a second over all links, whether or not answers come; without it, each link sends
    /// as fast as answers come.
    pub rate: Option<f64>,
    /// When to stop.
    pub end: End,
    /// What all that is invented grows from.
    pub seed: u64,
    /// The types to send; none means all.
    pub types: Vec<MessageType>,
    /// How many people the messages are about.
    pub clients: u32,
    /// The size that shorter messages are filled up to, in bytes.
    pub bytes: usize,
    /// Which misbehaviours, and the share of each in the messages, from 0 to 1.
    pub misbehaviours: Vec<(Misbehaviour, f64)>,
    /// How long to wait for an answer, and for a lost listener to come back.
    pub answer_timeout: Duration,
    /// The longest message that the listener takes, in bytes: an oversized one is longer by one.
    pub frame_limit_bytes: usize,
    /// A file to write accepted messages to, each a line: control id, tab, SHA-256 of the bytes.
    /// What was in it is lost once all links are open.
    pub acknowledged: Option<PathBuf>,
}

/// When a run is over, besides being told to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "nothing else can be measured")]
pub enum End {
    /// After so many messages over all links.
    Messages(u64),
    /// After this time; what is under way then is still waited for.
    After(Duration),
}

/// A plan that cannot be followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PlanError {
    /// Number of links.
    #[error("links must be 1 to {LINKS_MAX}")]
    Links,
    /// Depth of the pipeline.
    #[error("at least one message must be in flight")]
    InFlight,
    /// Messages a second.
    #[error("the rate must be {RATE_MIN} to {RATE_MAX} messages a second")]
    Rate,
    /// Time until the end.
    #[error("a run must last some time, and at most {RUN_DAYS_MAX} days")]
    End,
    /// Size to fill messages up to.
    #[error("messages can be filled up to at most {MESSAGE_BYTES_MAX} bytes")]
    Bytes,
    /// Time to wait for an answer.
    #[error("there must be some time to wait for an answer, and at most {ANSWER_HOURS_MAX} hours")]
    AnswerTimeout,
    /// The longest message that the listener takes.
    #[error("the frame limit must be 1 to {MESSAGE_BYTES_MAX} bytes")]
    FrameLimit,
    /// Number of clients.
    #[error("clients must be 1 to {CLIENTS_MAX}")]
    Clients,
    /// Shares of misbehaviours.
    #[error("each share must be 0 to 1, and all together at most 1")]
    Shares,
}

impl Plan {
    /// A link in lock-step to `HOST:PORT` that sends 1,000 messages of all types about 100 clients.
    pub fn new(to: impl Into<String>) -> Plan {
        Plan {
            to: to.into(),
            tls: None,
            links: 1,
            in_flight: 1,
            rate: None,
            end: End::Messages(1000),
            seed: 1,
            types: Vec::new(),
            clients: 100,
            bytes: 0,
            misbehaviours: Vec::new(),
            answer_timeout: Duration::from_secs(30),
            frame_limit_bytes: 16 * 1024 * 1024,
            acknowledged: None,
        }
    }

    pub(crate) fn check(&self) -> Result<(), PlanError> {
        let demands = [
            ((1..=LINKS_MAX).contains(&self.links), PlanError::Links),
            (self.in_flight > 0, PlanError::InFlight),
            (self.rate.is_none_or(is_rate), PlanError::Rate),
            (self.end.comes(), PlanError::End),
            (
                (1..=CLIENTS_MAX).contains(&self.clients),
                PlanError::Clients,
            ),
            (self.bytes <= MESSAGE_BYTES_MAX, PlanError::Bytes),
            (self.has_fair_shares(), PlanError::Shares),
            (
                is_up_to(self.answer_timeout, Duration::from_hours(ANSWER_HOURS_MAX)),
                PlanError::AnswerTimeout,
            ),
            (
                (1..=MESSAGE_BYTES_MAX).contains(&self.frame_limit_bytes),
                PlanError::FrameLimit,
            ),
        ];
        let unmet = demands.into_iter().find(|(is_met, _)| !is_met);
        unmet.map_or(Ok(()), |(_, error)| Err(error))
    }

    fn has_fair_shares(&self) -> bool {
        let shares = || self.misbehaviours.iter().map(|(_, share)| *share);
        let each = shares().all(|share| (0.0..=1.0).contains(&share));
        each && shares().sum::<f64>() <= 1.0 + f64::EPSILON
    }
}

impl End {
    fn comes(self) -> bool {
        match self {
            End::Messages(_) => true,
            End::After(time) => is_up_to(time, Duration::from_hours(24 * RUN_DAYS_MAX)),
        }
    }
}

fn is_rate(rate: f64) -> bool {
    (RATE_MIN..=RATE_MAX).contains(&rate)
}

fn is_up_to(time: Duration, most: Duration) -> bool {
    !time.is_zero() && time <= most
}
