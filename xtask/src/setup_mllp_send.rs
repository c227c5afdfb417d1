//! Installs `mllp_send` of python-hl7: a sender that is not of our making.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{Failure, answer, checked, workspace};
use crate::setup_apt;

/// The release of python-hl7 that the tests were written against.
const VERSION: &str = "0.4.5";

/// The program, installed in `target/venv`.
pub(crate) fn program() -> Result<PathBuf, Failure> {
    let venv = workspace().join("target/venv");
    let program = venv.join("bin/mllp_send");
    if !is_current(&program) {
        make_venv(&venv)?;
        checked(
            Command::new(venv.join("bin/pip"))
                .args(["install", "--quiet", "--disable-pip-version-check"])
                .arg(format!("hl7=={VERSION}")),
        )?;
    }
    Ok(program)
}

fn is_current(program: &Path) -> bool {
    answer(Command::new(program).arg("--version")).is_some_and(|said| said.contains(VERSION))
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
