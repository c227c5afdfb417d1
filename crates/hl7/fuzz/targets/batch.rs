//! Fuzzes what tests/regressions/batch.rs checks.
#![no_main]

#[path = "../../tests/regressions/batch.rs"]
mod batch;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| batch::check(bytes));
