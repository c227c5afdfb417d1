//! The codec from outside: every leniency, every limit, every split.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod cases;
mod decoded;
mod encode;
mod secrecy;
mod splits;
