//! What the fuzz targets check, on the inputs that they start from and on those that they once
//! found.
//!
//! Each target of `fuzz/targets` is the function `check` of the module of its name.
#![cfg(test)]

mod ack;
mod batch;
mod edit;
#[cfg(all(feature = "serde", feature = "dictionary"))]
mod json;
mod parse;
mod path;
#[cfg(feature = "profile")]
mod profile;
mod timestamp;
mod unescape;

use std::fs;
use std::path::Path;

#[test]
fn acks() {
    replay("ack", ack::check);
}

#[test]
fn batches() {
    replay("batch", batch::check);
}

#[test]
fn edits() {
    replay("edit", edit::check);
}

#[test]
#[cfg(all(feature = "serde", feature = "dictionary"))]
fn json_texts() {
    replay("json", json::check);
}

#[test]
fn messages() {
    replay("parse", parse::check);
}

#[test]
fn paths() {
    replay("path", path::check);
}

#[test]
#[cfg(feature = "profile")]
fn profiles() {
    replay("profile", profile::check);
}

#[test]
fn timestamps() {
    replay("timestamp", timestamp::check);
}

#[test]
fn escapes() {
    replay("unescape", unescape::check);
}

/// Checks every file of a target, the first of which that fails is the last that is named.
fn replay(target: &str, check: fn(&[u8])) {
    let seeds = Path::new("fuzz/seeds").join(target);
    let found = Path::new("../../testdata/regressions").join(target);
    let messages = Path::new("../../testdata/messages");
    for folder in [&seeds, &found, messages] {
        let Ok(files) = fs::read_dir(folder) else {
            continue;
        };
        for file in files {
            let file = file.unwrap().path();
            println!("{}", file.display());
            check(&fs::read(file).unwrap());
        }
    }
    assert!(seeds.is_dir(), "{} is where seeds lie", seeds.display());
}
