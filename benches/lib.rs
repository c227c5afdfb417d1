//! Benchmarks, in `benches/`; and the tests of the examples in README.md.

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
