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
    /// Whether the same fails again.
    pub(super) is_for_good: bool,
    /// Whether the tank refuses what was to be kept, for a value or its size.
    pub(crate) is_of_content: bool,
}

impl Failure {
    /// No commit in time.
    pub(super) fn late() -> Failure {
        Failure {
            reason: "no commit in time".to_owned(),
            is_for_good: false,
            is_of_content: false,
        }
    }
}

impl From<&TankError> for Failure {
    fn from(error: &TankError) -> Failure {
        Failure {
            reason: error.to_string(),
            is_for_good: error.class() == FailureClass::Permanent,
            is_of_content: error.is_of_content(),
        }
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}
