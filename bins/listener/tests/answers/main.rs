//! What senders hear and what the tank keeps, over real sockets.
#![cfg(test)]

mod gate;
mod importing;
mod listening;
mod masked;
mod peer;
#[allow(dead_code, reason = "each test uses its part")]
#[path = "../crash/program.rs"]
mod program;
mod refusals;
mod secure;
mod stub;

mod batches;
mod charsets;
mod decisions;
mod faults;
mod folders;
mod framing;
mod kept;
mod links;
mod logged;
mod missing;
mod panicking;
mod recorded;
mod replies;
mod return_address;
mod return_tls;
mod revoked;
mod sequence;
mod stopping;
mod unanswered;
mod unfinished;
mod waiting;
mod watched;
