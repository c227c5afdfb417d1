//! Why messages are not kept.

use std::fmt::{self, Display};

use tank::{FailureClass, TankError};

/// The message is not kept, as far as we know: the sender should send it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotKept;

/// A flush to disk failed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FlushFailed;

/// Why a commit failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    reason: String,
    /// Whether the tank refuses what was to be kept, now and later.
    pub(crate) is_for_good: bool,
}

impl Failure {
    /// No commit in time.
    pub(super) fn late() -> Failure {
        Failure {
            reason: "no commit in time".to_owned(),
            is_for_good: false,
        }
    }
}

impl From<&TankError> for Failure {
    fn from(error: &TankError) -> Failure {
        Failure {
            reason: error.to_string(),
            is_for_good: error.class() == FailureClass::Permanent,
        }
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}
