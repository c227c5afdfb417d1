//! Installs python-hl7 and hl7apy: senders that are not of our making.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{Failure, answer, checked, workspace};
use crate::setup_apt;

/// The releases that the tests were written against.
const PACKAGES: [&str; 2] = ["hl7==0.4.5", "hl7apy==1.3.5"];

/// The folder of `python` and `mllp_send`, installed in `target/venv`.
pub(crate) fn programs() -> Result<PathBuf, Failure> {
    let venv = workspace().join("target/venv");
    let programs = venv.join("bin");
    let pip = programs.join("pip");
    if answer(Command::new(&pip).arg("--version")).is_none() {
        make_venv(&venv)?;
    }
    if !is_current(&pip) {
        checked(
            Command::new(pip)
                .args(["install", "--quiet", "--disable-pip-version-check"])
                .args(PACKAGES),
        )?;
    }
    Ok(programs)
}

fn is_current(pip: &Path) -> bool {
    let installed =
        answer(Command::new(pip).args(["list", "--format=freeze", "--disable-pip-version-check"]));
    installed.is_some_and(|installed| {
        let has = |package| installed.lines().any(|line| line == package);
        PACKAGES.into_iter().all(has)
    })
}

fn make_venv(venv: &Path) -> Result<(), Failure> {
    let mut make = Command::new("python3");
    make.args(["-m", "venv", "--clear"]).arg(venv);
    // Debian's python3 comes without the module, and says so.
    if checked(&mut make).is_err() {
        setup_apt::install("python3-venv", "Python 3 with its module `venv`")?;
        checked(&mut make)?;
    }
    Ok(())
}
