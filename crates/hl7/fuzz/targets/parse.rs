//! Fuzzes what tests/regressions/parse.rs checks.
#![no_main]

#[path = "../../tests/regressions/parse.rs"]
mod parse;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| parse::check(bytes));
