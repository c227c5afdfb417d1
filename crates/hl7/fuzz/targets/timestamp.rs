//! Fuzzes what tests/regressions/timestamp.rs checks.
#![no_main]

#[path = "../../tests/regressions/timestamp.rs"]
mod timestamp;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| timestamp::check(bytes));
