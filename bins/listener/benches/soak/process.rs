//! What a process uses of the machine, as Linux tells in `/proc`.

use std::fs;
use std::path::PathBuf;

/// A running process.
#[derive(Debug)]
pub(crate) struct Process {
    folder: PathBuf,
}

impl Process {
    /// Only Linux tells.
    pub(crate) fn can_be_watched() -> bool {
        fs::exists("/proc/self/status").unwrap_or_default()
    }

    pub(crate) fn of(id: u32) -> Process {
        Process {
            folder: PathBuf::from(format!("/proc/{id}")),
        }
    }

    /// The memory that it has of the machine's, in KiB.
    pub(crate) fn memory_kib(&self) -> u64 {
        self.status("VmRSS:")
    }

    pub(crate) fn threads(&self) -> u64 {
        self.status("Threads:")
    }

    /// How many files, sockets and the like it has open.
    pub(crate) fn handles(&self) -> usize {
        fs::read_dir(self.folder.join("fd")).unwrap().count()
    }

    fn status(&self, name: &str) -> u64 {
        let status = fs::read_to_string(self.folder.join("status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let number = line.and_then(|line| line.split_whitespace().next());
        number.expect("a line of the status").parse().unwrap()
    }
}

/// How many handles this process may have; its children may have as many.
pub(crate) fn handles_max() -> usize {
    let limits = fs::read_to_string("/proc/self/limits").unwrap();
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number
        .and_then(|number| number.parse().ok())
        .unwrap_or(usize::MAX)
}
