//! Cutting frames out of a stream, beside copying the same bytes and, with `--features peers`,
//! beside the codecs of others, in one process and in turn.
//!
//! `cargo bench -p benches --bench codec --features peers`. Everybody gets the stream in pieces, as
//! a socket gives it, and appends each piece to a buffer.
#![expect(clippy::print_stdout, reason = "the table is the result")]

mod cutters;

use benches::{measuring, medians, wanted};
use mllp::{CARRIAGE_RETURN, END_BLOCK, START_BLOCK};

use cutters::{CUTTERS, Cutter};

const ROUNDS: usize = 31;

/// What one TCP segment carries on Ethernet.
const SEGMENT_BYTES: usize = 1_460;
/// What one read of a busy socket gives.
const READ_BYTES: usize = 8 * 1024;
/// What a read gives where the kernel has gathered more.
const LARGE_READ_BYTES: usize = 64 * 1024;

fn main() {
    let messages = benches::mix();
    let mix: Vec<u8> = messages.iter().flat_map(|message| frame(message)).collect();
    let large = frame(&b"x".repeat(1 << 20));
    for (name, stream, piece_bytes) in [
        ("mix", &mix, SEGMENT_BYTES),
        ("mix", &mix, READ_BYTES),
        ("mix", &mix, LARGE_READ_BYTES),
        ("1 MiB frame", &large, SEGMENT_BYTES),
        ("1 MiB frame", &large, READ_BYTES),
        ("1 MiB frame", &large, LARGE_READ_BYTES),
    ] {
        if wanted(&format!("codec/{name}/{piece_bytes}")) {
            compare(name, stream, piece_bytes);
        }
    }
}

fn frame(content: &[u8]) -> Vec<u8> {
    [&[START_BLOCK], content, &[END_BLOCK, CARRIAGE_RETURN]].concat()
}

/// Prints how fast each is, and how many times as fast ours is.
fn compare(name: &str, stream: &[u8], piece_bytes: usize) {
    let rounds = if measuring() { ROUNDS } else { 1 };
    println!("\n{name} in pieces of {piece_bytes} bytes: MiB/s, medians of {rounds}");
    let ways = CUTTERS.map(|cutter| move || (cutter.cut)(stream, piece_bytes));
    let medians = medians(ways.each_ref().map(|way| way as &dyn Fn() -> usize), rounds);
    let [ours, ..] = medians;
    for (Cutter { name, cut }, median) in CUTTERS.iter().zip(medians) {
        println!(
            "  {name:15} {:9.1}  ours: {:7.2} times as fast  (found {})",
            mebibytes(stream) / median,
            median / ours,
            cut(stream, piece_bytes),
        );
    }
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn mebibytes(stream: &[u8]) -> f64 {
    stream.len() as f64 / f64::from(1 << 20)
}
