//! Runs the codec over a stream and writes down all that came out of it.

use bytes::{Bytes, BytesMut};
use cistern_mllp::{Fault, FaultKind, MllpCodec};
use tokio_util::codec::Decoder;

/// Everything a caller of the codec can see.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Decoded {
    pub(crate) frames: Vec<Bytes>,
    pub(crate) faults: Vec<Seen>,
    pub(crate) empty_frames: u64,
    pub(crate) faults_dropped: u64,
    pub(crate) error: Option<String>,
}

/// A fault as a value that tests can write down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) kind: FaultKind,
    pub(crate) offset: u64,
    pub(crate) bytes: usize,
    pub(crate) fragment: Bytes,
    pub(crate) bytes_not_kept: usize,
    pub(crate) masked: String,
}

impl Seen {
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

pub(crate) fn seen(fault: Fault) -> Seen {
    Seen {
        fragment: fault.fragment,
        bytes_not_kept: fault.bytes_not_kept,
        masked: fault.masked,
        ..Seen::new(fault.kind, fault.offset, fault.bytes)
    }
}

/// Decodes `pieces` as successive reads followed by the end of the stream.
pub(crate) fn decode<'a>(limit: usize, pieces: impl IntoIterator<Item = &'a [u8]>) -> Decoded {
    let mut codec = MllpCodec::new(limit);
    let mut decoded = Decoded::default();
    decoded.error = run(&mut codec, pieces, &mut decoded.frames);
    decoded.faults = codec.take_faults().into_iter().map(seen).collect();
    decoded.empty_frames = codec.empty_frames();
    decoded.faults_dropped = codec.faults_dropped();
    decoded
}

fn run<'a>(
    codec: &mut MllpCodec,
    pieces: impl IntoIterator<Item = &'a [u8]>,
    frames: &mut Vec<Bytes>,
) -> Option<String> {
    let mut buffer = BytesMut::new();
    for piece in pieces {
        buffer.extend_from_slice(piece);
        if let Some(error) = drain(frames, || codec.decode(&mut buffer)) {
            return Some(error);
        }
    }
    drain(frames, || codec.decode_eof(&mut buffer))
}

fn drain(
    frames: &mut Vec<Bytes>,
    mut decode: impl FnMut() -> Result<Option<Bytes>, cistern_mllp::FrameError>,
) -> Option<String> {
    loop {
        match decode() {
            Ok(Some(frame)) => frames.push(frame),
            Ok(None) => return None,
            Err(error) => return Some(error.to_string()),
        }
    }
}
