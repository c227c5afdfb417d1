//! How each codec cuts a stream that comes in pieces, in the way that its documentation shows.

use std::hint::black_box;

use bytes::BytesMut;
use mllp::{END_BLOCK, MllpCodec, START_BLOCK};
use tokio_util::codec::Decoder;

/// The most that a frame may hold.
const MAX_FRAME_BYTES: usize = 16 << 20;
/// What a buffer begins with, as that of tokio-util's `Framed` does.
const BUFFER_BYTES: usize = 8 * 1024;

/// A codec by its name. It answers how many bytes of content it found.
#[derive(Clone, Copy)]
pub(crate) struct Cutter {
    pub(crate) name: &'static str,
    pub(crate) cut: fn(&[u8], usize) -> usize,
}

#[cfg(not(feature = "peers"))]
pub(crate) const CUTTERS: [Cutter; 3] = [OURS, COPY, COPY_AND_SEARCH];

#[cfg(feature = "peers")]
pub(crate) const CUTTERS: [Cutter; 6] = [
    OURS,
    COPY,
    COPY_AND_SEARCH,
    Cutter {
        name: "hl7-mllp",
        cut: hl7_mllp,
    },
    Cutter {
        name: "hl7-2-mllp",
        cut: hl7_2_mllp,
    },
    Cutter {
        name: "hl7-mllp-codec",
        cut: hl7_mllp_codec,
    },
];

const OURS: Cutter = Cutter {
    name: "cistern",
    cut: |stream, piece_bytes| decode(MllpCodec::new(MAX_FRAME_BYTES), stream, piece_bytes),
};

const COPY: Cutter = Cutter {
    name: "memcpy",
    cut: |stream, piece_bytes| copy(stream, piece_bytes, <[u8]>::len),
};

/// What every codec does at least.
const COPY_AND_SEARCH: Cutter = Cutter {
    name: "memcpy, memchr2",
    cut: |stream, piece_bytes| {
        copy(stream, piece_bytes, |piece| {
            piece.len() - memchr::memchr2_iter(START_BLOCK, END_BLOCK, piece).count()
        })
    },
};

/// A codec of tokio-util, such as ours.
fn decode<C: Decoder<Item: AsRef<[u8]>>>(mut codec: C, stream: &[u8], piece_bytes: usize) -> usize {
    let mut buffer = BytesMut::with_capacity(BUFFER_BYTES);
    let mut found = 0;
    for piece in stream.chunks(piece_bytes) {
        buffer.extend_from_slice(black_box(piece));
        while let Ok(Some(content)) = codec.decode(&mut buffer) {
            found += black_box(content).as_ref().len();
        }
    }
    found
}

/// No codec: each piece goes into the same memory.
fn copy(stream: &[u8], piece_bytes: usize, look: fn(&[u8]) -> usize) -> usize {
    let mut buffer = BytesMut::with_capacity(BUFFER_BYTES.max(piece_bytes));
    let mut found = 0;
    for piece in stream.chunks(piece_bytes) {
        buffer.clear();
        buffer.extend_from_slice(black_box(piece));
        found += look(black_box(&buffer));
    }
    found
}

#[cfg(feature = "peers")]
fn hl7_mllp(stream: &[u8], piece_bytes: usize) -> usize {
    let mut framer = hl7_mllp::MllpFramer::new();
    let mut found = 0;
    for piece in stream.chunks(piece_bytes) {
        framer.push(black_box(piece));
        while let Some(frame) = framer.next_frame() {
            let content = hl7_mllp::MllpFrame::decode(&frame);
            found += content.map_or(0, |content| black_box(content).len());
        }
    }
    found
}

#[cfg(feature = "peers")]
fn hl7_2_mllp(stream: &[u8], piece_bytes: usize) -> usize {
    let mut framer = hl7_2_mllp::Framer::new().with_limit(MAX_FRAME_BYTES);
    let mut found = 0;
    for piece in stream.chunks(piece_bytes) {
        framer.push(black_box(piece));
        while let Ok(Some(content)) = framer.next_frame() {
            found += black_box(content).len();
        }
    }
    found
}

/// With its feature `noncompliance`, without which it takes several frames of one read for one.
#[cfg(feature = "peers")]
fn hl7_mllp_codec(stream: &[u8], piece_bytes: usize) -> usize {
    decode(hl7_mllp_codec::MllpCodec::new(), stream, piece_bytes)
}
