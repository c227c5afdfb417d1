//! What Cistern's tests share: throw-away databases, certificates, golden files,
//! fixtures and the corpus.
//!
//! ```
//! let database = cistern_testkit::sqlite::TempDatabase::create();
//! assert!(database.url().starts_with("sqlite:"));
//! ```
//!
//! Everything here panics when it cannot do its work, because a test that lacks its fixture has
//! failed. Only [`postgres::Database::create_or_skip`] lets a test pass without one, and not even
//! that when `CISTERN_REQUIRE_ALL` is set, as `cargo xtask test` does.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a fixture that cannot be had fails the test"
)]

pub mod authority;
pub mod cluster;
pub mod corpus;
pub mod golden;
pub mod postgres;
pub mod sqlite;
pub mod testdata;

mod diff;
