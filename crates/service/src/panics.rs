//! What is said of a panic: where it happened, and never its message, which may quote a patient.

use std::panic::{Location, set_hook};

/// Has panics logged from now on, in place of Rust's own words, which hold the message.
pub(crate) fn log_panics() {
    set_hook(Box::new(|panic| {
        let file = panic.location().map(Location::file);
        let line = panic.location().map(Location::line);
        tracing::error!(file, line, "panicked: this is a mistake in Cistern");
    }));
}
