//! The disk itself: its files, whether it has power, and what is wrong with it.

use crate::luck::Luck;
use crate::tree::Tree;

/// A disk, shared by whoever holds it and the file system that shows it.
#[derive(Debug)]
pub(crate) struct Device {
    pub(crate) tree: Tree,
    pub(crate) has_power: bool,
    pub(crate) fault: Option<Fault>,
}

/// What can be wrong with a disk that has power.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// No file grows any more, and none comes (`ENOSPC`).
    Full,
    /// Nothing can be written (`EROFS`).
    ReadOnly,
    /// Every flush fails (`EIO`).
    FlushFails,
}

impl Device {
    pub(crate) fn new(tree: Tree) -> Device {
        Device {
            tree,
            has_power: true,
            fault: None,
        }
    }

    pub(crate) fn lose_power(&mut self, mut luck: Luck) {
        self.tree.lose_power(&mut luck);
        self.has_power = true;
        self.fault = None;
    }
}
