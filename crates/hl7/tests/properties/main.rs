//! Properties that hold for any input.
#![cfg(test)]

mod batches;
mod drafting;
#[cfg(feature = "serde")]
mod json;
mod reading;
mod round_trips;
#[cfg(all(feature = "serde", feature = "dictionary"))]
#[path = "../json/said.rs"]
mod said;

use cistern_hl7::{Delimiters, Header};
use proptest::prelude::*;

/// Five different delimiters. The double quote is none.
fn delimiters() -> impl Strategy<Value = Delimiters> {
    let punctuation: Vec<u8> = (b'!'..=b'~')
        .filter(|byte| byte.is_ascii_punctuation() && *byte != b'"')
        .collect();
    Just(punctuation).prop_shuffle().prop_map(|mut set| {
        set.truncate(5);
        // Three characters that end in & mean something else, but here there are always four.
        let declaration = [b"MSH", &set[..]].concat();
        Header::parse(&declaration).unwrap().delimiters()
    })
}
