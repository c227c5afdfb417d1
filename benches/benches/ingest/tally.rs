//! A tank that counts its commits, and may keep nothing.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use async_trait::async_trait;
use care::CodeDecision;
use tank::{
    Arrival, Batch, Count, Database, Decision, Filter, Followed, Given, HoldingTank, MessageView,
    Outcome, Prepared, Receipt, Released, Replies, ReplyClaim, ReplyOutcome, Retention, Settled,
    Settlement, Setup, Stored, TankError, WorkItem,
};

/// Loads so far: each invents messages of its own.
static LOADS: AtomicU64 = AtomicU64::new(1);

pub(crate) fn seed() -> u64 {
    LOADS.fetch_add(1, Ordering::Relaxed)
}

#[derive(Debug)]
pub(crate) struct Tally {
    database: Option<Database>,
    commits: AtomicU64,
    messages: AtomicI64,
}

impl Tally {
    pub(crate) fn without_store() -> Tally {
        Tally {
            database: None,
            commits: AtomicU64::new(0),
            messages: AtomicI64::new(0),
        }
    }

    pub(crate) fn of(database: &Database) -> Tally {
        Tally {
            database: Some(database.clone()),
            ..Tally::without_store()
        }
    }

    pub(crate) fn messages_a_commit(&self) -> f64 {
        let messages = self.messages.load(Ordering::Relaxed);
        messages as f64 / self.commits.load(Ordering::Relaxed) as f64
    }
}

#[async_trait]
impl HoldingTank for Tally {
    async fn hold(&self, arrivals: &[Arrival]) -> Result<Vec<Receipt>, TankError> {
        let count = i64::try_from(arrivals.len()).unwrap();
        let held = self.messages.fetch_add(count, Ordering::Relaxed);
        self.commits.fetch_add(1, Ordering::Relaxed);
        match &self.database {
            Some(database) => database.hold(arrivals).await,
            None => Ok((held + 1..=held + count)
                .map(|id| Receipt::New { id })
                .collect()),
        }
    }

    async fn prepare(&self, _: &Setup) -> Result<Prepared, TankError> {
        unreachable!("the listener only holds")
    }

    async fn decisions(&self) -> Result<Vec<CodeDecision>, TankError> {
        unreachable!("the listener only holds")
    }

    async fn claim(&self, _: &str, _: usize, _: i64) -> Result<Batch, TankError> {
        unreachable!("the listener only holds")
    }

    async fn settle(&self, _: &Batch, _: &[Outcome], _: Settlement) -> Result<Settled, TankError> {
        unreachable!("the listener only holds")
    }

    async fn claim_replies(&self, _: &ReplyClaim) -> Result<Replies, TankError> {
        Ok(Replies::default())
    }

    async fn settle_replies(
        &self,
        _: &str,
        _: &[ReplyOutcome],
        _: i64,
    ) -> Result<Vec<i64>, TankError> {
        unreachable!("the listener only holds")
    }

    async fn follow(&self, _: &[i64]) -> Result<Vec<Followed>, TankError> {
        unreachable!("no answer waits for the import")
    }

    async fn answer(&self, _: &[Given]) -> Result<Vec<Given>, TankError> {
        unreachable!("no answer waits for the import")
    }

    async fn release(&self, _: &Decision, _: &str, _: i64) -> Result<Released, TankError> {
        unreachable!("the listener only holds")
    }

    async fn get(&self, _: i64) -> Result<Option<Stored>, TankError> {
        unreachable!("the listener only holds")
    }

    async fn list(&self, _: &Filter) -> Result<Vec<MessageView>, TankError> {
        unreachable!("the listener only holds")
    }

    async fn counts(&self) -> Result<Vec<Count>, TankError> {
        unreachable!("the listener only holds")
    }

    async fn findings(&self) -> Result<Vec<WorkItem>, TankError> {
        unreachable!("the listener only holds")
    }

    async fn purge(&self, _: &Retention) -> Result<u64, TankError> {
        unreachable!("the listener only holds")
    }
}
