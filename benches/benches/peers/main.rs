//! Other parsers of HL7 v2 beside ours, in one process and in turn, so that the machine's moods
//! meet all of them: `cargo bench -p benches --bench peers --features peers`.
//!
//! They read text where ours reads bytes; that the text is UTF-8 costs them nothing here. With
//! `--features peers,mimalloc` they allocate with mimalloc, which suits most of them better.
#![expect(clippy::print_stdout, reason = "the table is the result")]

mod readers;

use std::hint::black_box;
use std::time::{Duration, Instant};

use readers::{READERS, Reader};

#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How long one reader reads before it is the next one's turn.
const TURN: Duration = Duration::from_millis(5);

/// One way of reading a message, by its name.
type Operation = (&'static str, fn(&Reader) -> fn(&str) -> usize);

const OPERATIONS: [Operation; 3] = [
    ("parse", |reader| reader.parse),
    ("+ ten fields", |reader| reader.ten_fields),
    ("+ every leaf", |reader| reader.every_leaf),
];

fn main() {
    // `cargo test --all-targets` runs this once, to see that it works.
    let measured = std::env::args().any(|argument| argument == "--bench");
    let rounds = if measured { 31 } else { 1 };
    compare("mix", benches::mix(), rounds);
    compare("1 MiB document", vec![benches::document()], rounds);
    // Who builds a tree takes half a second for it.
    let delimiters = vec![benches::delimiters_only()];
    compare("800 KB of delimiters", delimiters, rounds.min(5));
}

/// Prints how fast each reader is, and how many times as fast ours is.
fn compare(set: &str, messages: Vec<Vec<u8>>, rounds: usize) {
    let texts = messages.into_iter().map(String::from_utf8);
    let texts: Vec<String> = texts.filter_map(Result::ok).collect();
    println!("\n{set}: MiB/s, medians of {rounds}");
    for (operation, read_of) in OPERATIONS {
        let reads: Vec<_> = READERS.iter().map(read_of).collect();
        let medians = medians(&reads, &texts, rounds);
        let ours = medians.first().copied().unwrap_or_default();
        for ((reader, read), median) in READERS.iter().zip(&reads).zip(&medians) {
            let found: usize = texts.iter().map(|text| read(text)).sum();
            println!(
                "  {operation:13} {:10} {:9.1}  ours: {:7.1} times as fast  (found {found})",
                reader.name,
                mebibytes(&texts) / median,
                median / ours,
            );
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn mebibytes(texts: &[String]) -> f64 {
    texts.iter().map(String::len).sum::<usize>() as f64 / f64::from(1 << 20)
}

/// Seconds that each takes for all texts.
fn medians(reads: &[fn(&str) -> usize], texts: &[String], rounds: usize) -> Vec<f64> {
    let mut times = vec![Vec::with_capacity(rounds); reads.len()];
    for round in 0..rounds {
        for turn in 0..reads.len() {
            let whose = (round + turn) % reads.len();
            if let (Some(read), Some(times)) = (reads.get(whose), times.get_mut(whose)) {
                times.push(turn_of(*read, texts));
            }
        }
    }
    times.into_iter().map(median).collect()
}

/// Seconds for all texts, read as often as there is time for, once at least.
fn turn_of(read: fn(&str) -> usize, texts: &[String]) -> f64 {
    let started = Instant::now();
    let mut passes = 0;
    while passes == 0 || started.elapsed() < TURN {
        for text in texts {
            black_box(read(black_box(text)));
        }
        passes += 1;
    }
    started.elapsed().as_secs_f64() / f64::from(passes)
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or_default()
}
