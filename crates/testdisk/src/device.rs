//! The disk itself: its files, whether it has power, and what is wrong with it.

use std::ffi::OsStr;

use fuser::Errno;

use crate::file::File;
use crate::luck::Luck;
use crate::tree::{Content, Node, Number, ROOT, Tree, permissions};

/// A disk, shared by whoever holds it and the file system that shows it.
#[derive(Debug)]
pub(crate) struct Device {
    tree: Tree,
    has_power: bool,
    fault: Option<Fault>,
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
    /// Every flush of the file of this name in the topmost folder fails (`EIO`), and the disk takes
    /// what it lost for written: the next flush is about what is written later.
    FlushLoses(&'static str),
}

/// What is to be changed of a file or folder.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attributes {
    pub(crate) mode: Option<u32>,
    pub(crate) user: Option<u32>,
    pub(crate) group: Option<u32>,
    pub(crate) length: Option<u64>,
}

/// What a request is about to do.
#[derive(Clone, Copy, Debug)]
enum Intent {
    Look,
    Change,
    Grow,
    Flush,
}

impl Device {
    pub(crate) fn new(tree: Tree) -> Device {
        Device {
            tree,
            has_power: true,
            fault: None,
        }
    }

    pub(crate) fn cut_power(&mut self) {
        self.has_power = false;
    }

    pub(crate) fn restore_power(&mut self, mut luck: Luck) {
        self.tree.lose_power(&mut luck);
        self.has_power = true;
        self.fault = None;
    }

    pub(crate) fn set_fault(&mut self, fault: Option<Fault>) {
        self.fault = fault;
    }

    pub(crate) fn flush_all(&mut self) {
        self.tree.flush_all();
    }

    /// What is there, to be looked at.
    pub(crate) fn tree(&self) -> Result<&Tree, Errno> {
        self.allows(Intent::Look)?;
        Ok(&self.tree)
    }

    pub(crate) fn add(
        &mut self,
        folder: Number,
        name: &OsStr,
        node: Node,
    ) -> Result<Number, Errno> {
        self.allows(Intent::Grow)?;
        match self.tree.find(folder, name) {
            Some(_) => Err(Errno::EEXIST),
            None => Ok(self.tree.add(folder, name, node)),
        }
    }

    pub(crate) fn remove(&mut self, folder: Number, name: &OsStr) -> Result<(), Errno> {
        self.allows(Intent::Change)?;
        let number = self.tree.find(folder, name).ok_or(Errno::ENOENT)?;
        let inside = self.tree.folder(number);
        if inside.is_some_and(|inside| !inside.entries.is_empty()) {
            return Err(Errno::ENOTEMPTY);
        }
        self.tree.remove(folder, name);
        Ok(())
    }

    pub(crate) fn rename(
        &mut self,
        from: (Number, &OsStr),
        to: (Number, &OsStr),
    ) -> Result<(), Errno> {
        self.allows(Intent::Change)?;
        self.tree.find(from.0, from.1).ok_or(Errno::ENOENT)?;
        self.tree.rename(from, to);
        Ok(())
    }

    pub(crate) fn set(&mut self, number: Number, wanted: Attributes) -> Result<(), Errno> {
        let length = self.tree.file(number).map(File::length);
        let grows = wanted.length > length && length.is_some();
        self.allows(if grows { Intent::Grow } else { Intent::Change })?;
        let node = self.tree.node_mut(number).ok_or(Errno::ENOENT)?;
        if let (Some(length), Content::File(file)) = (wanted.length, &mut node.content) {
            file.set_length(length);
        }
        let owner = &mut node.owner;
        owner.user = wanted.user.unwrap_or(owner.user);
        owner.group = wanted.group.unwrap_or(owner.group);
        owner.mode = wanted.mode.map_or(owner.mode, permissions);
        Ok(())
    }

    pub(crate) fn write(&mut self, number: Number, offset: u64, bytes: &[u8]) -> Result<(), Errno> {
        let length = self.tree.file(number).ok_or(Errno::ENOENT)?.length();
        let grows = offset + bytes.len() as u64 > length;
        self.allows(if grows { Intent::Grow } else { Intent::Change })?;
        let file = self.tree.file_mut(number).ok_or(Errno::ENOENT)?;
        file.write(offset, bytes);
        Ok(())
    }

    pub(crate) fn flush(&mut self, number: Number) -> Result<(), Errno> {
        self.allows(Intent::Flush)?;
        if let Some(Fault::FlushLoses(name)) = self.fault
            && self.tree.find(ROOT, OsStr::new(name)) == Some(number)
        {
            self.tree.file_mut(number).ok_or(Errno::ENOENT)?.lose();
            return Err(Errno::EIO);
        }
        match &self.tree.node(number).ok_or(Errno::ENOENT)?.content {
            Content::File(_) => self.tree.flush_file(number),
            Content::Folder(_) => self.tree.flush_folder(number),
        }
        Ok(())
    }

    fn allows(&self, intent: Intent) -> Result<(), Errno> {
        if !self.has_power {
            return Err(Errno::EIO);
        }
        match (self.fault, intent) {
            (Some(Fault::Full), Intent::Grow) => Err(Errno::ENOSPC),
            (Some(Fault::ReadOnly), Intent::Change | Intent::Grow) => Err(Errno::EROFS),
            (Some(Fault::FlushFails), Intent::Flush) => Err(Errno::EIO),
            _ => Ok(()),
        }
    }
}
