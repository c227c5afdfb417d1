//! A disk whose power can be cut: a file system in memory that knows what was flushed.
//!
//! Programs see all that was written, as they do while a machine runs. [`Disk::cut_power`] ends
//! that at once, and after [`Disk::restore_power`] there is what `fsync` and `fdatasync` had
//! promised, and of the rest nothing or some.
//!
//! ```
//! use cistern_testdisk::{Disk, Unflushed};
//! use std::fs::{self, File};
//!
//! # fn main() -> std::io::Result<()> {
//! let Some(mut disk) = Disk::mount_or_skip() else { return Ok(()) };
//! fs::write(disk.path().join("kept"), "flushed")?;
//! File::open(disk.path().join("kept"))?.sync_all()?;
//! File::open(disk.path())?.sync_all()?;
//! fs::write(disk.path().join("lost"), "never flushed")?;
//! disk.cut_power();
//! disk.restore_power(Unflushed::Lost)?;
//! assert_eq!(fs::read_to_string(disk.path().join("kept"))?, "flushed");
//! assert!(!disk.path().join("lost").exists());
//! # Ok(()) }
//! ```
//!
//! It is stricter than the disks of real machines where these differ: a new name is durable when
//! its folder was flushed, and not by the flush of the file; what was not flushed may survive in
//! any part, sector by sector. What it takes for granted, as SQLite and PostgreSQL do: a sector is
//! written whole or not at all, and changes of names survive in their order.
//!
//! It is a file system of FUSE, so it needs Linux, `/dev/fuse` and the right to mount.
#![cfg(target_os = "linux")]

mod disk;
mod requests;

mod device;
mod tree;

mod file;
mod luck;

pub use device::Fault;
pub use disk::Disk;
pub use luck::Unflushed;
