//! Cutting frames out of a stream, against copying the same bytes.

use std::hint::black_box;
use std::time::Duration;

use bytes::BytesMut;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use mllp::{CARRIAGE_RETURN, END_BLOCK, MllpCodec, START_BLOCK};
use tokio_util::codec::Decoder;

/// A frame of the usual size: an admission or a result with a few observations.
const USUAL_BYTES: usize = 1_800;
/// A frame with an embedded document.
const LARGE_BYTES: usize = 1 << 20;
/// What one TCP segment carries on Ethernet.
const SEGMENT_BYTES: usize = 1_460;
/// What one read of a busy socket gives.
const READ_BYTES: usize = 8 * 1024;

const MAX_FRAME_BYTES: usize = 16 << 20;

fn codec(criterion: &mut Criterion) {
    let mix = frames(USUAL_BYTES, 600);
    let large = frames(LARGE_BYTES, 1);
    compare(criterion, "codec/mix", &mix, SEGMENT_BYTES);
    compare(criterion, "codec/mix", &mix, READ_BYTES);
    compare(criterion, "codec/large", &large, SEGMENT_BYTES);
}

/// Both sides append each piece to a buffer, as a socket does; only one of them decodes.
fn compare(criterion: &mut Criterion, name: &str, stream: &[u8], piece_bytes: usize) {
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Bytes(stream.len() as u64));
    group
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(3));
    group.bench_function(BenchmarkId::new("decode", piece_bytes), |bencher| {
        bencher.iter(|| decode(black_box(stream), piece_bytes));
    });
    group.bench_function(BenchmarkId::new("memcpy", piece_bytes), |bencher| {
        bencher.iter(|| copy(black_box(stream), piece_bytes));
    });
    group.finish();
}

fn decode(stream: &[u8], piece_bytes: usize) -> usize {
    let mut codec = MllpCodec::new(MAX_FRAME_BYTES);
    let mut buffer = BytesMut::with_capacity(READ_BYTES);
    let mut content_bytes = 0;
    for piece in stream.chunks(piece_bytes) {
        buffer.extend_from_slice(piece);
        while let Ok(Some(content)) = codec.decode(&mut buffer) {
            content_bytes += black_box(content).len();
        }
    }
    content_bytes
}

fn copy(stream: &[u8], piece_bytes: usize) -> usize {
    let mut buffer = BytesMut::with_capacity(READ_BYTES.max(piece_bytes));
    for piece in stream.chunks(piece_bytes) {
        buffer.clear();
        buffer.extend_from_slice(black_box(piece));
        black_box(&buffer);
    }
    stream.len()
}

fn frames(content_bytes: usize, count: usize) -> Vec<u8> {
    let text = b"OBX|1|NM|718-7^Hemoglobin^LN||13.2|g/dL|12.0-16.0|N|||F\r";
    let content: Vec<u8> = text.iter().copied().cycle().take(content_bytes).collect();
    let frame = [&[START_BLOCK], &content[..], &[END_BLOCK, CARRIAGE_RETURN]].concat();
    frame.repeat(count)
}

criterion_group!(benches, codec);
criterion_main!(benches);
