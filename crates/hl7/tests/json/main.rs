//! Messages as JSON and back: goldens, slips of those who write JSON, and nothing told in errors.
#![cfg(test)]
#![cfg(feature = "serde")]

mod faithful;
#[cfg(feature = "dictionary")]
mod friendly;

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path as FilePath, PathBuf};

use serde_json::Value;

/// A file of `testdata/messages`, by the number at the start of its name.
fn testdata(number: &str) -> Vec<u8> {
    let folder = FilePath::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/messages");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let mut named = files.filter(|file| file.file_name().to_str().unwrap().starts_with(number));
    fs::read(named.next().unwrap().path()).unwrap()
}

/// Compares JSON with a golden file. `UPDATE_GOLDEN=1` rewrites it.
fn check(name: &str, json: &str) {
    check_file(&format!("{name}.json"), json);
}

/// Reads each slip of a golden file, and compares the error with the sentence below it.
fn check_slips(name: &str, read: impl Fn(&str) -> Result<(), serde_json::Error>) {
    let slips = fs::read_to_string(golden(&format!("{name}.txt"))).unwrap();
    let mut told = String::new();
    for json in slips.lines().filter(|line| !line.starts_with(' ')) {
        writeln!(told, "{json}\n    {}", read(json).unwrap_err()).unwrap();
    }
    check_file(&format!("{name}.txt"), &told);
}

/// Spoils JSON at every place with a word, a number and a key, none of which an error may show.
fn check_errors_tell_nothing(json: &Value, read: impl Fn(&str) -> Result<(), serde_json::Error>) {
    const MARKER: &str = "Xyzzyx";
    const NUMBER: &str = "8812188121";
    let markers = [
        MARKER,
        NUMBER,
        &format!("\"{MARKER}\""),
        &format!("{{\"{MARKER}\":1}}"),
        &format!("\"{MARKER}\":1,"),
    ];
    let text = json.to_string();
    let mut told = 0;
    for at in 0..text.len() {
        let (before, after) = text.split_at(at);
        for after in [after, after.get(1..).unwrap()] {
            for error in markers
                .iter()
                .filter_map(|marker| read(&[before, marker, after].concat()).err())
            {
                let shown = format!("{error} {error:?} {error:#?}");
                assert!(
                    !shown.contains(MARKER) && !shown.contains(NUMBER),
                    "{shown}"
                );
                told += 1;
            }
        }
    }
    assert!(told > text.len(), "{told}");
}

fn check_file(name: &str, text: &str) {
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(golden(name), text).unwrap();
    }
    assert_eq!(
        text,
        fs::read_to_string(golden(name)).unwrap_or_default(),
        "{name}"
    );
}

fn golden(name: &str) -> PathBuf {
    FilePath::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/json/golden")
        .join(name)
}
