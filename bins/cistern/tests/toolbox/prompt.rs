//! A prompt to try commands at, in a folder of its own.

use std::fs;
use std::process::{Command, Output};

use tempfile::TempDir;

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

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
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

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_cistern"))
            .args(arguments)
            .current_dir(self.folder.path())
            .env_remove("CISTERN_DATABASE_URL")
            .output()
            .unwrap()
    }
}
