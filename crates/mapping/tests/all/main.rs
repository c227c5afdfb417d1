//! What mappings make of messages, and what they say of mistakes.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod apply;
mod charsets;
mod codes;
mod corpus;
mod golden;
mod language;
mod load;
mod properties;
mod render;
mod starter;
