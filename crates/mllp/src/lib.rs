//! MLLP, the framing under HL7 v2: bytes to frames and back, and a client that waits for answers.
//!
//! One frame is `0x0B`, the content, `0x1C 0x0D`. [`MllpCodec`] cuts frames out of a byte stream
//! without copying, however the stream is split into reads, and is lenient where real senders are
//! sloppy: what it forgives it reports as a [`Fault`], with a sentence for the sender. [`Client`]
//! sends content and waits for its answer. This crate does not look inside a frame.
//!
//! ```
//! use bytes::BytesMut;
//! use cistern_mllp::MllpCodec;
//! use tokio_util::codec::Decoder;
//!
//! let mut codec = MllpCodec::new(16 * 1024 * 1024);
//! let mut buffer = BytesMut::from(&b"\x0Bfirst\x1C\r\x0Bsecond\x1C\r\x0Bthi"[..]);
//!
//! assert_eq!(codec.decode(&mut buffer)?.as_deref(), Some(&b"first"[..]));
//! assert_eq!(codec.decode(&mut buffer)?.as_deref(), Some(&b"second"[..]));
//! assert_eq!(codec.decode(&mut buffer)?, None);
//! assert!(codec.in_frame());
//! # Ok::<(), cistern_mllp::FrameError>(())
//! ```
//!
//! Two traps. A frame is a view of the read buffer that it was cut from, and keeps the whole of
//! that buffer alive: copy a small frame which is to live long. And `Debug` of tokio-util's
//! `FramedRead` prints its buffer, messages and all; that of every type here leaves content out.

mod codec;
mod junk;

mod encode;

mod commit;

mod error;
mod fault;

mod client;
mod pipeline;

pub use codec::{CARRIAGE_RETURN, END_BLOCK, MllpCodec, START_BLOCK};
pub use junk::MAX_JUNK_BYTES;

pub use commit::{Commit, encode_commit};

pub use error::{ClientError, FrameError};
pub use fault::{Fault, FaultKind};

pub use client::{Client, ClientOptions};
pub use pipeline::Pipeline;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
