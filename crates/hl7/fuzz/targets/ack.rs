//! Fuzzes what tests/regressions/ack.rs checks.
#![no_main]

#[path = "../../tests/regressions/ack.rs"]
mod ack;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ack::check(bytes));
