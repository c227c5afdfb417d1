//! A prompt to try commands at, in a folder of its own.

use std::fs;
use std::io::{self, BufRead as _, BufReader};
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

/// A program that is killed when this is dropped, also by a test that fails.
pub(crate) struct Running(Child);

impl Running {
    /// Reads its lines up to one that holds `text`.
    pub(crate) fn wait_for(&mut self, text: &str) {
        let mut lines = BufReader::new(self.0.stdout.take().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap().contains(text)), "{text}");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

const REGISTRATION: &str = "MSH|^~\\&|EHR|HARBOR|||20260302101500-0500||ADT^A28|1|P|2.5.1\r\
    EVN||20260302101500-0500\rPID|1||1001^^^HARBOR^MR||Okonkwo^Ada^Quill||19700101|F\r";

const RESULT: &str = "MSH|^~\\&|LAB|QUARRY LABS|||20260303101500-0500||ORU^R01|R-NUMBER|P|2.5.1\r\
    PID|1||1001^^^HARBOR^MR||Okonkwo^Ada^Quill||19700101|F\r\
    OBR|1|P-NUMBER|F-NUMBER|PANEL^A panel^L|||20260303091500-0500\r\
    OBX|1|NM|CODE||5|copies/mL|||||F|||20260303091500-0500\r";

/// A folder to work in, whose `cistern.db` is the database.
pub(crate) struct Prompt {
    pub(crate) folder: TempDir,
}

impl Prompt {
    pub(crate) fn new() -> Prompt {
        let folder = tempfile::tempdir().unwrap();
        Prompt { folder }
    }

    /// After a demo, so that there is something to look at.
    pub(crate) fn after_demo() -> Prompt {
        let prompt = Prompt::new();
        prompt.good(&["demo", "--database", "cistern.db"]);
        prompt
    }

    /// After a demo that sent one result for each of these OBX-3.
    pub(crate) fn after_results(codes: &[&str]) -> Prompt {
        let prompt = Prompt::new();
        prompt.write("messages/0.hl7", REGISTRATION);
        for (code, number) in codes.iter().zip(1..) {
            let result = RESULT.replace("NUMBER", &number.to_string());
            let file = format!("messages/{number}.hl7");
            prompt.write(&file, result.replace("CODE", code));
        }
        let demo = ["demo", "--database", "cistern.db", "--messages", "messages"];
        prompt.good(&demo);
        prompt
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap()
    }

    pub(crate) fn remove(&self, name: &str) {
        fs::remove_file(self.folder.path().join(name)).unwrap();
    }

    /// The names of what is in the folder, in order.
    pub(crate) fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let name = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string();
        let mut names: Vec<String> = entries.map(|entry| name(entry).unwrap()).collect();
        names.sort();
        names
    }

    /// What a command that succeeds prints.
    #[track_caller]
    pub(crate) fn good(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let complaint = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{complaint}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// What a command that fails complains of.
    #[track_caller]
    pub(crate) fn bad(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(String::from_utf8_lossy(&output.stdout), "");
        String::from_utf8(output.stderr).unwrap()
    }

    /// What a command that fails complains of on a machine that trusts no authorities.
    #[track_caller]
    pub(crate) fn bad_without_authorities(&self, arguments: &[&str]) -> String {
        self.write("none.pem", "");
        let mut command = self.command(env!("CARGO_BIN_EXE_cistern"), arguments);
        command
            .env("SSL_CERT_FILE", "none.pem")
            .env_remove("SSL_CERT_DIR");
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(env!("CARGO_BIN_EXE_cistern"), arguments)
            .output()
            .unwrap()
    }

    /// A command that goes on, and whose lines can be read.
    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        let mut command = self.command(env!("CARGO_BIN_EXE_cistern"), arguments);
        Running(command.stdout(Stdio::piped()).spawn().unwrap())
    }

    /// What a line prints that somebody copies to a shell.
    #[track_caller]
    pub(crate) fn shell(&self, line: &str) -> String {
        let program = env!("CARGO_BIN_EXE_cistern");
        let line = format!("cistern() {{ '{program}' \"$@\"; }}; {line}");
        let output = self.command("bash", &["-c", &line]).output().unwrap();
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_remove("CISTERN_DATABASE_URL");
        command
    }
}
