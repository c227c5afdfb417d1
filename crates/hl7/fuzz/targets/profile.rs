//! Fuzzes what tests/regressions/profile.rs checks.
#![no_main]

#[path = "../../tests/regressions/profile.rs"]
mod profile;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| profile::check(bytes));
