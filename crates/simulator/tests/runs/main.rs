//! Whole runs against a small listener, good or with a vice, over real sockets.
#![cfg(test)]

mod server;

mod honest;
mod impossible;
mod misbehaving;
mod paced;
