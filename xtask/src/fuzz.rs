//! `cargo xtask fuzz`: inputs that a fuzzer makes up, against what must hold for any input.
//!
//! What the fuzzer learns stays in `target/fuzz/corpus`, so that each run goes on from the last.
//! An input that fails is written to `target/fuzz/artifacts`; it belongs in
//! `testdata/regressions/TARGET`, where a plain test replays it.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{Failure, at_least_one, checked_figures, workspace};
use crate::setup_cargo_tool::CARGO_FUZZ;

/// How long a target runs where nobody says.
pub(crate) const SECONDS: &str = "20";

/// The longest input that is made up, in bytes.
const INPUT_BYTES_MAX: usize = 4300;
/// An input that takes longer, in seconds, counts as endless.
const INPUT_SECONDS_MAX: usize = 10;
/// What a target may use, in MiB.
const MEMORY_MAX: usize = 2048;

/// A folder `fuzz`, and whether its targets can start from messages.
struct Project {
    folder: &'static str,
    reads_messages: bool,
}

const PROJECTS: [Project; 2] = [
    Project {
        folder: "crates/hl7/fuzz",
        reads_messages: true,
    },
    Project {
        folder: "crates/mllp/fuzz",
        reads_messages: false,
    },
];

/// Runs the named targets, or all if none is named, one after another.
pub(crate) fn run(seconds: &str, wanted: &[&str]) -> Result<(), Failure> {
    let seconds = at_least_one("--seconds", seconds)?;
    let targets = targets()?;
    if let Some(name) = named_twice(&targets) {
        return Err(Failure::new(format!(
            "there are two targets {name}, and one folder for what they find"
        )));
    }
    if let Some(unknown) = wanted
        .iter()
        .find(|name| !targets.iter().any(|(_, target)| target == *name))
    {
        let known: Vec<&str> = targets.iter().map(|(_, target)| target.as_str()).collect();
        let known = known.join(", ");
        return Err(Failure::new(format!(
            "no target {unknown}; there are {known}"
        )));
    }
    let cargo_fuzz = CARGO_FUZZ.program()?;
    for (project, target) in &targets {
        if wanted.is_empty() || wanted.contains(&target.as_str()) {
            project.fuzz(target, seconds, &cargo_fuzz)?;
        }
    }
    Ok(())
}

/// Runs all targets but these.
pub(crate) fn run_others(seconds: &str, unwanted: &[&str]) -> Result<(), Failure> {
    let targets = targets()?;
    let names = targets.iter().map(|(_, name)| name.as_str());
    let others: Vec<&str> = names.filter(|name| !unwanted.contains(name)).collect();
    run(seconds, &others)
}

/// A target with the project that it belongs to.
type Target = (&'static Project, String);

/// Every target: a file of `fuzz/targets`, by name.
fn targets() -> Result<Vec<Target>, Failure> {
    let mut targets = Vec::new();
    for project in &PROJECTS {
        let folder = workspace().join(project.folder).join("targets");
        let unreadable = |error| Failure::new(format!("{}: {error}", folder.display()));
        for file in fs::read_dir(&folder).map_err(unreadable)? {
            let path = file.map_err(unreadable)?.path();
            if let Some(name) = path.file_stem() {
                targets.push((project, name.to_string_lossy().into_owned()));
            }
        }
    }
    targets.sort_by(|(_, one), (_, other)| one.cmp(other));
    Ok(targets)
}

fn named_twice(sorted: &[Target]) -> Option<&str> {
    let mut neighbours = sorted.iter().zip(sorted.iter().skip(1));
    let twice = neighbours.find(|((_, one), (_, next))| one == next);
    twice.map(|((_, name), _)| name.as_str())
}

impl Project {
    fn fuzz(&self, target: &str, seconds: u32, cargo_fuzz: &Path) -> Result<(), Failure> {
        let learnt = Path::new("target/fuzz/corpus").join(target);
        let failed = Path::new("target/fuzz/artifacts").join(target);
        for folder in [&learnt, &failed] {
            let folder = workspace().join(folder);
            fs::create_dir_all(&folder)
                .map_err(|error| Failure::new(format!("{}: {error}", folder.display())))?;
        }
        eprintln!("{target}, {seconds} s");
        let mut command = Command::new(cargo_fuzz);
        command
            .args([
                "fuzz",
                "run",
                "--sanitizer=none",
                "--target-dir=target/fuzz",
            ])
            .args(["--fuzz-dir", self.folder, target])
            .arg(learnt)
            .args(self.seeds(target))
            .arg("--")
            .arg(format!("-dict={}/tokens.dict", self.folder))
            .arg(format!("-artifact_prefix={}/", failed.display()))
            .arg(format!("-max_total_time={seconds}"))
            .arg(format!("-max_len={INPUT_BYTES_MAX}"))
            .arg(format!("-timeout={INPUT_SECONDS_MAX}"))
            .arg(format!("-rss_limit_mb={MEMORY_MAX}"))
            .args(["-verbosity=0", "-print_final_stats=1"])
            .current_dir(workspace());
        checked_figures(&mut command, "stat::")
    }

    /// The folders that hold inputs to start from.
    fn seeds(&self, target: &str) -> Vec<PathBuf> {
        let mut folders = vec![
            Path::new(self.folder).join("seeds").join(target),
            Path::new("testdata/regressions").join(target),
        ];
        if self.reads_messages {
            let corpus = env::var_os("CISTERN_CORPUS");
            let corpus = corpus.unwrap_or_else(|| OsString::from("../shared/corpus"));
            folders.push(PathBuf::from("testdata/messages"));
            folders.push(PathBuf::from(corpus).join("messages"));
        }
        folders.retain(|folder| workspace().join(folder).is_dir());
        folders
    }
}

#[cfg(test)]
mod tests {
    use super::{PROJECTS, named_twice, targets};

    #[test]
    fn a_name_is_that_of_one_target() {
        assert_eq!(named_twice(&targets().unwrap()), None);
        let [one, other] = &PROJECTS;
        let named = [(one, "a"), (one, "b"), (other, "b")];
        let named = named.map(|(project, name)| (project, name.to_owned()));
        assert_eq!(named_twice(&named), Some("b"));
    }
}
