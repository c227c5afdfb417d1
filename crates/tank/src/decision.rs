//! A person's decision, and what it frees.

use care::{Account, CodeDecision};

use crate::read_as::ReadAs;

/// What a person decided. It takes effect by itself: what waited for it goes back to the importer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Decision {
    /// What a code means, or that it is not wanted.
    Code(CodeDecision),
    /// To which provider an account belongs, whatever it was before.
    Account {
        /// The pair of sender and receiver.
        account: Account,
        /// The name of the provider.
        provider: String,
    },
    /// These messages are to be tried again.
    Retry(Vec<i64>),
    /// These messages are to be tried again, read in another character set than before.
    Reread {
        /// The messages.
        messages: Vec<i64>,
        /// The set.
        read_as: ReadAs,
    },
}

/// What a decision set free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a number and a count")]
pub struct Released {
    /// The number of the decision.
    pub decision: i64,
    /// How many messages go back to the importer.
    pub messages: u64,
}
