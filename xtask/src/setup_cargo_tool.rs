//! Finds or installs the commands that cargo does not bring along.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{Failure, answer, cargo, checked, workspace};

/// A program of crates.io.
pub(crate) struct CargoTool {
    name: &'static str,
    /// The release that is installed, and the oldest that is used where one is found.
    version: [u32; 3],
}

pub(crate) const CARGO_DENY: CargoTool = CargoTool {
    name: "cargo-deny",
    version: [0, 20, 2],
};

pub(crate) const CARGO_FUZZ: CargoTool = CargoTool {
    name: "cargo-fuzz",
    version: [0, 13, 2],
};

/// Reads the JSON of the toolchain's rustdoc: the two change together.
pub(crate) const CARGO_SEMVER_CHECKS: CargoTool = CargoTool {
    name: "cargo-semver-checks",
    version: [0, 51, 0],
};

impl CargoTool {
    /// The program: the one in `PATH` if it is new enough, else one of our own in `target/tools`.
    pub(crate) fn program(&self) -> Result<PathBuf, Failure> {
        let ours = workspace().join("target/tools/bin").join(self.name);
        for program in [PathBuf::from(self.name), ours.clone()] {
            if self.is_new_enough(&program) {
                return Ok(program);
            }
        }
        self.install()?;
        Ok(ours)
    }

    fn is_new_enough(&self, program: &Path) -> bool {
        answer(Command::new(program).arg("--version"))
            .and_then(|said| version(&said))
            .is_some_and(|version| version >= self.version)
    }

    /// Builds without optimisation: what the tools do takes a second either way, the build does
    /// not. Some ask for more in their manifests, so it is said for dependencies too.
    fn install(&self) -> Result<(), Failure> {
        let [major, minor, patch] = self.version;
        let mut command = cargo("install --locked --debug --root target/tools");
        command
            .arg(self.name)
            .arg(format!("--version={major}.{minor}.{patch}"))
            .args(["--config", r#"profile.dev.package."*".opt-level=0"#])
            .env("CARGO_PROFILE_DEV_DEBUG", "0");
        checked(&mut command)
    }
}

/// The version in `cargo-deny 0.20.2`.
fn version(said: &str) -> Option<[u32; 3]> {
    let (_, number) = said.split_once(' ')?;
    let mut parts = number.split('.').map(|part| part.parse().ok());
    Some([parts.next()??, parts.next()??, parts.next()??])
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
