//! Runs steps one after another and commands that must succeed.

use std::fmt;
use std::path::Path;
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::time::Instant;

/// The steps of one run: each is named and timed, and the first failure ends the run.
pub(crate) struct Steps {
    started: Instant,
    passed: u32,
}

impl Steps {
    pub(crate) fn start() -> Self {
        Self {
            started: Instant::now(),
            passed: 0,
        }
    }

    /// Runs `step`; its failure carries `name`.
    pub(crate) fn run<T>(
        &mut self,
        name: &str,
        step: impl FnOnce() -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        eprintln!("==> {name}");
        let started = Instant::now();
        let value = step().map_err(|failure| failure.in_step(name))?;
        eprintln!("    {:.1} s", started.elapsed().as_secs_f64());
        self.passed += 1;
        Ok(value)
    }

    /// Says how it went; to be called when every step has passed.
    pub(crate) fn finish(self) {
        let seconds = self.started.elapsed().as_secs_f64();
        eprintln!("{} steps passed in {seconds:.0} s", self.passed);
    }
}

/// Why a step did not pass, in a sentence, and the code to exit with.
#[derive(Debug)]
pub(crate) struct Failure {
    step: Option<String>,
    sentence: String,
    code: u8,
}

impl Failure {
    pub(crate) fn new(sentence: impl Into<String>) -> Self {
        Self {
            step: None,
            sentence: sentence.into(),
            code: 1,
        }
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.code)
    }

    fn of(command: &Command, status: ExitStatus) -> Self {
        let code = status.code().and_then(|code| u8::try_from(code).ok());
        Self {
            code: code.unwrap_or(1),
            ..Self::new(format!("`{}`: {status}", line(command)))
        }
    }

    fn in_step(self, name: &str) -> Self {
        let step = self.step.or_else(|| Some(name.to_owned()));
        Self { step, ..self }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.step {
            Some(step) => write!(f, "step \"{step}\" failed: {}", self.sentence),
            None => f.write_str(&self.sentence),
        }
    }
}

/// Runs `command`, whose output is seen, and demands success.
pub(crate) fn checked(command: &mut Command) -> Result<(), Failure> {
    let status = command
        .status()
        .map_err(|error| Failure::new(format!("`{}`: {error}", line(command))))?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::of(command, status))
}

/// Like [`checked`] for a command that writes much to its standard error: lines that begin with
/// `mark` are shown, and all of them where it fails.
pub(crate) fn checked_figures(command: &mut Command, mark: &str) -> Result<(), Failure> {
    let output = command
        .stdout(Stdio::inherit())
        .output()
        .map_err(|error| Failure::new(format!("`{}`: {error}", line(command))))?;
    let succeeded = output.status.success();
    for line in String::from_utf8_lossy(&output.stderr).lines() {
        if !succeeded || line.starts_with(mark) {
            eprintln!("{line}");
        }
    }
    if succeeded {
        return Ok(());
    }
    Err(Failure::of(command, output.status))
}

/// What `command` prints; `None` when it cannot run or fails.
pub(crate) fn answer(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// `cargo ARGUMENTS`, in the workspace; `arguments` are separated by spaces.
pub(crate) fn cargo(arguments: &str) -> Command {
    let mut command = Command::new("cargo");
    command
        .args(arguments.split_whitespace())
        .current_dir(workspace());
    command
}

/// The folder that holds the workspace's `Cargo.toml`.
pub(crate) fn workspace() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package)
}

/// A number that somebody gave with an option; 0 would have nothing run, or run it without end.
pub(crate) fn at_least_one(option: &str, text: &str) -> Result<u32, Failure> {
    let number = text.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| {
        Failure::new(format!(
            "{option} takes a number of at least 1, not {text:?}"
        ))
    })
}

fn line(command: &Command) -> String {
    let program = command.get_program().display().to_string();
    let arguments = command
        .get_args()
        .map(|argument| argument.display().to_string());
    let words: Vec<String> = std::iter::once(program).chain(arguments).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::at_least_one;

    #[test]
    fn a_number_is_at_least_one() {
        assert_eq!(at_least_one("--seconds", "20").unwrap(), 20);
        for wrong in ["0", "-1", "1.5", "", "x", "4294967296"] {
            let expected = format!("--seconds takes a number of at least 1, not {wrong:?}");
            let error = at_least_one("--seconds", wrong).unwrap_err();
            assert_eq!(error.to_string(), expected);
        }
    }
}
