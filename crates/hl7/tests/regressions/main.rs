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

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

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

#[test]
fn each_folder_of_inputs_is_that_of_a_target() {
    let ours = targets(Path::new("."));
    assert_eq!(folders(Path::new(SEEDS)), ours);
    let mut all = ours;
    all.extend(targets(Path::new("../mllp")));
    let found = folders(Path::new(FOUND));
    assert_eq!(found.difference(&all).next(), None, "replayed by nobody");
}

const SEEDS: &str = "fuzz/seeds";
const FOUND: &str = "../../testdata/regressions";

/// The names of the fuzz targets of a crate.
fn targets(of: &Path) -> BTreeSet<OsString> {
    let files = fs::read_dir(of.join("fuzz/targets")).unwrap();
    let stem = |path: PathBuf| path.file_stem().unwrap().to_owned();
    files.map(|file| stem(file.unwrap().path())).collect()
}

fn folders(of: &Path) -> BTreeSet<OsString> {
    let entries = fs::read_dir(of).unwrap().map(Result::unwrap);
    let folders = entries.filter(|entry| entry.file_type().unwrap().is_dir());
    folders.map(|folder| folder.file_name()).collect()
}

/// Checks every file of a target, the first of which that fails is the last that is named.
fn replay(target: &str, check: fn(&[u8])) {
    let own = [SEEDS, FOUND].map(|folder| files(&Path::new(folder).join(target)));
    let own = own.concat();
    assert!(!own.is_empty(), "{target} has no file in {SEEDS}");
    for file in own
        .into_iter()
        .chain(files(Path::new("../../testdata/messages")))
    {
        println!("{}", file.display());
        check(&fs::read(file).unwrap());
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).into_iter().flatten();
    files.map(|file| file.unwrap().path()).collect()
}
