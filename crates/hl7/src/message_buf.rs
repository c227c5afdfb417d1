//! A message that owns its bytes, so that it can wait, travel and be shared.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

use crate::delimiters::Delimiters;
use crate::error::ParseError;
use crate::message::{Message, index};

/// A parsed message over shared bytes. Clones share both the bytes and the index.
///
/// ```
/// use bytes::Bytes;
/// use cistern_hl7::MessageBuf;
///
/// let kept = MessageBuf::parse(Bytes::from_static(b"MSH|^~\\&|LAB\rPID|1\r"))?;
/// let shared = kept.clone();
/// let reader = std::thread::spawn(move || shared.message().segments().len());
/// assert_eq!(reader.join().unwrap(), 2);
/// # Ok::<(), cistern_hl7::ParseError>(())
/// ```
#[derive(Clone)]
pub struct MessageBuf {
    bytes: Bytes,
    delimiters: Delimiters,
    bounds: Arc<[[u32; 2]]>,
}

impl MessageBuf {
    /// Reads a message, as [`Message::parse`] does, and keeps the bytes without copying them.
    pub fn parse(bytes: Bytes) -> Result<MessageBuf, ParseError> {
        let (delimiters, bounds) = index(&bytes)?;
        Ok(MessageBuf {
            bytes,
            delimiters,
            bounds: bounds.into(),
        })
    }

    pub(crate) fn indexed(bytes: Bytes, delimiters: Delimiters, bounds: &[[u32; 2]]) -> MessageBuf {
        MessageBuf {
            bytes,
            delimiters,
            bounds: bounds.into(),
        }
    }

    /// The message. Neither parses nor allocates.
    pub fn message(&self) -> Message<'_> {
        Message::indexed(&self.bytes, self.delimiters, &self.bounds)
    }

    /// The input, byte for byte.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }
}

/// Two messages are equal where their bytes are.
impl PartialEq for MessageBuf {
    fn eq(&self, other: &MessageBuf) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for MessageBuf {}

impl fmt::Debug for MessageBuf {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "MessageBuf({} bytes, {} segments)",
            self.bytes.len(),
            self.bounds.len()
        )
    }
}
