//! Fuzzes what tests/codec/any_split.rs checks.
#![no_main]

#[path = "../../tests/codec/any_split.rs"]
mod any_split;
#[path = "../../tests/codec/decoded.rs"]
mod decoded;
#[path = "../../tests/codec/naive.rs"]
mod naive;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| any_split::check(bytes));
