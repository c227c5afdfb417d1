//! Replies: the application acknowledgments of enhanced mode, which leave once the importer has
//! settled what they are about.

mod content;
mod courier;
mod delivery;
mod open_links;

use std::sync::Arc;
use std::time::Duration;

use hl7::{AckCondition, AckStamp};
use service::{ApplicationAckConfig, now_millis, worker_name};
use tank::{
    DueReply, FailureClass, HoldingTank, Replies, ReplyClaim, ReplyFate, ReplyOutcome, ReplyWay,
    TankError,
};
use tokio::time::{Instant, sleep};

use crate::Host;
use crate::feed::Feed;
use crate::keeper::FlushFailed;
use crate::metrics::FeedMetrics;
use content::{Content, content};
use courier::Courier;
use delivery::Leaving;

pub(crate) use open_links::{LinkReply, OpenLinks};

/// So many replies are claimed at once.
const BATCH_MAX: usize = 128;

/// How long is waited where none is outstanding: others may be, of a listener that is gone.
const IDLE: Duration = Duration::from_secs(10);

/// How long is waited for the importer or for a link, at first and at most; the first also for more
/// replies to gather, since to claim and to settle them are commits beside those of messages.
const LOOK: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

/// How long is waited after the tank or the receiver failed, at first and at most.
const REST: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(10));

/// How often the outstanding are counted, which takes longer the more there are.
const COUNT_PAUSE: Duration = Duration::from_secs(5);

/// Who delivers the replies of a feed, or gives them up where it sends none any more.
pub(crate) struct Replier {
    feed: Arc<Feed>,
    metrics: Arc<FeedMetrics>,
    tank: Arc<dyn HoldingTank>,
    host: Arc<Host>,
    worker: String,
    /// Who brings them to the return address; without one they leave over links.
    courier: Option<Courier>,
    /// Why the return address is out of reach, as was said last.
    trouble: Option<String>,
    way: ApplicationAckConfig,
    counted: Option<Instant>,
}

/// What a look for replies came to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    /// None is outstanding.
    Idle,
    /// None of those that are outstanding can leave.
    Waiting,
    Moved,
    Unreachable,
}

impl Replier {
    /// The replier of a feed.
    pub(crate) fn of(
        feed: Arc<Feed>,
        metrics: Arc<FeedMetrics>,
        tank: Arc<dyn HoldingTank>,
        host: Arc<Host>,
    ) -> Replier {
        let (way, _) = feed.reply_way();
        Replier {
            courier: Courier::of(&feed),
            feed,
            metrics,
            tank,
            host,
            worker: worker_name(now_millis()),
            trouble: None,
            way,
            counted: None,
        }
    }

    /// Delivers replies until the listener is to stop.
    pub(crate) async fn run(mut self) -> Result<(), FlushFailed> {
        let host = self.host.clone();
        let _alarm = host.alarm(&self.feed);
        let _stop_at_the_end = host.shutdown.clone().drop_guard();
        let (mut look, mut rest) = (LOOK.0, REST.0);
        while !host.shutdown.is_cancelled() {
            let step = self.step().await;
            // What was asked for a moment ago may be outstanding only after its commit.
            let is_idle = matches!(step, Ok(Step::Idle)) && look == LOOK.1;
            let pause = match step {
                Ok(Step::Moved) => {
                    (look, rest) = (LOOK.0, REST.0);
                    LOOK.0
                }
                Ok(Step::Idle) if is_idle => IDLE,
                Ok(Step::Idle | Step::Waiting) => doubled(&mut look, LOOK.1),
                Ok(Step::Unreachable) => doubled(&mut rest, REST.1),
                Err(error) if error.class() == FailureClass::Fatal => {
                    tracing::error!("a flush to disk failed, stopping");
                    host.shutdown.cancel();
                    return Err(FlushFailed);
                }
                Err(error) => {
                    tracing::warn!(feed = self.feed.name(), %error, "replies wait for the tank");
                    doubled(&mut rest, REST.1)
                }
            };
            tokio::select! {
                () = host.shutdown.cancelled() => {}
                () = self.feed.links.asked.notified(), if is_idle => look = LOOK.0,
                () = sleep(pause) => {}
            }
        }
        Ok(())
    }

    /// Claims what can leave, writes it down, delivers it, and records what came of it.
    async fn step(&mut self) -> Result<Step, TankError> {
        let claimed = Instant::now();
        let replies = self.tank.claim_replies(&self.claim(claimed)).await?;
        self.tell(&replies, claimed);
        if replies.due.is_empty() {
            return Ok(if replies.is_any_outstanding {
                Step::Waiting
            } else {
                Step::Idle
            });
        }
        let leaving = self.write_down(replies.due).await?;
        if leaving.is_empty() {
            return Ok(Step::Moved);
        }
        let (outcomes, step) = self.deliver(leaving, claimed).await;
        self.settle(&outcomes).await?;
        Ok(step)
    }

    /// Says and counts what became of replies without a delivery.
    fn tell(&mut self, replies: &Replies, now: Instant) {
        let given_up = i64::try_from(replies.given_up).unwrap_or(i64::MAX);
        if let Some(outstanding) = replies.outstanding {
            self.metrics.replies_outstanding.set(outstanding - given_up);
            self.counted = Some(now);
        }
        if replies.given_up == 0 {
            return;
        }
        let (feed, replies) = (self.feed.name(), replies.given_up);
        if self.way == ApplicationAckConfig::Off {
            self.metrics.replies_given_up("off", replies);
            tracing::warn!(feed, replies, "replies given up: application_ack is off");
        } else {
            self.metrics.replies_given_up("overdue", replies);
            tracing::warn!(feed, replies, "replies given up: too long undeliverable");
        }
    }

    /// Records what came of replies; gives those that are no longer this listener's.
    async fn settle(&self, outcomes: &[ReplyOutcome]) -> Result<Vec<i64>, TankError> {
        let settled = self
            .tank
            .settle_replies(&self.worker, outcomes, now_millis());
        let lost = settled.await?;
        if !lost.is_empty() {
            let (feed, replies) = (self.feed.name(), lost.len());
            tracing::warn!(feed, replies, "another listener has taken replies over");
        }
        Ok(lost)
    }

    fn claim(&self, begins: Instant) -> ReplyClaim {
        let now = now_millis();
        let patience = self.host.config.application_ack_secs_max;
        let patience = i64::try_from(patience.saturating_mul(1_000)).unwrap_or(i64::MAX);
        ReplyClaim {
            worker: self.worker.clone(),
            feed: self.feed.name().to_owned(),
            way: match self.way {
                ApplicationAckConfig::Off => ReplyWay::Nowhere,
                ApplicationAckConfig::SameLink => ReplyWay::Links(self.feed.links.senders()),
                ApplicationAckConfig::ReturnAddress => ReplyWay::Address,
            },
            limit: BATCH_MAX,
            due_since: now.saturating_sub(patience),
            now,
            counts: self.counted.is_none_or(|at| begins - at >= COUNT_PAUSE),
        }
    }

    /// Keeps what will be said before it is, so that it is said in the same words when it must be
    /// said again.
    async fn write_down(&self, due: Vec<DueReply>) -> Result<Vec<Leaving>, TankError> {
        let now = now_millis();
        let (mut leaving, mut outcomes) = (Vec::new(), Vec::new());
        for due in due {
            let (message_id, due_at) = (due.message_id, due.due_at);
            let control_id = control_id(&due);
            let fate = match content(&self.feed, &due, &self.stamp(&control_id, now)) {
                Content::NotWanted => ReplyFate::NotWanted,
                Content::NotYet => ReplyFate::Later(now),
                Content::Say(answer) => {
                    let fate = ReplyFate::Written(answer.clone());
                    leaving.push(Leaving { due, answer });
                    fate
                }
            };
            outcomes.push(ReplyOutcome {
                message_id,
                due_at,
                fate,
            });
        }
        let lost = self.settle(&outcomes).await?;
        leaving.retain(|leaving| !lost.contains(&leaving.due.message_id));
        Ok(leaving)
    }

    /// A reply asks for its accept acknowledgment where it has a connection of its own. Nobody
    /// replies to it.
    fn stamp<'a>(&'a self, control_id: &'a str, now: i64) -> AckStamp<'a> {
        let mut stamp = self.host.voice.stamp(control_id, now);
        stamp.accept_acknowledgment = Some(match self.courier {
            Some(_) => AckCondition::Always,
            None => AckCondition::Never,
        });
        stamp.application_acknowledgment = Some(AckCondition::Never);
        stamp
    }
}

/// A control id that no other reply has, of whichever listener, nor any answer.
fn control_id(due: &DueReply) -> String {
    format!("{:x}-r{}", due.received_at, due.message_id)
}

/// The pause, which is twice as long the next time.
fn doubled(pause: &mut Duration, max: Duration) -> Duration {
    let now = *pause;
    *pause = (now * 2).min(max);
    now
}
