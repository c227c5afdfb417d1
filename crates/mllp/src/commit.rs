//! The commit answer of MLLP release 2: one byte that says whether the content is stored.

use bytes::BytesMut;
use tokio_util::codec::Encoder;

use crate::{FrameError, MllpCodec};

/// What a release 2 receiver tells the sender before any answer at the level of HL7.
///
/// [`MllpCodec`] encodes it as a frame of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "MLLP release 2 knows these two")]
pub enum Commit {
    /// The content is in safe storage: the sender may forget it.
    Stored,
    /// The content is not stored: the sender sends it again.
    NotStored,
}

impl Commit {
    /// Reads the content of a frame, if it is a commit answer.
    pub fn from_content(content: &[u8]) -> Option<Self> {
        match content {
            [0x06] => Some(Self::Stored),
            [0x15] => Some(Self::NotStored),
            _ => None,
        }
    }

    /// The byte on the wire: ASCII ACK or NAK.
    pub fn as_byte(self) -> u8 {
        match self {
            Self::Stored => 0x06,
            Self::NotStored => 0x15,
        }
    }
}

impl Encoder<Commit> for MllpCodec {
    type Error = FrameError;

    /// Appends one frame.
    fn encode(&mut self, commit: Commit, buffer: &mut BytesMut) -> Result<(), FrameError> {
        self.encode(&[commit.as_byte()][..], buffer)
    }
}
