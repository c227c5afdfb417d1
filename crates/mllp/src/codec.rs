//! Decoding: cuts frames out of a byte stream, searching each byte once.

use std::ops::ControlFlow;

use bytes::{Buf, Bytes, BytesMut};
use memchr::memchr2;
use tokio_util::codec::Decoder;

use crate::fault::{Faults, SHOWN_BYTES};
use crate::junk::Junk;
use crate::{Fault, FaultKind, FrameError};

/// The byte that opens a frame, `<SB>` in the standard: vertical tab.
pub const START_BLOCK: u8 = 0x0B;
/// The byte that closes the content of a frame, `<EB>` in the standard: file separator.
pub const END_BLOCK: u8 = 0x1C;
/// The byte that follows [`END_BLOCK`], `<CR>` in the standard.
pub const CARRIAGE_RETURN: u8 = 0x0D;

pub(crate) const LINE_FEED: u8 = 0x0A;
/// Content from which on a frame takes its memory along, in bytes.
const LONG_FRAME_BYTES: usize = 256 * 1024;
/// Memory for the reads after such a frame, in bytes: as much as `Framed` begins with.
const FRESH_BUFFER_BYTES: usize = 8 * 1024;

/// Decodes and encodes the frames of one connection.
///
/// The limit is checked while a frame is still coming in, so a peer cannot make the buffer grow
/// past it (by more than one read). Work is linear in the bytes received, however they arrive.
///
/// Lenient where that loses nothing: line ends, spaces and NULs between frames are skipped in
/// silence, empty frames are counted, and every other departure from the standard is a [`Fault`]
/// that [`take_faults`](Self::take_faults) hands out. Only a [`FrameError`] ends the stream.
///
/// A codec follows one stream from its first byte: give it a buffer that only ever grows at its
/// end. While [`in_frame`](Self::in_frame), the buffer holds what was received of the frame after
/// its start block.
#[derive(Debug)]
pub struct MllpCodec {
    max_frame_bytes: usize,
    phase: Phase,
    /// Bytes at the front of the buffer known to be content of the open frame.
    searched: usize,
    /// Offset in the stream of the buffer's first byte.
    origin: u64,
    frame_offset: u64,
    junk: Junk,
    end_block_noted: bool,
    faults: Faults,
    empty_frames: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Before a start block.
    Outside,
    /// After a start block.
    Content,
    /// `buffer[searched]` is an end block; the next byte decides what it means.
    EndBlock,
}

/// `Break` is what `decode` returns, `Continue` another turn of its loop.
type Step = ControlFlow<Option<Bytes>>;

impl MllpCodec {
    /// A codec for one connection whose frames hold at most `max_frame_bytes` of content.
    pub fn new(max_frame_bytes: usize) -> Self {
        Self {
            max_frame_bytes,
            phase: Phase::Outside,
            searched: 0,
            origin: 0,
            frame_offset: 0,
            junk: Junk::default(),
            end_block_noted: false,
            faults: Faults::new(max_frame_bytes.saturating_mul(2)),
            empty_frames: 0,
        }
    }

    /// Whether a frame has begun and not ended: the time to be impatient with a silent peer.
    pub fn in_frame(&self) -> bool {
        self.phase != Phase::Outside
    }

    /// Whether the last byte received is an end block whose carriage return is outstanding.
    ///
    /// A sender that leaves the carriage return out waits for its answer here. A receiver that
    /// has waited long enough gets the frame from [`decode_eof`](Decoder::decode_eof), and may
    /// go on decoding the stream afterwards.
    pub fn end_block_pending(&self) -> bool {
        self.phase == Phase::EndBlock
    }

    /// What the bytes received since the last frame look like, if they are no white space.
    ///
    /// The fault comes when they end; this tells at once that, say, a TLS client is waiting for
    /// a handshake which will never come.
    pub fn junk(&self) -> Option<FaultKind> {
        self.junk.kind()
    }

    /// Where the content of the last frame begins, in bytes since the connection opened: of the
    /// open one [`in_frame`](Self::in_frame), else of the one that came out last.
    pub fn frame_offset(&self) -> u64 {
        self.frame_offset
    }

    /// Hands out what was forgiven since the last call, and what ended the stream, in order.
    ///
    /// At most 16 faults are kept, and one more that ends the stream; see
    /// [`faults_dropped`](Self::faults_dropped). Their fragments together hold at most twice the
    /// frame limit, besides that of the one that ends the stream; what is beyond is counted in
    /// [`Fault::bytes_not_kept`]. Taken after each frame, fragments are all kept while a read is
    /// no longer than the limit.
    pub fn take_faults(&mut self) -> Vec<Fault> {
        self.faults.take()
    }

    /// Faults lost because nobody took the earlier ones, since the connection opened.
    pub fn faults_dropped(&self) -> u64 {
        self.faults.dropped()
    }

    /// Frames without content that were skipped, since the connection opened.
    pub fn empty_frames(&self) -> u64 {
        self.empty_frames
    }
}

impl Decoder for MllpCodec {
    type Item = Bytes;
    type Error = FrameError;

    fn decode(&mut self, buffer: &mut BytesMut) -> Result<Option<Bytes>, FrameError> {
        loop {
            let step = match self.phase {
                Phase::Outside => self.find_start(buffer)?,
                Phase::Content => self.search_content(buffer)?,
                Phase::EndBlock => self.weigh_end_block(buffer),
            };
            if let ControlFlow::Break(item) = step {
                return Ok(item);
            }
        }
    }

    fn decode_eof(&mut self, buffer: &mut BytesMut) -> Result<Option<Bytes>, FrameError> {
        if let Some(content) = self.decode(buffer)? {
            return Ok(Some(content));
        }
        match self.phase {
            Phase::Outside => {
                self.report_junk();
                Ok(None)
            }
            Phase::EndBlock => {
                self.note_end_block(buffer, FaultKind::NoCarriageReturn);
                Ok(self.finish(buffer, 1).break_value().flatten())
            }
            Phase::Content => {
                let bytes = self.searched;
                self.cut_fragment(buffer, FaultKind::UnfinishedAtEof);
                Err(FrameError::UnfinishedAtEof { bytes })
            }
        }
    }
}

impl MllpCodec {
    fn find_start(&mut self, buffer: &mut BytesMut) -> Result<Step, FrameError> {
        for (index, &byte) in buffer.iter().enumerate() {
            if byte == START_BLOCK {
                self.report_junk();
                self.consume(buffer, index + 1);
                self.open();
                return Ok(Step::Continue(()));
            }
            if self.junk.swallow(byte, self.origin + index as u64) {
                let error = self.junk.too_much();
                self.report_junk();
                self.consume(buffer, index + 1);
                return Err(error);
            }
        }
        self.consume(buffer, buffer.len());
        Ok(Step::Break(None))
    }

    fn search_content(&mut self, buffer: &mut BytesMut) -> Result<Step, FrameError> {
        let unsearched = buffer.get(self.searched..).unwrap_or_default();
        self.searched += find_block_byte(unsearched).unwrap_or(unsearched.len());
        if self.searched > self.max_frame_bytes {
            self.searched = self.max_frame_bytes;
            self.cut_fragment(buffer, FaultKind::TooLong);
            return Err(FrameError::TooLong {
                limit: self.max_frame_bytes,
            });
        }
        match buffer.get(self.searched) {
            None => return Ok(Step::Break(None)),
            Some(&END_BLOCK) => self.phase = Phase::EndBlock,
            Some(_) => {
                self.cut_fragment(buffer, FaultKind::EarlyStart);
                self.consume(buffer, 1);
                self.open();
            }
        }
        Ok(Step::Continue(()))
    }

    fn weigh_end_block(&mut self, buffer: &mut BytesMut) -> Step {
        match buffer.get(self.searched + 1) {
            None => Step::Break(None),
            Some(&CARRIAGE_RETURN) => self.finish(buffer, 2),
            Some(&LINE_FEED) => {
                self.note_end_block(buffer, FaultKind::NoCarriageReturn);
                self.finish(buffer, 2)
            }
            Some(&START_BLOCK) => {
                self.note_end_block(buffer, FaultKind::NoCarriageReturn);
                self.finish(buffer, 1)
            }
            Some(_) => {
                if !self.end_block_noted {
                    self.end_block_noted = true;
                    self.note_end_block(buffer, FaultKind::EndBlockInContent);
                }
                self.searched += 1;
                self.phase = Phase::Content;
                Step::Continue(())
            }
        }
    }

    fn open(&mut self) {
        self.phase = Phase::Content;
        self.frame_offset = self.origin;
        self.end_block_noted = false;
    }

    /// Closes the frame: its content is what was searched, followed by `trailer` bytes.
    fn finish(&mut self, buffer: &mut BytesMut, trailer: usize) -> Step {
        let content = self.split_searched(buffer);
        self.consume(buffer, trailer);
        if content.is_empty() {
            self.empty_frames += 1;
            return Step::Continue(());
        }
        if content.len() >= LONG_FRAME_BYTES && buffer.len() < content.len() {
            renew(buffer);
        }
        Step::Break(Some(content))
    }

    /// Gives up the open frame; what was searched of it becomes the fragment of a fault.
    fn cut_fragment(&mut self, buffer: &mut BytesMut, kind: FaultKind) {
        let (offset, bytes) = (self.origin, self.searched);
        let fragment = self.split_searched(buffer);
        let fault = Fault {
            fragment: fragment.clone(),
            ..Fault::new(kind, offset, bytes)
        };
        self.faults.push(fault, last_bytes(&fragment));
    }

    fn split_searched(&mut self, buffer: &mut BytesMut) -> Bytes {
        self.origin += self.searched as u64;
        self.phase = Phase::Outside;
        buffer.split_to(std::mem::take(&mut self.searched)).freeze()
    }

    fn note_end_block(&mut self, buffer: &[u8], kind: FaultKind) {
        let offset = self.origin + self.searched as u64;
        let shown = buffer.get(..self.searched + 2).unwrap_or(buffer);
        let fault = Fault::new(kind, offset, 1);
        self.faults.push(fault, last_bytes(shown));
    }

    fn report_junk(&mut self) {
        if let Some(fault) = self.junk.fault() {
            self.faults.push(fault, self.junk.shown());
            self.junk = Junk::default();
        }
    }

    fn consume(&mut self, buffer: &mut BytesMut, bytes: usize) {
        self.origin += bytes as u64;
        buffer.advance(bytes);
    }
}

/// As many as are shown with a fault.
fn last_bytes(bytes: &[u8]) -> &[u8] {
    let first = bytes.len().saturating_sub(SHOWN_BYTES);
    bytes.get(first..).unwrap_or_default()
}

/// Leaves the old memory to the frame: a connection open for days shall not keep it for the next.
fn renew(buffer: &mut BytesMut) {
    let mut fresh = BytesMut::with_capacity(buffer.len() + FRESH_BUFFER_BYTES);
    fresh.extend_from_slice(buffer);
    *buffer = fresh;
}

fn find_block_byte(unsearched: &[u8]) -> Option<usize> {
    let found = memchr2(START_BLOCK, END_BLOCK, unsearched);
    #[cfg(test)]
    tests::count_searched(found.unwrap_or(unsearched.len()));
    found
}

#[cfg(test)]
mod tests;
