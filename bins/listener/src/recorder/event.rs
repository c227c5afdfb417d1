//! What may happen on a link.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// Something that happened on a link, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LinkEvent {
    /// The time since the link was opened, in microseconds.
    pub at_micros: u64,
    /// What it was.
    #[serde(flatten)]
    pub what: LinkEventKind,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[non_exhaustive]
pub enum LinkEventKind {
    /// TLS began.
    Tls,
    /// A frame was complete.
    Frame {
        /// Where its content begins, in bytes since the link was opened.
        offset: u64,
        /// The bytes of its content.
        bytes: u64,
        /// The first of them, masked; only of the last frames.
        masked: Option<Box<str>>,
    },
    /// An answer was ready for a message.
    Answer {
        /// A code of table 0008, or `none`, `repeated` or `batch`.
        code: Cow<'static, str>,
        /// The time since the frame was complete, in microseconds.
        took_micros: u64,
    },
    /// A message was not simply accepted.
    Refused(Box<LinkRefusal>),
    /// The sender did something wrong with the link itself.
    Fault(Box<LinkFault>),
}

/// Why a message was not simply accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LinkRefusal {
    /// The name of the reason, as in `codes` of a feed and in the metrics.
    pub reason: Cow<'static, str>,
    /// What is wrong, in one sentence.
    pub advice: Cow<'static, str>,
}

/// What is wrong with a link, and what its sender should change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LinkFault {
    /// The kind, as in the metrics and the log; for a link that was not let in, the setting.
    pub fault: Cow<'static, str>,
    /// Where it begins, in bytes since the link was opened; nothing where it is not about bytes.
    pub offset: Option<u64>,
    /// How many bytes it concerns.
    pub bytes: u64,
    /// Up to 64 bytes of that place, masked.
    pub masked: String,
    /// What the sender should change, in one sentence.
    pub advice: Cow<'static, str>,
}

impl LinkEvent {
    /// Whether it is a fault.
    pub(super) fn is_fault(&self) -> bool {
        matches!(self.what, LinkEventKind::Fault(_))
    }
}
