//! Fuzzes what tests/regressions/edit.rs checks.
#![no_main]

#[path = "../../tests/regressions/edit.rs"]
mod edit;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| edit::check(bytes));
