//! Installs node-hl7-client: a sender that is not of our making.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{Failure, answer, checked, workspace};
use crate::setup_apt;

const PACKAGE: &str = "node-hl7-client";
/// The release that the tests were written against; it depends on no other package.
const VERSION: &str = "3.2.0";

/// The folder of the package, installed in `target/node`.
pub(crate) fn modules() -> Result<PathBuf, Failure> {
    let folder = workspace().join("target/node");
    let modules = folder.join("node_modules");
    find_node()?;
    if !is_current(&modules) {
        fs::create_dir_all(&folder)
            .map_err(|error| Failure::new(format!("{}: {error}", folder.display())))?;
        checked(
            Command::new("npm")
                .args(["install", "--silent", "--no-audit", "--no-fund"])
                .args(["--no-save", "--no-package-lock", "--ignore-scripts"])
                .arg(format!("{PACKAGE}@{VERSION}"))
                .arg("--prefix")
                .arg(&folder),
        )?;
    }
    Ok(modules)
}

fn find_node() -> Result<(), Failure> {
    let runs = |program| answer(Command::new(program).arg("--version")).is_some();
    if runs("node") && runs("npm") {
        return Ok(());
    }
    setup_apt::install("npm", "Node.js with npm")
}

fn is_current(modules: &Path) -> bool {
    let manifest = modules.join(PACKAGE).join("package.json");
    let print = "console.log(require(process.argv[1]).version)";
    answer(Command::new("node").args(["-e", print]).arg(manifest)).is_some_and(|it| it == VERSION)
}
