//! Encoding: puts content into a frame, unless a receiver would see other frames in it.

use bytes::{BufMut, Bytes, BytesMut};
use memchr::memchr2_iter;
use tokio_util::codec::Encoder;

use crate::codec::LINE_FEED;
use crate::{CARRIAGE_RETURN, END_BLOCK, FrameError, MllpCodec, START_BLOCK};

impl Encoder<&[u8]> for MllpCodec {
    type Error = FrameError;

    /// Appends one frame. Content which a receiver would cut in two is refused.
    ///
    /// The standard forbids each `0x1C` in content, and this codec only one before `0x0D`,
    /// `0x0A` or `0x0B`. In multi-byte character sets it may be part of a character, and
    /// a receiver that forgives, such as the decoder here, tells it from an end block by the byte
    /// after it. One at the very end passes too: the end block after it makes it content.
    ///
    /// Content of no bytes is framed, and receivers pass over such a frame in silence.
    fn encode(&mut self, content: &[u8], buffer: &mut BytesMut) -> Result<(), FrameError> {
        if let Some(offset) = find_unframeable(content) {
            return Err(FrameError::Unframeable { offset });
        }
        buffer.reserve(content.len() + 3);
        buffer.put_u8(START_BLOCK);
        buffer.put_slice(content);
        buffer.put_slice(&[END_BLOCK, CARRIAGE_RETURN]);
        Ok(())
    }
}

impl Encoder<Bytes> for MllpCodec {
    type Error = FrameError;

    fn encode(&mut self, content: Bytes, buffer: &mut BytesMut) -> Result<(), FrameError> {
        self.encode(&*content, buffer)
    }
}

/// The first byte of `content` at which a receiver would see a frame begin or end.
fn find_unframeable(content: &[u8]) -> Option<usize> {
    memchr2_iter(START_BLOCK, END_BLOCK, content).find(|&index| {
        let next = content.get(index + 1).copied();
        content.get(index) == Some(&START_BLOCK)
            || matches!(next, Some(CARRIAGE_RETURN | LINE_FEED))
    })
}
