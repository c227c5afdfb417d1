//! What fuzzing checks: a stream gives the same however it is split, and what a naive reading gives.
//!
//! The first byte of an input says how the rest of it, the stream, is split.

use cistern_mllp::MllpCodec;
use tokio_util::codec::Encoder;

use crate::decoded::decode;
use crate::naive::{LIMIT, Naive};

pub(crate) fn check(input: &[u8]) {
    let Some((pieces, stream)) = input.split_first() else {
        return;
    };
    let whole = decode(LIMIT, [stream]);
    assert_eq!(whole, Naive::read(stream));
    assert_eq!(decode(LIMIT, stream.chunks(1)), whole);
    assert_eq!(
        decode(LIMIT, stream.chunks(2 + usize::from(*pieces))),
        whole
    );
    let (front, back) = stream.split_at(stream.len().min(usize::from(*pieces)));
    assert_eq!(decode(LIMIT, [front, back]), whole);
    framed_and_cut_out(stream);
}

/// Content that can be framed comes out of the frame as it went in, and without a fault, unless
/// there is an end block in it.
fn framed_and_cut_out(content: &[u8]) {
    let mut stream = bytes::BytesMut::new();
    if MllpCodec::new(0).encode(content, &mut stream).is_err() || content.is_empty() {
        return;
    }
    let decoded = decode(content.len(), [&stream[..]]);
    assert_eq!(decoded.frames, [content]);
    assert_eq!(decoded.faults.is_empty(), !content.contains(&0x1C));
}
