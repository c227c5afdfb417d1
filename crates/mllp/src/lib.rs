//! MLLP, the framing under HL7 v2: bytes to frames and back, and a client that waits for answers.
//!
#![doc = include_str!("../README.md")]
//!
//! # Where to look
//!
//! | for | see |
//! |---|---|
//! | frames | [`MllpCodec`], [`Fault`], [`FaultKind`], [`FrameError`], [`MAX_JUNK_BYTES`], [`masked`] |
//! | answers | [`Client`], [`ClientOptions`], [`Pipeline`], [`ClientError`] |
//! | MLLP release 2 | [`Commit`] |

mod codec;
mod junk;

mod encode;

mod commit;

mod error;
mod fault;
mod masked;

mod client;
mod pipeline;

pub use codec::{CARRIAGE_RETURN, END_BLOCK, MllpCodec, START_BLOCK};
pub use junk::MAX_JUNK_BYTES;

pub use commit::Commit;

pub use error::{ClientError, FrameError};
pub use fault::{Fault, FaultKind};
pub use masked::masked;

pub use client::{Client, ClientOptions};
pub use pipeline::Pipeline;
