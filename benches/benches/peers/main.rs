//! Other parsers of HL7 v2 beside ours, in one process and in turn, so that the machine's moods
//! meet all of them: `cargo bench -p benches --bench peers --features peers`.
//!
//! They read text where ours reads bytes; that the text is UTF-8 costs them nothing here. With
//! `--features peers,mimalloc` they allocate with mimalloc, which suits most of them better.
#![expect(clippy::print_stdout, reason = "the table is the result")]

mod readers;

use benches::{measuring, medians};
use readers::{READERS, Reader};

#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// One way of reading a message, by its name.
type Operation = (&'static str, fn(&Reader) -> fn(&str) -> usize);

const OPERATIONS: [Operation; 3] = [
    ("parse", |reader| reader.parse),
    ("+ ten fields", |reader| reader.ten_fields),
    ("+ every leaf", |reader| reader.every_leaf),
];

fn main() {
    let rounds = if measuring() { 31 } else { 1 };
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
        let ways = READERS.each_ref().map(|reader| {
            let read = read_of(reader);
            let texts = &texts;
            move || texts.iter().map(|text| read(text)).sum()
        });
        let medians = medians(ways.each_ref().map(|way| way as &dyn Fn() -> usize), rounds);
        let [ours, ..] = medians;
        for ((reader, way), median) in READERS.iter().zip(&ways).zip(medians) {
            println!(
                "  {operation:13} {:10} {:9.1}  ours: {:7.1} times as fast  (found {})",
                reader.name,
                mebibytes(&texts) / median,
                median / ours,
                way(),
            );
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn mebibytes(texts: &[String]) -> f64 {
    texts.iter().map(String::len).sum::<usize>() as f64 / f64::from(1 << 20)
}
