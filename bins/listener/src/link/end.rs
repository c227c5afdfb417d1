//! Why a link ended.

use serde::{Deserialize, Serialize};

/// Why a link ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum End {
    /// The sender closed it.
    #[error("the sender closed the link")]
    Closed,
    /// The connection broke.
    #[error("the connection broke")]
    Lost,
    /// A frame stalled, passed the limit, or never was one.
    #[error("the framing could not be followed any more")]
    Broken,
    /// The listener stops.
    #[error("the listener stopped")]
    Shutdown,
    /// The sender did not take its answers.
    #[error("the sender did not take its answers")]
    AnswerRefused,
    /// TLS did not begin.
    #[error("TLS did not begin")]
    NoTls,
    /// A setting keeps the sender out.
    #[error("the link was not let in")]
    TurnedAway,
}
