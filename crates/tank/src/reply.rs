//! Replies: what senders in enhanced mode are told once their messages have been imported.

mod claim;
mod settle;

pub(crate) use claim::findings_of;
pub(crate) use settle::fall_due;

use bytes::Bytes;

use crate::arrival::Answer;
use crate::read_as::ReadAs;
use crate::state::State;
use crate::view::FindingView;

/// Which replies a listener could deliver now.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "built by every listener")]
pub struct ReplyClaim {
    /// Who claims them; no other listener has the name.
    pub worker: String,
    /// The feed by which the messages came.
    pub feed: String,
    /// The way by which they may leave.
    pub way: ReplyWay,
    /// How many at most.
    pub limit: usize,
    /// What fell due before this moment is given up, in milliseconds since 1970.
    pub due_since: i64,
    /// Now, in milliseconds since 1970.
    pub now: i64,
    /// Whether those that are outstanding are counted, which takes longer the more there are.
    pub counts: bool,
}

/// The way by which the replies of a feed may leave.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_enums, reason = "every tank must treat each")]
pub enum ReplyWay {
    /// To one address, all of them.
    Address,
    /// Over links of their senders.
    Links(Vec<OpenLink>),
    /// None. All that are outstanding are given up, due or not.
    Nowhere,
}

/// A sender that is heard on a link, which can take its replies.
#[derive(Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "built by every listener")]
pub struct OpenLink {
    /// The address of the other end.
    pub peer: String,
    /// MSH-3 of what was heard.
    pub sending_application: String,
    /// MSH-4.
    pub sending_facility: String,
    /// When it was last heard there, in milliseconds since 1970.
    pub heard_at: i64,
}

/// What a claim of replies came to.
#[derive(Clone, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "handed from claim to a listener")]
pub struct Replies {
    /// The replies, in the order in which they fell due.
    pub due: Vec<DueReply>,
    /// Whether any of the feed was outstanding before, due or not.
    pub is_any_outstanding: bool,
    /// How many were, where that was asked or some were given up.
    pub outstanding: Option<i64>,
    /// How many were given up.
    pub given_up: u64,
}

/// A claimed reply, and what is known of its message. The claim lasts 30 seconds.
#[derive(Clone)]
#[expect(clippy::exhaustive_structs, reason = "handed from claim to a listener")]
pub struct DueReply {
    /// The message.
    pub message_id: i64,
    /// When the reply fell due, in milliseconds since 1970.
    pub due_at: i64,
    /// When the message arrived, in milliseconds since 1970.
    pub received_at: i64,
    /// The address it came from.
    pub peer: String,
    /// MSH-3.
    pub sending_application: String,
    /// MSH-4.
    pub sending_facility: String,
    /// [`Arrival::reply`](crate::Arrival::reply).
    pub wanted: String,
    /// What has become of the message.
    pub state: State,
    /// The first 64 KiB of its bytes: the header at least.
    pub head: Bytes,
    /// In which character set it is read.
    pub read_as: ReadAs,
    /// What its import found.
    pub findings: Vec<FindingView>,
    /// The reply, where it was written before.
    pub written: Option<Answer>,
}

/// What became of a claimed reply.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "built by every listener")]
pub struct ReplyOutcome {
    /// The message.
    pub message_id: i64,
    /// [`DueReply::due_at`]. A sender that has asked again since then is told again.
    pub due_at: i64,
    /// What became of it.
    pub fate: ReplyFate,
}

/// What became of a reply.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_enums, reason = "every tank must treat each")]
pub enum ReplyFate {
    /// It is written and will be sent: whoever claims it again sends the very same.
    Written(Answer),
    /// It is delivered.
    Delivered,
    /// The sender does not want to hear of this outcome.
    NotWanted,
    /// Its receiver does not take it.
    Refused,
    /// It is free again from this moment on, in milliseconds since 1970.
    Later(i64),
}
