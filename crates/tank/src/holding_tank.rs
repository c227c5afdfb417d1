//! The promise of a holding tank.

use async_trait::async_trait;
use care::CodeDecision;

use crate::arrival::{Arrival, Receipt};
use crate::batch::{Batch, Outcome, Settled, Settlement};
use crate::database::Database;
use crate::decision::{Decision, Released};
use crate::error::TankError;
use crate::follow::{Followed, Given};
use crate::purge::Retention;
use crate::reply::{Replies, ReplyClaim, ReplyOutcome};
use crate::setup::{Prepared, Setup};
use crate::view::{Count, Filter, MessageView, Stored};
use crate::work_list::WorkItem;

/// Where messages are kept until they are imported. Every verb takes the time as an argument.
#[async_trait]
pub trait HoldingTank: Send + Sync + std::fmt::Debug {
    /// Keeps arrivals in one durable commit and tells new from repeat and from altered. When it
    /// returns `Ok`, they outlive a crash and a power cut; on an error none of them is kept, and no
    /// sequence has moved. One receipt for each arrival, in their order.
    async fn hold(&self, arrivals: &[Arrival]) -> Result<Vec<Receipt>, TankError>;

    /// Records the rules and the reference data that an importer runs with.
    async fn prepare(&self, setup: &Setup) -> Result<Prepared, TankError>;

    /// The decisions on codes that are in force.
    async fn decisions(&self) -> Result<Vec<CodeDecision>, TankError>;

    /// Claims up to `limit` messages for a worker, oldest first and in order within a lane; fewer
    /// when they are large, so that their bodies stay within 64 MiB, but at least one. What a
    /// dead worker has claimed is free again within 30 seconds. `now` is in milliseconds since
    /// 1970.
    async fn claim(&self, worker: &str, limit: usize, now: i64) -> Result<Batch, TankError>;

    /// Writes records, history, findings and message states in one transaction; exactly once. A
    /// message that the database refuses is set aside as failed, and does not keep the others.
    async fn settle(
        &self,
        batch: &Batch,
        outcomes: &[Outcome],
        settlement: Settlement,
    ) -> Result<Settled, TankError>;

    /// Claims replies that are due: those to messages of a feed that have been settled, oldest
    /// first. What a dead listener has claimed is free again within 30 seconds.
    async fn claim_replies(&self, claim: &ReplyClaim) -> Result<Replies, TankError>;

    /// Records what became of claimed replies. Gives the messages of which nothing is recorded,
    /// because another has taken the reply over or it was given up. `now` is in milliseconds since
    /// 1970.
    async fn settle_replies(
        &self,
        worker: &str,
        outcomes: &[ReplyOutcome],
        now: i64,
    ) -> Result<Vec<i64>, TankError>;

    /// Those of these messages that are settled, or answered already: what senders hear that wait for
    /// the import. Such a message is held with an empty [`Answer`](crate::Answer).
    async fn follow(&self, message_ids: &[i64]) -> Result<Vec<Followed>, TankError>;

    /// Records, durably, what senders that wait for the import are told. Gives the answers that stand:
    /// the first to each message, which every exact repeat gets from then on. A message that is being
    /// settled at this moment is left out.
    async fn answer(&self, answers: &[Given]) -> Result<Vec<Given>, TankError>;

    /// Records a person's decision; what it frees is claimed again, in order of arrival.
    async fn release(
        &self,
        decision: &Decision,
        decided_by: &str,
        now: i64,
    ) -> Result<Released, TankError>;

    /// One message with its bytes, its answer and its findings.
    async fn get(&self, message_id: i64) -> Result<Option<Stored>, TankError>;

    /// Messages, newest first unless the filter goes on from an older one.
    async fn list(&self, filter: &Filter) -> Result<Vec<MessageView>, TankError>;

    /// How many messages of each type are in each state.
    async fn counts(&self) -> Result<Vec<Count>, TankError>;

    /// The work list: what waits, one line for each decision that would free it.
    async fn findings(&self) -> Result<Vec<WorkItem>, TankError>;

    /// Lets go of the bytes of old messages that are done with, and says of how many.
    async fn purge(&self, retention: &Retention) -> Result<u64, TankError>;
}

#[async_trait]
impl HoldingTank for Database {
    async fn hold(&self, arrivals: &[Arrival]) -> Result<Vec<Receipt>, TankError> {
        self.hold_all(arrivals).await
    }

    async fn prepare(&self, setup: &Setup) -> Result<Prepared, TankError> {
        self.set_up(setup).await
    }

    async fn decisions(&self) -> Result<Vec<CodeDecision>, TankError> {
        self.code_decisions().await
    }

    async fn claim(&self, worker: &str, limit: usize, now: i64) -> Result<Batch, TankError> {
        self.claim_batch(worker, limit, now).await
    }

    async fn settle(
        &self,
        batch: &Batch,
        outcomes: &[Outcome],
        settlement: Settlement,
    ) -> Result<Settled, TankError> {
        self.settle_batch(batch, outcomes, settlement).await
    }

    async fn claim_replies(&self, claim: &ReplyClaim) -> Result<Replies, TankError> {
        self.claim_due(claim).await
    }

    async fn settle_replies(
        &self,
        worker: &str,
        outcomes: &[ReplyOutcome],
        now: i64,
    ) -> Result<Vec<i64>, TankError> {
        self.settle_due(worker, outcomes, now).await
    }

    async fn follow(&self, message_ids: &[i64]) -> Result<Vec<Followed>, TankError> {
        self.followed(message_ids).await
    }

    async fn answer(&self, answers: &[Given]) -> Result<Vec<Given>, TankError> {
        self.answered(answers).await
    }

    async fn release(
        &self,
        decision: &Decision,
        decided_by: &str,
        now: i64,
    ) -> Result<Released, TankError> {
        self.record_decision(decision, decided_by, now).await
    }

    async fn get(&self, message_id: i64) -> Result<Option<Stored>, TankError> {
        self.stored(message_id).await
    }

    async fn list(&self, filter: &Filter) -> Result<Vec<MessageView>, TankError> {
        self.listed(filter).await
    }

    async fn counts(&self) -> Result<Vec<Count>, TankError> {
        self.counted().await
    }

    async fn findings(&self) -> Result<Vec<WorkItem>, TankError> {
        self.work_list().await
    }

    async fn purge(&self, retention: &Retention) -> Result<u64, TankError> {
        self.let_go(retention).await
    }
}
