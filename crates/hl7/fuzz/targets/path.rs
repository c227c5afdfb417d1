//! Fuzzes what tests/regressions/path.rs checks.
#![no_main]

#[path = "../../tests/regressions/path.rs"]
mod path;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| path::check(bytes));
