//! What a sender did wrong and was forgiven: kind, place, and a sentence for the sender.

use std::fmt;

use bytes::Bytes;
use thiserror::Error;

use crate::masked;

/// Faults kept until somebody takes them.
const MAX_FAULTS: usize = 16;
/// What is shown of the stream with a fault, in bytes.
pub(crate) const SHOWN_BYTES: usize = 64;

/// One departure from the framing, at `offset..offset + bytes` of the stream.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fault {
    /// What is wrong.
    pub kind: FaultKind,
    /// Where it begins, in bytes since the connection opened.
    pub offset: u64,
    /// How many bytes of the stream it concerns.
    pub bytes: usize,
    /// The content received of a frame that was cut off, for the kinds `EarlyStart`,
    /// `UnfinishedAtEof` and `TooLong`; else empty.
    pub fragment: Bytes,
    /// How many bytes of such a frame are not in `fragment`, because fragments that nobody had
    /// taken filled the room for them; all of it or none.
    pub bytes_not_kept: usize,
    /// At most 64 bytes of the stream, [`masked`]: the first that came between frames, the last of
    /// a frame that was cut off, or those up to an end block and the byte after it.
    pub masked: String,
}

impl Fault {
    /// A fault of which nothing is shown.
    pub(crate) fn new(kind: FaultKind, offset: u64, bytes: usize) -> Self {
        Self {
            kind,
            offset,
            bytes,
            fragment: Bytes::new(),
            bytes_not_kept: 0,
            masked: String::new(),
        }
    }
}

impl fmt::Debug for Fault {
    /// Leaves out the fragment: it may be part of a message.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fault")
            .field("kind", &self.kind)
            .field("offset", &self.offset)
            .field("bytes", &self.bytes)
            .field("bytes_not_kept", &self.bytes_not_kept)
            .field("masked", &self.masked)
            .finish_non_exhaustive()
    }
}

/// The kinds of [`Fault`]. `Display` says what the sender should change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum FaultKind {
    /// Bytes between frames which are neither blank nor recognised.
    #[error("send nothing between frames: each message goes between 0x0B and 0x1C 0x0D")]
    Junk,
    /// Bytes that begin like a TLS handshake.
    #[error("this port is not TLS: turn TLS off at the sender or on at this port")]
    Tls,
    /// Bytes that begin like an HTTP request or response.
    #[error("this port speaks MLLP, not HTTP: point the HTTP client elsewhere")]
    Http,
    /// Bytes that begin like a message, outside of a frame.
    #[error("turn MLLP framing on at the sender: HL7 arrived without the 0x0B before it")]
    UnframedHl7,
    /// A start block inside a frame; the part before it was cut off.
    #[error("end each frame with 0x1C 0x0D before starting the next, and send no 0x0B inside one")]
    EarlyStart,
    /// An end block with no carriage return after it, taken for the end of the frame.
    #[error("send 0x0D after the 0x1C that ends each frame")]
    NoCarriageReturn,
    /// An end block followed by an ordinary byte, taken for content; reported once per frame.
    #[error("escape or remove 0x1C inside messages: it is the end mark of a frame")]
    EndBlockInContent,
    /// The stream ended inside a frame; ends the stream.
    #[error("keep the connection open until the 0x1C 0x0D of the last frame is sent")]
    UnfinishedAtEof,
    /// A frame passed the limit and was cut off there; ends the stream.
    #[error("send smaller messages, or have the frame limit of this port raised")]
    TooLong,
}

impl FaultKind {
    fn ends_stream(self) -> bool {
        matches!(self, Self::UnfinishedAtEof | Self::TooLong)
    }
}

/// The faults nobody has taken yet; bounded, but with room kept for the one that ends the stream.
#[derive(Debug)]
pub(crate) struct Faults {
    kept: Vec<Fault>,
    fragment_bytes: usize,
    max_fragment_bytes: usize,
    dropped: u64,
}

impl Faults {
    pub(crate) fn new(max_fragment_bytes: usize) -> Self {
        Self {
            kept: Vec::new(),
            fragment_bytes: 0,
            max_fragment_bytes,
            dropped: 0,
        }
    }

    /// Keeps a fault and shows these bytes with it, or counts it where it is one too many.
    pub(crate) fn push(&mut self, fault: Fault, shown: &[u8]) {
        let last = fault.kind.ends_stream();
        if self.kept.len() >= MAX_FAULTS + usize::from(last) {
            self.dropped += 1;
            return;
        }
        let fitting = if last { fault } else { self.fit(fault) };
        self.kept.push(Fault {
            masked: masked(shown),
            ..fitting
        });
    }

    fn fit(&mut self, fault: Fault) -> Fault {
        let fragment_bytes = self.fragment_bytes + fault.fragment.len();
        if fragment_bytes > self.max_fragment_bytes {
            return Fault {
                bytes_not_kept: fault.fragment.len(),
                fragment: Bytes::new(),
                ..fault
            };
        }
        self.fragment_bytes = fragment_bytes;
        fault
    }

    pub(crate) fn take(&mut self) -> Vec<Fault> {
        self.fragment_bytes = 0;
        std::mem::take(&mut self.kept)
    }

    pub(crate) fn dropped(&self) -> u64 {
        self.dropped
    }
}
