//! Delivery: a batch of replies on their way, and what came of each.

use std::time::Duration;

use service::{Shutdown, now_millis};
use tank::{Answer, DueReply, ReplyFate, ReplyOutcome};
use tokio::time::{Instant, timeout_at};

use super::courier::{Brought, Courier};
use super::{Replier, Step};

/// How long after their claim replies may begin to leave, and the last of them must have left: well
/// within the 30 seconds that the claim lasts.
const BATCH_TIME: Duration = Duration::from_secs(10);
const LAST_TIME: Duration = Duration::from_secs(20);

/// How long a reply rests that was not acknowledged, in milliseconds, while others go on.
const UNANSWERED_REST_MS: i64 = 60_000;

/// A reply that is written down.
pub(super) struct Leaving {
    pub(super) due: DueReply,
    pub(super) answer: Answer,
}

impl Replier {
    /// Sends replies in their order.
    pub(super) async fn deliver(
        &mut self,
        leaving: Vec<Leaving>,
        claimed: Instant,
    ) -> (Vec<ReplyOutcome>, Step) {
        let (fates, step) = match &mut self.courier {
            None => self.over_links(&leaving, claimed + BATCH_TIME).await,
            Some(courier) => {
                let brought = bring(courier, &leaving, claimed, &self.host.shutdown).await;
                self.tell_reach();
                brought
            }
        };
        let outcomes = leaving.into_iter().zip(fates).map(|(leaving, fate)| {
            self.count(&leaving, &fate);
            ReplyOutcome {
                message_id: leaving.due.message_id,
                due_at: leaving.due.due_at,
                fate,
            }
        });
        (outcomes.collect(), step)
    }

    /// A reply is delivered over a link when it is written to it.
    async fn over_links(&self, leaving: &[Leaving], deadline: Instant) -> (Vec<ReplyFate>, Step) {
        let hand = |leaving: &Leaving| {
            let bytes = leaving.answer.bytes.clone();
            self.feed.links.hand(&leaving.due, bytes)
        };
        let handed: Vec<_> = leaving.iter().map(hand).collect();
        let (mut fates, mut step) = (Vec::with_capacity(handed.len()), Step::Waiting);
        for written in handed {
            let is_written = match written {
                Some(written) => matches!(timeout_at(deadline, written).await, Ok(Ok(()))),
                None => false,
            };
            if is_written {
                step = Step::Moved;
                fates.push(ReplyFate::Delivered);
            } else {
                fates.push(ReplyFate::Later(now_millis()));
            }
        }
        (fates, step)
    }

    /// Says once why the return address takes no replies, and once that it does again.
    fn tell_reach(&mut self) {
        let Some(courier) = &self.courier else { return };
        if courier.trouble == self.trouble {
            return;
        }
        self.trouble.clone_from(&courier.trouble);
        let (feed, address) = (self.feed.name(), &courier.address);
        if let Some(reason) = &self.trouble {
            tracing::warn!(feed, address, reason, "replies wait: nobody takes them");
        } else {
            tracing::info!(feed, address, "replies are taken again");
        }
    }

    fn count(&self, leaving: &Leaving, fate: &ReplyFate) {
        let (feed, message_id) = (self.feed.name(), leaving.due.message_id);
        let code = &*leaving.answer.code;
        match fate {
            ReplyFate::Delivered => {
                self.metrics.reply(code);
                tracing::debug!(feed, message_id, code, "reply delivered");
            }
            ReplyFate::Refused => {
                self.metrics.replies_given_up("refused", 1);
                tracing::warn!(feed, message_id, code, "reply refused by its receiver");
            }
            ReplyFate::Later(_) => {
                tracing::debug!(feed, message_id, code, "reply not delivered yet");
            }
            ReplyFate::Written(_) | ReplyFate::NotWanted => {}
        }
    }
}

/// One after the other, each when the one before it is acknowledged.
async fn bring(
    courier: &mut Courier,
    leaving: &[Leaving],
    claimed: Instant,
    shutdown: &Shutdown,
) -> (Vec<ReplyFate>, Step) {
    let (mut fates, mut step) = (Vec::with_capacity(leaving.len()), Step::Moved);
    for Leaving { answer, .. } in leaving {
        let is_over = claimed.elapsed() >= BATCH_TIME || shutdown.is_cancelled();
        fates.push(if is_over || step == Step::Unreachable {
            ReplyFate::Later(now_millis())
        } else {
            let brought = timeout_at(claimed + LAST_TIME, courier.bring(&answer.bytes));
            match brought.await.unwrap_or(Brought::Unanswered) {
                Brought::Taken => ReplyFate::Delivered,
                Brought::Refused => ReplyFate::Refused,
                Brought::Unanswered => ReplyFate::Later(now_millis() + UNANSWERED_REST_MS),
                Brought::Unreachable => {
                    step = Step::Unreachable;
                    ReplyFate::Later(now_millis())
                }
            }
        });
    }
    (fates, step)
}
