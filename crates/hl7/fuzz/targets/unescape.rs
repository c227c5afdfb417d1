//! Fuzzes what tests/regressions/unescape.rs checks.
#![no_main]

#[path = "../../tests/regressions/unescape.rs"]
mod unescape;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| unescape::check(bytes));
