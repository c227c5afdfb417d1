//! Other parsers of HL7 v2 beside ours, in one process and in turn, so that the machine's moods
//! meet all of them: `cargo bench -p benches --bench peers --features peers`.
//!
//! Beside the parsers stands the limit of parsing, to visit every carriage return. Who finds
//! something else than ours, or not just the difference that is known, stops the run.
//!
//! They read text where ours reads bytes; that the text is UTF-8 costs them nothing here. With
//! `--features peers,mimalloc` they allocate with mimalloc, which suits most of them better.
#![expect(clippy::print_stdout, reason = "the table is the result")]

mod found;
mod readers;

use std::array;
use std::hint::black_box;

use benches::{measuring, medians};
use found::{DELIMITERS, DOCUMENT, MIX, difference};
use readers::READERS;

#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// One way of reading a message, by its name. It answers how much it found.
type Way = (&'static str, fn(&str) -> usize);

/// What every parser does at least.
const LIMIT: Way = ("memchr", |text| {
    let ends = memchr::memchr_iter(b'\r', black_box(text.as_bytes()));
    ends.map(black_box).count()
});

fn main() {
    let rounds = if measuring() { 31 } else { 1 };
    compare(MIX, benches::mix(), rounds);
    compare(DOCUMENT, vec![benches::document()], rounds);
    // Who builds a tree takes half a second for it.
    let delimiters = vec![benches::delimiters_only()];
    compare(DELIMITERS, delimiters, rounds.min(5));
}

/// Prints how fast each reader is, and how many times as fast ours is.
fn compare(name: &str, messages: Vec<Vec<u8>>, rounds: usize) {
    let texts = messages.into_iter().map(String::from_utf8);
    let set = Set {
        name,
        texts: texts.filter_map(Result::ok).collect(),
        rounds,
    };
    println!("\n{name}: MiB/s, medians of {rounds}");
    let parsers: [Way; READERS.len() + 1] = array::from_fn(|index| {
        let reader = READERS.get(index);
        reader.map_or(LIMIT, |reader| (reader.name, reader.parse))
    });
    set.print_rows("parse", parsers);
    let ten_fields = READERS.map(|reader| (reader.name, reader.ten_fields));
    set.print_rows("+ ten fields", ten_fields);
    let every_leaf = READERS.map(|reader| (reader.name, reader.every_leaf));
    set.print_rows("+ every leaf", every_leaf);
}

/// Messages to read, and how often each is read.
struct Set<'a> {
    name: &'a str,
    texts: Vec<String>,
    rounds: usize,
}

impl Set<'_> {
    /// A row for each way; the first is ours.
    fn print_rows<const N: usize>(&self, operation: &str, ways: [Way; N]) {
        let passes = ways.map(|(_, read)| move || self.texts.iter().map(|text| read(text)).sum());
        let ways_to_pass = passes.each_ref().map(|pass| pass as &dyn Fn() -> usize);
        let medians = medians(ways_to_pass, self.rounds);
        let found = passes.each_ref().map(|pass| pass());
        let (ours, found_by_ours) = (medians.first(), found.first());
        let (ours, found_by_ours) = (ours.unwrap_or(&1.0), found_by_ours.unwrap_or(&0));
        for (((name, _), median), found) in ways.iter().zip(medians).zip(&found) {
            let (expected, why) = difference(self.name, operation, name);
            let colon = if why.is_empty() { "" } else { ": " };
            println!(
                "  {operation:13} {name:10} {:9.1}  ours: {:7.1} times as fast  (found {found}{colon}{why})",
                mebibytes(&self.texts) / median,
                median / ours,
            );
            assert_eq!(
                found.checked_signed_diff(*found_by_ours),
                Some(expected),
                "{name} finds {found}, ours {found_by_ours}"
            );
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn mebibytes(texts: &[String]) -> f64 {
    texts.iter().map(String::len).sum::<usize>() as f64 / f64::from(1 << 20)
}
