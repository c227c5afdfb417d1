//! Fuzzes what tests/regressions/json.rs checks.
#![no_main]

#[path = "../../tests/regressions/json.rs"]
mod json;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| json::check(bytes));
