//! `cargo xtask api`: lists what the published crates offer, one public item a line.
//!
//! A change of `api.txt` in a review is a change for users.

use std::collections::HashSet;
use std::fs;

use public_api::Builder;

use crate::published::{PUBLISHED, Published};
use crate::run::{Failure, cargo, checked, workspace};
use crate::tree;

const FILE: &str = "api.txt";

/// Writes the listings anew.
pub(crate) fn run() -> Result<(), Failure> {
    for published in &PUBLISHED {
        let path = published.file(FILE);
        fs::write(workspace().join(&path), listing(published)?)
            .map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
    }
    Ok(())
}

/// Demands that the listings are those of the code.
pub(crate) fn check() -> Result<(), Failure> {
    for published in &PUBLISHED {
        let path = published.file(FILE);
        let difference = difference(&tree::read(&path)?, &listing(published)?);
        if !difference.is_empty() {
            return Err(Failure::new(format!(
                "{} is not what the code offers; `cargo xtask api` renews it:\n{}",
                path.display(),
                difference.join("\n")
            )));
        }
    }
    Ok(())
}

/// Without what every type has: blanket implementations, and `Send` and its kin, which `cargo
/// xtask semver` watches.
fn listing(published: &Published) -> Result<String, Failure> {
    let arguments = format!(
        "rustdoc --quiet --lib --all-features -p {} -- -Z unstable-options --output-format json",
        published.package
    );
    let rustdoc = workspace().join("xtask/rustdoc");
    checked(cargo(&arguments).env("RUSTDOC", rustdoc))?;
    let api = Builder::from_rustdoc_json(published.rustdoc_json())
        .omit_blanket_impls(true)
        .omit_auto_trait_impls(true)
        .build()
        .map_err(|error| Failure::new(format!("API of {}: {error}", published.package)))?;
    Ok(api.to_string())
}

/// The lines that only one of the two has.
fn difference(listed: &str, offered: &str) -> Vec<String> {
    let only_in = |one: &str, other: &str, sign: char| -> Vec<String> {
        let others: HashSet<&str> = other.lines().collect();
        let own = one.lines().filter(|line| !others.contains(line));
        own.map(|line| format!("{sign} {line}")).collect()
    };
    let mut lines = only_in(listed, offered, '-');
    lines.extend(only_in(offered, listed, '+'));
    lines
}

#[cfg(test)]
mod tests {
    use super::difference;

    #[test]
    fn lines_of_only_one_listing() {
        let listed = "pub fn a()\npub fn b()\npub fn c()\n";
        let offered = "pub fn a()\npub fn b() -> u8\npub fn c()\npub fn d()\n";
        let expected = ["- pub fn b()", "+ pub fn b() -> u8", "+ pub fn d()"];
        assert_eq!(difference(listed, offered), expected);
        assert!(difference(listed, listed).is_empty());
    }
}
