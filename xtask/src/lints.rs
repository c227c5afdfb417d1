//! Checks that every package of the workspace takes part in its lints.

use std::path::Path;

use crate::run::Failure;
use crate::tree;

pub(crate) fn check() -> Result<(), Failure> {
    let manifests = tree::files("Cargo.toml")?;
    let deaf: Vec<String> = manifests
        .iter()
        .filter(|(path, text)| *path != Path::new("Cargo.toml") && !inherits(text))
        .map(|(path, _)| path.display().to_string())
        .collect();
    if deaf.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "these do not say `[lints] workspace = true`: {}",
        deaf.join(", ")
    )))
}

fn inherits(manifest: &str) -> bool {
    let mut lines = manifest
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty());
    lines.any(|line| line == "[lints]") && lines.next() == Some("workspace = true")
}

#[cfg(test)]
mod tests {
    use super::inherits;

    #[test]
    fn only_the_table_with_its_key_counts() {
        assert!(inherits(
            "[package]\nname = \"x\"\n\n[lints]\nworkspace = true\n"
        ));
        assert!(!inherits("[package]\nversion.workspace = true\n"));
        assert!(!inherits(
            "[lints.rust]\n\n[dependencies]\nworkspace = true\n"
        ));
        assert!(!inherits("[lints]\n\n[x]\nworkspace = true\n"));
    }
}
