//! The disk as programs meet it: what survives a power cut, and what they are told of faults.
#![cfg(test)]
#![cfg(target_os = "linux")]

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use cistern_testdisk::{Disk, Fault, Unflushed};

/// A file with flushed bytes under a flushed name.
fn keep(disk: &Disk, name: &str, bytes: &[u8]) {
    fs::write(disk.path().join(name), bytes).unwrap();
    flush(&disk.path().join(name));
    flush(disk.path());
}

fn flush(path: &Path) {
    File::open(path).unwrap().sync_all().unwrap();
}

fn names(disk: &Disk) -> Vec<String> {
    let entries = fs::read_dir(disk.path()).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn what_was_flushed_is_there_after_a_cut_and_nothing_else() {
    let Some(mut disk) = Disk::mount_or_skip() else {
        return;
    };
    keep(&disk, "a", b"one");
    keep(&disk, "b", b"gone");
    let mut file = OpenOptions::new()
        .append(true)
        .open(disk.path().join("a"))
        .unwrap();
    file.write_all(b" two").unwrap();
    file.sync_data().unwrap();
    file.write_all(b" three").unwrap();
    fs::write(disk.path().join("new"), "flushed, but not its name").unwrap();
    flush(&disk.path().join("new"));
    fs::remove_file(disk.path().join("b")).unwrap();
    assert_eq!(fs::read(disk.path().join("a")).unwrap(), b"one two three");
    assert_eq!(names(&disk), ["a", "new"]);

    disk.cut_power();
    assert_eq!(file.sync_all().unwrap_err().raw_os_error(), Some(5));
    drop(file);
    disk.restore_power(Unflushed::Lost).unwrap();
    assert_eq!(names(&disk), ["a", "b"]);
    assert_eq!(fs::read(disk.path().join("a")).unwrap(), b"one two");
    assert_eq!(fs::read(disk.path().join("b")).unwrap(), b"gone");
}

#[test]
fn a_flushed_folder_has_whatever_was_named_before() {
    let Some(mut disk) = Disk::mount_or_skip() else {
        return;
    };
    fs::create_dir(disk.path().join("in")).unwrap();
    keep(&disk, "in/old", b"x");
    flush(&disk.path().join("in"));
    fs::rename(disk.path().join("in/old"), disk.path().join("new")).unwrap();
    flush(disk.path());
    fs::rename(disk.path().join("new"), disk.path().join("newest")).unwrap();
    disk.cut_power();
    disk.restore_power(Unflushed::Lost).unwrap();
    assert_eq!(names(&disk), ["in", "new"]);
    assert_eq!(fs::read_dir(disk.path().join("in")).unwrap().count(), 0);
}

/// Without a flush each of 64 sectors is there or not; that all or none are is as likely as 2⁻⁶³.
#[test]
fn some_of_the_unflushed_survives_in_parts_the_same_for_the_same_seed() {
    let Some(mut disk) = Disk::mount_or_skip() else {
        return;
    };
    let survivors = |disk: &mut Disk, seed| {
        keep(disk, "a", &vec![0; 64 * 512]);
        let file = OpenOptions::new()
            .write(true)
            .open(disk.path().join("a"))
            .unwrap();
        file.write_all_at(&vec![1; 64 * 512], 0).unwrap();
        drop(file);
        disk.restore_power(Unflushed::Scattered { seed }).unwrap();
        let bytes = fs::read(disk.path().join("a")).unwrap();
        let sectors: Vec<u8> = bytes.chunks(512).map(|sector| sector[0]).collect();
        assert!(
            bytes
                .chunks(512)
                .all(|sector| sector.iter().all(|byte| *byte == sector[0]))
        );
        sectors
    };
    let first = survivors(&mut disk, 7);
    assert!(first.contains(&0) && first.contains(&1));
    fs::remove_file(disk.path().join("a")).unwrap();
    assert_eq!(survivors(&mut disk, 7), first);
}

#[test]
fn programs_hear_of_faults_and_go_on_after_them() {
    let Some(disk) = Disk::mount_or_skip() else {
        return;
    };
    keep(&disk, "a", b"one");
    let mut file = OpenOptions::new()
        .append(true)
        .open(disk.path().join("a"))
        .unwrap();
    let code = |done: io::Result<()>| done.err().and_then(|error| error.raw_os_error());
    let cases = [
        (Some(Fault::Full), [Some(28), None, None]),
        (Some(Fault::ReadOnly), [Some(30), Some(30), None]),
        (Some(Fault::FlushFails), [None, None, Some(5)]),
        (Some(Fault::FlushLoses("a")), [None, None, Some(5)]),
        (Some(Fault::FlushLoses("b")), [None, None, None]),
        (None, [None, None, None]),
    ];
    for (fault, expected) in cases {
        disk.set_fault(fault);
        let said = [
            file.write_all(b"x"),
            file.write_all_at_start(b"y"),
            file.sync_all(),
        ];
        assert_eq!(said.map(code), expected, "{fault:?}");
    }
    assert_eq!(fs::read(disk.path().join("a")).unwrap(), b"ynexxxx");
}

#[test]
fn a_flush_that_loses_is_not_made_good_by_the_next() {
    let Some(mut disk) = Disk::mount_or_skip() else {
        return;
    };
    let path = disk.path().join("a");
    let mut file = File::create(&path).unwrap();
    File::open(disk.path()).unwrap().sync_all().unwrap();
    file.write_all(b"lost").unwrap();
    disk.set_fault(Some(Fault::FlushLoses("a")));
    file.sync_all().unwrap_err();
    disk.set_fault(None);
    file.write_all(b"kept").unwrap();
    file.sync_all().unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"lostkept");
    drop(file);
    disk.restore_power(Unflushed::Lost).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"\0\0\0\0kept");
}

/// Over bytes that are there already.
trait WriteAtStart {
    fn write_all_at_start(&self, bytes: &[u8]) -> io::Result<()>;
}

impl WriteAtStart for File {
    fn write_all_at_start(&self, bytes: &[u8]) -> io::Result<()> {
        // Linux appends whatever an appending file writes, wherever it says.
        let path = format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(self));
        OpenOptions::new()
            .write(true)
            .open(path)?
            .write_all_at(bytes, 0)
    }
}
