//! A batch of claimed messages, and what became of each.

use bytes::Bytes;
use care::{Finding, Import};

use crate::read_as::ReadAs;
use crate::setup::Prepared;

/// Messages that one worker has claimed, oldest first. They are free again when the claim runs out.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "handed from claim to settle")]
pub struct Batch {
    /// Who claimed it.
    pub worker: String,
    /// The newest decision at the time; a mapping must know all decisions up to it.
    pub decisions: i64,
    /// The messages.
    pub messages: Vec<Claimed>,
}

/// One claimed message.
#[derive(Clone)]
#[expect(
    clippy::exhaustive_structs,
    reason = "handed from claim to the importer"
)]
pub struct Claimed {
    /// The message.
    pub id: i64,
    /// The feed it came by.
    pub feed: String,
    /// When it arrived, in milliseconds since 1970.
    pub received_at: i64,
    /// The bytes.
    pub body: Bytes,
    /// How often it failed before.
    pub attempts: i64,
    /// In which character set it is read.
    pub read_as: ReadAs,
}

/// What a mapping made of one message.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "built by every importer")]
pub struct Outcome {
    /// The message.
    pub message_id: i64,
    /// What is to be done.
    pub disposition: Disposition,
}

/// What is to be done with a message.
#[derive(Clone)]
#[expect(clippy::exhaustive_enums, reason = "every tank must treat each")]
pub enum Disposition {
    /// Write these records; hold the message if a finding says so.
    Import(Import),
    /// No mapping wants it, for this reason.
    Ignore(String),
    /// It waits for a person.
    Hold(Vec<Finding>),
}

/// What `settle` needs to know beside the outcomes.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "built by every importer")]
pub struct Settlement {
    /// What `prepare` gave.
    pub prepared: Prepared,
    /// Now, in milliseconds since 1970.
    pub now: i64,
}

/// What `settle` did, in numbers of messages and records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "counters")]
pub struct Settled {
    /// Messages imported.
    pub imported: u64,
    /// Messages that wait for a decision.
    pub held: u64,
    /// Messages that no mapping wants.
    pub ignored: u64,
    /// Messages that failed and will be tried again.
    pub failed: u64,
    /// Messages put back, because a decision was recorded while they were being mapped.
    pub put_back: u64,
    /// Held messages that go on, because what they waited for is there now.
    pub released: u64,
    /// Records added.
    pub records_added: u64,
    /// Records changed.
    pub records_changed: u64,
}

impl std::ops::AddAssign for Settled {
    fn add_assign(&mut self, other: Settled) {
        self.imported += other.imported;
        self.held += other.held;
        self.ignored += other.ignored;
        self.failed += other.failed;
        self.put_back += other.put_back;
        self.released += other.released;
        self.records_added += other.records_added;
        self.records_changed += other.records_changed;
    }
}
