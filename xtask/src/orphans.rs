//! Checks that some module declares every `.rs` file: the compiler never sees the others.

use std::path::{Path, PathBuf};

use crate::run::Failure;
use crate::tree::{self, Files};

pub(crate) fn check() -> Result<(), Failure> {
    let files = tree::files(".rs")?;
    let orphans = orphans(&files);
    if orphans.is_empty() {
        return Ok(());
    }
    let orphans: Vec<String> = orphans
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    Err(Failure::new(format!(
        "no module declares these files: {}",
        orphans.join(", ")
    )))
}

fn orphans(files: &Files) -> Vec<&Path> {
    let paths = files.keys().map(PathBuf::as_path);
    paths
        .filter(|path| !is_root(path) && !is_declared(path, files) && !is_pointed_at(path, files))
        .collect()
}

/// Where cargo looks for a target without being told. `lib.rs` counts wherever it lies, since
/// a manifest may name it.
fn is_root(path: &Path) -> bool {
    let in_folder = |name| path.parent().is_some_and(|folder| folder.ends_with(name));
    let in_sources = path.components().any(|part| part.as_os_str() == "src");
    ["lib.rs", "main.rs", "build.rs"]
        .iter()
        .any(|name| path.ends_with(name))
        || ["tests", "benches", "examples"]
            .iter()
            .any(|name| !in_sources && in_folder(*name))
        || in_folder("src/bin")
}

/// Whether a file that may declare `path` does so with `mod NAME;`.
fn is_declared(path: &Path, files: &Files) -> bool {
    // The module a/b is a/b.rs or a/b/mod.rs, and a declares it: a.rs, a/mod.rs or a root in a/.
    let stem = path.with_extension("");
    let module = if stem.ends_with("mod") {
        stem.parent()
    } else {
        Some(stem.as_path())
    };
    let Some((module, name)) = module.and_then(|module| Some((module, module.file_name()?))) else {
        return false;
    };
    let Some(parent) = module.parent() else {
        return false;
    };
    let declaration = format!("mod {};", name.display());
    files.iter().any(|(file, text)| {
        let in_parent =
            file.parent() == Some(parent) && (is_root(file) || file.ends_with("mod.rs"));
        (in_parent || file.with_extension("") == parent)
            && text.lines().any(|line| declares(line, &declaration))
    })
}

/// Whether a `#[path = "…"]` of some file names `path`.
fn is_pointed_at(path: &Path, files: &Files) -> bool {
    let names = |file: &Path, line: &str| {
        let line = line.trim().strip_prefix("#[path = \"");
        let relative = line.and_then(|line| line.strip_suffix("\"]"));
        relative.is_some_and(|relative| beside(file, relative) == path)
    };
    files
        .iter()
        .any(|(file, text)| text.lines().any(|line| names(file, line)))
}

/// A path that is written as seen from the folder of a file.
fn beside(file: &Path, relative: &str) -> PathBuf {
    let mut path = file.parent().map_or_else(PathBuf::new, Path::to_path_buf);
    for part in Path::new(relative) {
        if part == ".." {
            path.pop();
        } else {
            path.push(part);
        }
    }
    path
}

fn declares(line: &str, declaration: &str) -> bool {
    let Some(before) = line.trim().strip_suffix(declaration) else {
        return false;
    };
    let before = before.trim();
    before.is_empty() || before == "pub" || (before.starts_with("pub(") && before.ends_with(')'))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::orphans;
    use crate::tree::Files;

    #[test]
    fn files_that_no_module_declares() {
        let files: Files = [
            (
                "crates/a/src/lib.rs",
                "mod one;\npub(crate) mod two;\n// mod gone;\nmod common;",
            ),
            ("crates/a/src/one.rs", "#[cfg(test)]\nmod tests;"),
            ("crates/a/src/one/tests.rs", ""),
            ("crates/a/src/one/gone.rs", ""),
            ("crates/a/src/two/mod.rs", "pub mod three;"),
            ("crates/a/src/two/three.rs", ""),
            ("crates/a/src/gone.rs", "mod child;"),
            ("crates/a/src/tests/gone.rs", ""),
            ("crates/a/src/bin/tool.rs", ""),
            ("crates/a/src/two.rs/odd.rs", ""),
            ("crates/a/tests/contract.rs", "mod common;"),
            ("crates/a/tests/common/mod.rs", ""),
            ("crates/a/tests/other/mod.rs", ""),
            ("crates/a/examples/echo.rs", ""),
            ("crates/b/src/one.rs", ""),
        ]
        .map(|(path, text)| (PathBuf::from(path), text.to_owned()))
        .into();
        let expected = [
            "crates/a/src/gone.rs",
            "crates/a/src/one/gone.rs",
            "crates/a/src/tests/gone.rs",
            "crates/a/src/two.rs/odd.rs",
            "crates/a/tests/other/mod.rs",
            "crates/b/src/one.rs",
        ];
        let found: Vec<_> = orphans(&files)
            .iter()
            .map(|path| path.to_str().unwrap())
            .collect();
        assert_eq!(found, expected);
    }
}
