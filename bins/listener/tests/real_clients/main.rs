//! Senders that are not of our making: they are answered as they understand it, in the clear and
//! under TLS, and what they sent is kept to the byte.
#![cfg(test)]

#[path = "../answers/masked.rs"]
mod masked;

mod listening;
mod mllp_send;

mod node;
mod python;
