//! A tank that keeps nothing: it refuses, panics, or waits at a gate, as a test wishes.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use async_trait::async_trait;
use care::CodeDecision;
use tank::{
    Arrival, Batch, Count, Database, Decision, Filter, Followed, Given, HoldingTank, MessageView,
    Outcome, Prepared, Receipt, Released, Replies, ReplyClaim, ReplyOutcome, Retention, Settled,
    Settlement, Setup, Stored, TankError, WorkItem,
};
use tokio::sync::Semaphore;

#[derive(Debug)]
pub(crate) struct Stub {
    way: Way,
    gate: Semaphore,
    held: Mutex<Vec<Vec<String>>>,
    fails_at_replies: AtomicBool,
}

/// What becomes of the arrivals of a `hold`.
#[derive(Debug)]
pub(crate) enum Way {
    Refuse,
    /// Says that it cannot be reached.
    Away,
    /// Both in turn.
    RefuseOrAway,
    Panic,
    Wait,
    /// No number is the expected one, which is 1.
    Expect1,
}

impl Stub {
    /// A tank whose gate is shut.
    pub(crate) fn new(way: Way) -> Stub {
        Stub {
            way,
            gate: Semaphore::new(0),
            held: Mutex::default(),
            fails_at_replies: AtomicBool::new(false),
        }
    }

    /// Lets this and all later calls of `hold` pass the gate.
    pub(crate) fn open(&self) {
        self.gate.add_permits(1_000);
    }

    /// Panics at the next claim of replies.
    pub(crate) fn fail_at_replies(&self) {
        self.fails_at_replies.store(true, Relaxed);
    }

    /// The control ids of each call of `hold` so far.
    pub(crate) fn held(&self) -> Vec<Vec<String>> {
        self.held.lock().unwrap().clone()
    }
}

async fn refused() -> TankError {
    Database::open("nowhere:").await.unwrap_err()
}

async fn away() -> TankError {
    let nowhere = "postgres://nobody@localhost/none?host=/nowhere";
    Database::open(nowhere).await.unwrap_err()
}

#[async_trait]
impl HoldingTank for Stub {
    async fn hold(&self, arrivals: &[Arrival]) -> Result<Vec<Receipt>, TankError> {
        let ids = arrivals.iter().map(|each| each.keys.control_id.clone());
        let times = {
            let mut held = self.held.lock().unwrap();
            held.push(ids.collect());
            held.len()
        };
        let new = |_: &Arrival| Receipt::New { id: 1 };
        match self.way {
            Way::Refuse => Err(refused().await),
            Way::RefuseOrAway if times % 2 == 0 => Err(refused().await),
            Way::Away | Way::RefuseOrAway => Err(away().await),
            Way::Panic => panic!("a mistake in the tank"),
            Way::Wait => {
                self.gate.acquire().await.unwrap().forget();
                Ok(arrivals.iter().map(new).collect())
            }
            Way::Expect1 => {
                let receipt = |arrival: &Arrival| match arrival.sequence {
                    Some(_) => Receipt::OutOfSequence { expected: Some(1) },
                    None => new(arrival),
                };
                Ok(arrivals.iter().map(receipt).collect())
            }
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
        assert!(
            !self.fails_at_replies.load(Relaxed),
            "a mistake in the replies"
        );
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
        Err(refused().await)
    }

    async fn answer(&self, _: &[Given]) -> Result<Vec<Given>, TankError> {
        unreachable!("no answer waits for the import")
    }

    async fn release(&self, _: &Decision, _: &str, _: i64) -> Result<Released, TankError> {
        unreachable!("the listener only holds")
    }

    async fn get(&self, _: i64) -> Result<Option<Stored>, TankError> {
        Ok(None)
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
