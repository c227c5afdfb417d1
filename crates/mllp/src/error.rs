//! Why a stream of frames, or a wait for an answer, came to its end.

use std::io;
use std::time::Duration;

use thiserror::Error;

use crate::FaultKind;

/// Why no more frames come out of a stream, or content cannot go into a frame.
///
/// What was received of a cut-off frame is in [`MllpCodec::take_faults`](crate::MllpCodec::take_faults).
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FrameError {
    /// A frame passed the limit before its end block came.
    #[error("frame is longer than the limit of {limit} bytes")]
    TooLong {
        /// The limit, in bytes of content.
        limit: usize,
    },
    /// More bytes than a slip explains came without a start block.
    #[error("more than {limit} bytes outside of a frame: {kind}")]
    TooMuchJunk {
        /// The limit, in bytes.
        limit: usize,
        /// What the bytes look like.
        kind: FaultKind,
    },
    /// The peer closed the connection inside a frame.
    #[error("connection closed {bytes} bytes into a frame")]
    UnfinishedAtEof {
        /// Bytes of content received.
        bytes: usize,
    },
    /// The content to encode holds a byte sequence that would begin or end a frame.
    #[error("content holds a frame mark at byte {offset}: MLLP cannot carry it")]
    Unframeable {
        /// Place in the content, in bytes.
        offset: usize,
    },
    /// The message to send is empty: receivers pass over a frame without content.
    #[error("message is empty: no receiver answers it")]
    Empty,
    /// Reading or writing failed.
    #[error("connection failed")]
    Io(#[from] io::Error),
}

/// Why a [`Client`](crate::Client) has no answer.
///
/// `unanswered` counts the messages sent that wait for an answer; `strangers` the frames since
/// the connection opened which answered none of them.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ClientError {
    /// No connection.
    #[error("cannot connect")]
    Connect(#[source] io::Error),
    /// The message cannot be framed; nothing of it was sent.
    #[error("cannot frame the message")]
    Encode(#[source] FrameError),
    /// A message of a [`Pipeline`](crate::Pipeline) cannot be framed; nothing of it was sent.
    #[error("cannot frame message {position} of the pipeline")]
    EncodeInPipeline {
        /// Its place among the messages, from 0.
        position: usize,
        /// What cannot be framed.
        source: FrameError,
    },
    /// An earlier call said `Closed` or `Lost`; since then nothing was sent.
    #[error("connection ended before")]
    Ended,
    /// The time for an answer is over. The connection stays usable: a late answer is a stranger.
    #[error("no answer within {after:?} ({unanswered} unanswered, {strangers} strangers)")]
    Timeout {
        /// The time waited.
        after: Duration,
        /// Messages without an answer.
        unanswered: usize,
        /// Frames that answered nothing.
        strangers: u64,
    },
    /// The peer closed the connection between two frames.
    #[error("closed before an answer ({unanswered} unanswered, {strangers} strangers)")]
    Closed {
        /// Messages without an answer.
        unanswered: usize,
        /// Frames that answered nothing.
        strangers: u64,
    },
    /// The connection failed, or the peer sent what is no frame.
    #[error("lost before an answer ({unanswered} unanswered, {strangers} strangers)")]
    Lost {
        /// What went wrong.
        source: FrameError,
        /// Messages without an answer.
        unanswered: usize,
        /// Frames that answered nothing.
        strangers: u64,
    },
}
