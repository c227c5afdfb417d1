//! Programs of the workspace as processes of their own, which a test may kill.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

/// A program that says nothing for so long has failed the test.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running program with a configuration file of its own; killed when dropped.
#[derive(Debug)]
pub(crate) struct Program {
    child: Child,
    lines: Receiver<Vec<u8>>,
    output: Vec<u8>,
    _folder: TempDir,
}

impl Program {
    /// Starts `executable` with the text of a `cistern.toml` and these environment variables.
    #[track_caller]
    pub(crate) fn start(executable: &str, config: &str, environment: &[(&str, &str)]) -> Program {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("cistern.toml");
        fs::write(&file, config).expect("a configuration file");
        let mut child = Command::new(executable)
            .arg("--config")
            .arg(&file)
            .env_remove("RUST_LOG")
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{executable}: {error}"));
        let (sender, lines) = channel();
        forward(child.stdout.take(), sender.clone());
        forward(child.stderr.take(), sender);
        Program {
            child,
            lines,
            output: Vec::new(),
            _folder: folder,
        }
    }

    /// Waits for a line of output that contains `text`, and returns it.
    #[track_caller]
    pub(crate) fn wait_for(&mut self, text: &str) -> String {
        loop {
            let Ok(line) = self.lines.recv_timeout(PATIENCE) else {
                let output = String::from_utf8_lossy(&self.output);
                panic!("the program did not say {text:?}, but:\n{output}");
            };
            self.output.extend(&line);
            let line = String::from_utf8_lossy(&line);
            if line.contains(text) {
                return line.into_owned();
            }
        }
    }

    /// The number of its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it at once with SIGKILL.
    pub(crate) fn kill(mut self) {
        self.kill_now();
    }

    /// The same for a program that is replaced later.
    pub(crate) fn kill_now(&mut self) {
        self.child.kill().expect("a process to kill");
        self.ended();
    }

    /// Waits for it to end.
    pub(crate) fn ended(&mut self) {
        self.child.wait().expect("an end");
    }

    /// Asks it to end with SIGTERM, waits, and returns how it ended and all that it wrote.
    pub(crate) fn terminate(mut self) -> (ExitStatus, Vec<u8>) {
        let process = self.child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &process]).status();
        assert!(asked.expect("kill").success(), "kill -TERM");
        let status = self.child.wait().expect("an end");
        let mut output = std::mem::take(&mut self.output);
        output.extend(self.lines.iter().flatten());
        (status, output)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// The program of this name that lies beside another. `cargo xtask test` builds all; by hand cargo
/// builds only what is asked for, so it is asked here.
pub(crate) fn sibling(program: &str, name: &str) -> String {
    if env::var_os("CISTERN_REQUIRE_ALL").is_none() {
        let build = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--package", name])
            .status();
        assert!(build.unwrap().success(), "cargo build");
    }
    let path = Path::new(program).with_file_name(name);
    path.display().to_string()
}

/// Reads without pause, so that the program never waits for its reader.
fn forward(output: Option<impl Read + Send + 'static>, lines: Sender<Vec<u8>>) {
    let Some(output) = output else { return };
    thread::spawn(move || {
        let mut output = BufReader::new(output);
        loop {
            let mut line = Vec::new();
            match output.read_until(b'\n', &mut line) {
                Ok(1..) if lines.send(line).is_ok() => {}
                _ => return,
            }
        }
    });
}
