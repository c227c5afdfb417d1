//! The features of hl7: checks that it builds without them and with each alone.

use crate::run::{Failure, cargo, checked};
use crate::tree;

const MANIFEST: &str = "crates/hl7/Cargo.toml";

/// All of them, as `--features` wants them for the workspace.
///
/// `--all-features` would be those of the other packages too: other people's parsers in the
/// benchmarks.
pub(crate) fn all() -> Result<String, Failure> {
    let manifest = tree::read(MANIFEST)?;
    let names = features(&manifest).map(|feature| format!("cistern-hl7/{feature}"));
    Ok(names.collect::<Vec<_>>().join(","))
}

/// Nothing else builds hl7 with less than all of them.
pub(crate) fn check() -> Result<(), Failure> {
    let manifest = tree::read(MANIFEST)?;
    check_with("")?;
    features(&manifest).try_for_each(check_with)
}

fn check_with(feature: &str) -> Result<(), Failure> {
    let mut clippy = cargo("clippy --quiet -p cistern-hl7 --no-default-features");
    checked(clippy.args(["--features", feature, "--", "-D", "warnings"]))
}

/// The keys of the table `[features]` but `default`.
fn features(manifest: &str) -> impl Iterator<Item = &str> {
    manifest
        .lines()
        .skip_while(|line| *line != "[features]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| Some(line.split_once('=')?.0.trim()))
        .filter(|key| *key != "default" && !key.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::features;

    #[test]
    fn keys_of_the_table() {
        let manifest = "\
[package]
name = \"x\"

[features]
default = [\"one\"]
# Not a = key.
one = [\"dep:one\"]
two = []

[dependencies]
three = \"1\"
";
        let found: Vec<&str> = features(manifest).collect();
        assert_eq!(found, ["one", "two"]);
    }
}
