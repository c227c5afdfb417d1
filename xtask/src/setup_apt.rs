//! Installs packages of Debian and its kin.

use std::process::Command;

use crate::run::{Failure, answer, checked};

/// Installs `package` as root or through a `sudo` that asks nothing.
///
/// Where neither is possible the failure says `purpose` and what to install.
pub(crate) fn install(package: &str, purpose: &str) -> Result<(), Failure> {
    let Some(prefix) = prefix() else {
        return Err(Failure::new(format!(
            "{purpose} is missing: install it (Debian, Ubuntu: `apt-get install {package}`)"
        )));
    };
    checked(&mut apt_get(prefix, &["update", "--quiet"]))?;
    checked(&mut apt_get(
        prefix,
        &["install", "--yes", "--no-install-recommends", package],
    ))
}

/// What turns a command into one that root runs; `None` if nothing does, or without `apt-get`.
fn prefix() -> Option<&'static [&'static str]> {
    answer(Command::new("apt-get").arg("--version"))?;
    if answer(Command::new("id").arg("-u"))? == "0" {
        return Some(&[]);
    }
    answer(Command::new("sudo").args(["-n", "true"]))?;
    Some(&["sudo", "-n"])
}

fn apt_get(prefix: &[&str], arguments: &[&str]) -> Command {
    let mut command = Command::new("env");
    command
        .args(prefix)
        .args(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"])
        .args(arguments);
    command
}
