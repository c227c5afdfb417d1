//! The codec from outside: every leniency, every limit, every split.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod cases;
mod encode;
mod faults;
mod regressions;
mod secrecy;
mod splits;

mod any_split;
mod decoded;
mod naive;
