//! What the kernel asks of the disk.

use std::ffi::OsStr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

use fuser::{
    Errno, FileAttr, FileHandle, FileType, Filesystem, FopenFlags, Generation, INodeNo, LockOwner,
    OpenFlags, RenameFlags, ReplyAttr, ReplyCreate, ReplyData, ReplyDirectory, ReplyEmpty,
    ReplyEntry, ReplyStatfs, ReplyWrite, Request, TimeOrNow, WriteFlags,
};

use crate::device::{Device, Fault};
use crate::file::File;
use crate::tree::{Content, Folder, Node, Number, Owner};

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

/// What a request is about to do.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Look,
    Change,
    Grow,
    Flush,
}

impl Requests {
    pub(crate) fn of(device: Arc<Mutex<Device>>) -> Requests {
        Requests { device }
    }

    /// The device, if it is able.
    fn device(&self, kind: Kind) -> Result<MutexGuard<'_, Device>, Errno> {
        let device = self.device.lock().unwrap_or_else(PoisonError::into_inner);
        if !device.has_power {
            return Err(Errno::EIO);
        }
        match (device.fault, kind) {
            (Some(Fault::Full), Kind::Grow) => Err(Errno::ENOSPC),
            (Some(Fault::ReadOnly), Kind::Change | Kind::Grow) => Err(Errno::EROFS),
            (Some(Fault::FlushFails), Kind::Flush) => Err(Errno::EIO),
            _ => Ok(device),
        }
    }

    fn find(&self, folder: Number, name: &OsStr) -> Result<FileAttr, Errno> {
        let device = self.device(Kind::Look)?;
        let number = device.tree.find(folder, name).ok_or(Errno::ENOENT)?;
        attributes(&device, number)
    }

    fn add(&self, folder: Number, name: &OsStr, node: Node) -> Result<FileAttr, Errno> {
        let mut device = self.device(Kind::Grow)?;
        if device.tree.find(folder, name).is_some() {
            return Err(Errno::EEXIST);
        }
        let number = device.tree.add(folder, name, node);
        attributes(&device, number)
    }

    fn remove(&self, folder: Number, name: &OsStr) -> Result<(), Errno> {
        let mut device = self.device(Kind::Change)?;
        let number = device.tree.find(folder, name).ok_or(Errno::ENOENT)?;
        let inside = device.tree.folder(number);
        if inside.is_some_and(|inside| !inside.entries.is_empty()) {
            return Err(Errno::ENOTEMPTY);
        }
        device.tree.remove(folder, name);
        Ok(())
    }

    fn rename(&self, from: (Number, &OsStr), to: (Number, &OsStr)) -> Result<(), Errno> {
        let mut device = self.device(Kind::Change)?;
        device.tree.find(from.0, from.1).ok_or(Errno::ENOENT)?;
        device.tree.rename(from, to);
        Ok(())
    }

    fn set(&self, number: Number, change: AttributeChange) -> Result<FileAttr, Errno> {
        let length = self.device(Kind::Look)?.tree.file(number).map(File::length);
        let kind = match (change.length, length) {
            (Some(wanted), Some(length)) if wanted > length => Kind::Grow,
            _ => Kind::Change,
        };
        let mut device = self.device(kind)?;
        if let (Some(length), Some(file)) = (change.length, device.tree.file_mut(number)) {
            file.set_length(length);
        }
        let node = device.tree.node_mut(number).ok_or(Errno::ENOENT)?;
        let owner = &mut node.owner;
        owner.user = change.user.unwrap_or(owner.user);
        owner.group = change.group.unwrap_or(owner.group);
        owner.mode = change.mode.map_or(owner.mode, permissions);
        attributes(&device, number)
    }

    fn write(&self, number: Number, offset: u64, bytes: &[u8]) -> Result<u32, Errno> {
        let device = self.device(Kind::Look)?;
        let length = device.tree.file(number).ok_or(Errno::ENOENT)?.length();
        drop(device);
        let grows = offset + bytes.len() as u64 > length;
        let mut device = self.device(if grows { Kind::Grow } else { Kind::Change })?;
        let file = device.tree.file_mut(number).ok_or(Errno::ENOENT)?;
        file.write(offset, bytes);
        u32::try_from(bytes.len()).map_err(|_| Errno::EINVAL)
    }

    fn flush(&self, number: Number) -> Result<(), Errno> {
        let mut device = self.device(Kind::Flush)?;
        match &device.tree.node(number).ok_or(Errno::ENOENT)?.content {
            Content::File(_) => device.tree.flush_file(number),
            Content::Folder(_) => device.tree.flush_folder(number),
        }
        Ok(())
    }
}

#[derive(Clone, Copy)]
struct AttributeChange {
    mode: Option<u32>,
    user: Option<u32>,
    group: Option<u32>,
    length: Option<u64>,
}

impl Filesystem for Requests {
    fn lookup(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEntry) {
        answer_entry(reply, self.find(parent.0, name));
    }

    fn getattr(&self, _: &Request, ino: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        let device = self.device(Kind::Look);
        answer_attributes(reply, device.and_then(|device| attributes(&device, ino.0)));
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
        let change = AttributeChange {
            mode,
            user,
            group,
            length,
        };
        answer_attributes(reply, self.set(ino.0, change));
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
        answer(reply, self.remove(parent.0, name));
    }

    fn rmdir(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        answer(reply, self.remove(parent.0, name));
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
        answer(
            reply,
            self.rename((parent.0, name), (new_parent.0, new_name)),
        );
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
        match self.device(Kind::Look) {
            Ok(device) => match device.tree.file(ino.0) {
                Some(file) => reply.data(file.read(offset, size as usize)),
                None => reply.error(Errno::ENOENT),
            },
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
        match self.write(ino.0, offset, data) {
            Ok(written) => reply.written(written),
            Err(error) => reply.error(error),
        }
    }

    /// At each closing, which promises nothing.
    fn flush(&self, _: &Request, _: INodeNo, _: FileHandle, _: LockOwner, reply: ReplyEmpty) {
        reply.ok();
    }

    fn fsync(&self, _: &Request, ino: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        answer(reply, self.flush(ino.0));
    }

    fn fsyncdir(&self, _: &Request, ino: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        answer(reply, self.flush(ino.0));
    }

    fn readdir(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        mut reply: ReplyDirectory,
    ) {
        let device = match self.device(Kind::Look) {
            Ok(device) => device,
            Err(error) => return reply.error(error),
        };
        let Some(folder) = device.tree.folder(ino.0) else {
            return reply.error(Errno::ENOENT);
        };
        let entries = (1..).zip(&folder.entries);
        for (place, (name, number)) in entries.skip_while(|(place, _)| *place <= offset) {
            let kind = device
                .tree
                .node(*number)
                .map_or(FileType::RegularFile, kind);
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

fn attributes(device: &Device, number: Number) -> Result<FileAttr, Errno> {
    let node = device.tree.node(number).ok_or(Errno::ENOENT)?;
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

fn permissions(mode: u32) -> u16 {
    u16::try_from(mode & 0o7777).unwrap_or_default()
}
