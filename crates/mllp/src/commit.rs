//! The commit answer of MLLP release 2: one byte that says whether the content is stored.

use bytes::{BufMut, BytesMut};

use crate::{CARRIAGE_RETURN, END_BLOCK, START_BLOCK};

/// What a release 2 receiver tells the sender before any answer at the level of HL7.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// Appends the frame of a commit answer to what is to be written.
pub fn encode_commit(commit: Commit, buffer: &mut BytesMut) {
    buffer.put_slice(&[START_BLOCK, commit.as_byte(), END_BLOCK, CARRIAGE_RETURN]);
}
