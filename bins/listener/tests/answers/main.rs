//! What senders hear and what the tank keeps, over real sockets.
#![cfg(test)]

mod gate;
mod listening;
mod masked;
mod peer;
mod stub;

mod decisions;
mod faults;
mod framing;
mod kept;
mod links;
mod stopping;
