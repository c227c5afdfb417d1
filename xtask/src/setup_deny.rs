//! Finds or installs cargo-deny.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{Failure, answer, cargo, checked, workspace};

/// The release that is installed, and the oldest that is used where one is found.
const VERSION: [u32; 3] = [0, 20, 2];

/// The program: the one in `PATH` if it is new enough, else one of our own in `target/tools`.
pub(crate) fn program() -> Result<PathBuf, Failure> {
    let ours = workspace().join("target/tools/bin/cargo-deny");
    for program in [PathBuf::from("cargo-deny"), ours.clone()] {
        if is_new_enough(&program) {
            return Ok(program);
        }
    }
    install()?;
    Ok(ours)
}

fn is_new_enough(program: &Path) -> bool {
    answer(Command::new(program).arg("--version"))
        .and_then(|said| version(&said))
        .is_some_and(|version| version >= VERSION)
}

/// The version in `cargo-deny 0.20.2`.
fn version(said: &str) -> Option<[u32; 3]> {
    let (_, number) = said.split_once(' ')?;
    let mut parts = number.split('.').map(|part| part.parse().ok());
    Some([parts.next()??, parts.next()??, parts.next()??])
}

/// Builds without optimisation: the check takes a second either way, the build does not.
fn install() -> Result<(), Failure> {
    let [major, minor, patch] = VERSION;
    let mut command = cargo("install cargo-deny --locked --debug --root target/tools");
    command
        .arg(format!("--version={major}.{minor}.{patch}"))
        .env("CARGO_PROFILE_DEV_DEBUG", "0");
    checked(&mut command)
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn version_of_an_answer() {
        let cases = [
            ("cargo-deny 0.20.2", Some([0, 20, 2])),
            ("cargo-deny 0.9", None),
            ("cargo-deny", None),
            ("cargo-deny x.y.z", None),
        ];
        for (said, expected) in cases {
            assert_eq!(version(said), expected, "{said}");
        }
    }
}
