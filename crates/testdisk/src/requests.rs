//! What the kernel asks of the disk.

use std::ffi::OsStr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

use fuser::{
    Errno, FileAttr, FileHandle, FileType, Filesystem, FopenFlags, Generation, INodeNo, LockOwner,
    OpenFlags, RenameFlags, ReplyAttr, ReplyCreate, ReplyData, ReplyDirectory, ReplyEmpty,
    ReplyEntry, ReplyStatfs, ReplyWrite, Request, TimeOrNow, WriteFlags,
};

use crate::device::{Attributes, Device};
use crate::file::File;
use crate::tree::{Content, Folder, Node, Number, Owner, Tree, permissions};

/// Nobody but the kernel changes the files, so what it knows of them stays true.
const FOREVER: Duration = Duration::from_hours(1);
const BLOCK: u32 = 4_096;
/// What the disk says is free, in blocks: 64 GiB.
const BLOCKS_FREE: u64 = 16 << 20;

/// A device as a file system.
#[derive(Debug)]
pub(crate) struct Requests {
    device: Arc<Mutex<Device>>,
}

impl Requests {
    pub(crate) fn of(device: Arc<Mutex<Device>>) -> Requests {
        Requests { device }
    }

    fn device(&self) -> MutexGuard<'_, Device> {
        self.device.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, folder: Number, name: &OsStr) -> Result<FileAttr, Errno> {
        let device = self.device();
        let tree = device.tree()?;
        attributes(tree, tree.find(folder, name).ok_or(Errno::ENOENT)?)
    }

    fn add(&self, folder: Number, name: &OsStr, node: Node) -> Result<FileAttr, Errno> {
        let mut device = self.device();
        let number = device.add(folder, name, node)?;
        attributes(device.tree()?, number)
    }

    fn set(&self, number: Number, wanted: Attributes) -> Result<FileAttr, Errno> {
        let mut device = self.device();
        device.set(number, wanted)?;
        attributes(device.tree()?, number)
    }
}

impl Filesystem for Requests {
    fn lookup(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEntry) {
        answer_entry(reply, self.find(parent.0, name));
    }

    fn getattr(&self, _: &Request, ino: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        let device = self.device();
        let tree = device.tree();
        answer_attributes(reply, tree.and_then(|tree| attributes(tree, ino.0)));
    }

    fn setattr(
        &self,
        _: &Request,
        ino: INodeNo,
        mode: Option<u32>,
        user: Option<u32>,
        group: Option<u32>,
        length: Option<u64>,
        _: Option<TimeOrNow>,
        _: Option<TimeOrNow>,
        _: Option<std::time::SystemTime>,
        _: Option<FileHandle>,
        _: Option<std::time::SystemTime>,
        _: Option<std::time::SystemTime>,
        _: Option<std::time::SystemTime>,
        _: Option<fuser::BsdFileFlags>,
        reply: ReplyAttr,
    ) {
        let wanted = Attributes {
            mode,
            user,
            group,
            length,
        };
        answer_attributes(reply, self.set(ino.0, wanted));
    }

    fn mkdir(
        &self,
        request: &Request,
        parent: INodeNo,
        name: &OsStr,
        mode: u32,
        umask: u32,
        reply: ReplyEntry,
    ) {
        let content = Content::Folder(Folder::default());
        let owner = owner(request, mode & !umask);
        answer_entry(reply, self.add(parent.0, name, Node { owner, content }));
    }

    fn create(
        &self,
        request: &Request,
        parent: INodeNo,
        name: &OsStr,
        mode: u32,
        umask: u32,
        _: i32,
        reply: ReplyCreate,
    ) {
        let content = Content::File(File::default());
        let owner = owner(request, mode & !umask);
        match self.add(parent.0, name, Node { owner, content }) {
            Ok(attributes) => reply.created(
                &FOREVER,
                &attributes,
                Generation(0),
                FileHandle(0),
                FopenFlags::empty(),
            ),
            Err(error) => reply.error(error),
        }
    }

    fn unlink(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        answer(reply, self.device().remove(parent.0, name));
    }

    fn rmdir(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        answer(reply, self.device().remove(parent.0, name));
    }

    fn rename(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        new_parent: INodeNo,
        new_name: &OsStr,
        flags: RenameFlags,
        reply: ReplyEmpty,
    ) {
        if !flags.is_empty() {
            return reply.error(Errno::EINVAL);
        }
        let (from, to) = ((parent.0, name), (new_parent.0, new_name));
        answer(reply, self.device().rename(from, to));
    }

    fn read(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        size: u32,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyData,
    ) {
        let device = self.device();
        let file = device.tree().map(|tree| tree.file(ino.0));
        match file {
            Ok(Some(file)) => reply.data(file.read(offset, size as usize)),
            Ok(None) => reply.error(Errno::ENOENT),
            Err(error) => reply.error(error),
        }
    }

    fn write(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        data: &[u8],
        _: WriteFlags,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyWrite,
    ) {
        let written = self.device().write(ino.0, offset, data);
        match written.and(u32::try_from(data.len()).map_err(|_| Errno::EINVAL)) {
            Ok(length) => reply.written(length),
            Err(error) => reply.error(error),
        }
    }

    /// At each closing, which promises nothing.
    fn flush(&self, _: &Request, _: INodeNo, _: FileHandle, _: LockOwner, reply: ReplyEmpty) {
        reply.ok();
    }

    fn fsync(&self, _: &Request, ino: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        answer(reply, self.device().flush(ino.0));
    }

    fn fsyncdir(&self, _: &Request, ino: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        answer(reply, self.device().flush(ino.0));
    }

    fn readdir(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        mut reply: ReplyDirectory,
    ) {
        let device = self.device();
        let tree = match device.tree() {
            Ok(tree) => tree,
            Err(error) => return reply.error(error),
        };
        let Some(folder) = tree.folder(ino.0) else {
            return reply.error(Errno::ENOENT);
        };
        let entries = (1..).zip(&folder.entries);
        for (place, (name, number)) in entries.skip_while(|(place, _)| *place <= offset) {
            let kind = tree.node(*number).map_or(FileType::RegularFile, kind);
            if reply.add(INodeNo(*number), place, kind, name) {
                break;
            }
        }
        reply.ok();
    }

    fn statfs(&self, _: &Request, _: INodeNo, reply: ReplyStatfs) {
        let free = BLOCKS_FREE;
        reply.statfs(free, free, free, free, free, BLOCK, 255, BLOCK);
    }
}

fn answer(reply: ReplyEmpty, done: Result<(), Errno>) {
    match done {
        Ok(()) => reply.ok(),
        Err(error) => reply.error(error),
    }
}

fn answer_entry(reply: ReplyEntry, found: Result<FileAttr, Errno>) {
    match found {
        Ok(attributes) => reply.entry(&FOREVER, &attributes, Generation(0)),
        Err(error) => reply.error(error),
    }
}

fn answer_attributes(reply: ReplyAttr, found: Result<FileAttr, Errno>) {
    match found {
        Ok(attributes) => reply.attr(&FOREVER, &attributes),
        Err(error) => reply.error(error),
    }
}

fn attributes(tree: &Tree, number: Number) -> Result<FileAttr, Errno> {
    let node = tree.node(number).ok_or(Errno::ENOENT)?;
    let size = match &node.content {
        Content::File(file) => file.length(),
        Content::Folder(_) => u64::from(BLOCK),
    };
    Ok(FileAttr {
        ino: INodeNo(number),
        size,
        blocks: size.div_ceil(512),
        atime: UNIX_EPOCH,
        mtime: UNIX_EPOCH,
        ctime: UNIX_EPOCH,
        crtime: UNIX_EPOCH,
        kind: kind(node),
        perm: node.owner.mode,
        nlink: 1,
        uid: node.owner.user,
        gid: node.owner.group,
        rdev: 0,
        blksize: BLOCK,
        flags: 0,
    })
}

fn kind(node: &Node) -> FileType {
    match node.content {
        Content::File(_) => FileType::RegularFile,
        Content::Folder(_) => FileType::Directory,
    }
}

fn owner(request: &Request, mode: u32) -> Owner {
    Owner {
        user: request.uid(),
        group: request.gid(),
        mode: permissions(mode),
    }
}
