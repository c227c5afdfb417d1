//! The disk in the hands of a test.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use fuser::{BackgroundSession, Config, SessionACL};
use tempfile::TempDir;

use crate::device::{Device, Fault};
use crate::luck::{Luck, Unflushed};
use crate::requests::Requests;
use crate::tree::{Owner, Tree};

/// How long programs that were killed may keep files open.
const UNMOUNT_LIMIT: Duration = Duration::from_secs(30);
const UNMOUNT_PAUSE: Duration = Duration::from_millis(10);

/// A disk in memory, mounted on a folder of its own. Unmounted and gone when dropped.
#[derive(Debug)]
pub struct Disk {
    folder: TempDir,
    device: Arc<Mutex<Device>>,
    session: Option<BackgroundSession>,
}

impl Disk {
    /// An empty disk. Every user may reach it.
    pub fn mount() -> io::Result<Disk> {
        let folder = tempfile::Builder::new()
            .prefix("cistern-disk-")
            .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o755))
            .tempdir()?;
        let device = Arc::new(Mutex::new(Device::new(Tree::new(owner_of(folder.path())?))));
        let session = Some(attach(&device, folder.path())?);
        Ok(Disk {
            folder,
            device,
            session,
        })
    }

    /// An empty disk, or a word on standard error that the test is skipped, since this machine lets
    /// nobody mount one.
    pub fn mount_or_skip() -> Option<Disk> {
        match Disk::mount() {
            Ok(disk) => Some(disk),
            Err(error) => {
                let is_required = std::env::var_os("CISTERN_REQUIRE_DISK").is_some();
                assert!(!is_required, "no file system of FUSE: {error}");
                // Past the capture of the test harness.
                writeln!(
                    io::stderr(),
                    "disk test skipped, no file system of FUSE: {error}"
                )
                .ok();
                None
            }
        }
    }

    /// Where it is mounted.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Ends every promise from now on: whatever a program asks of the disk fails.
    pub fn cut_power(&self) {
        self.lock().cut_power();
    }

    /// Mounts anew what the disk has, without faults. Waits for the programs that used it to be
    /// gone.
    pub fn restore_power(&mut self, unflushed: Unflushed) -> io::Result<()> {
        self.lock().cut_power();
        self.detach()?;
        self.lock().restore_power(Luck::of(unflushed));
        self.session = Some(attach(&self.device, self.folder.path())?);
        Ok(())
    }

    /// Flushes everything, as a machine does that is shut down in order.
    pub fn flush(&self) {
        self.lock().flush_all();
    }

    /// Makes something wrong, or right again.
    pub fn set_fault(&self, fault: Option<Fault>) {
        self.lock().set_fault(fault);
    }

    fn detach(&mut self) -> io::Result<()> {
        let Some(session) = self.session.take() else {
            return Ok(());
        };
        let deadline = Instant::now() + UNMOUNT_LIMIT;
        while !unmount(self.folder.path()) {
            if Instant::now() > deadline {
                self.session = Some(session);
                return Err(io::Error::other("the disk is still in use"));
            }
            sleep(UNMOUNT_PAUSE);
        }
        session.join()
    }

    fn lock(&self) -> MutexGuard<'_, Device> {
        self.device.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        self.lock().cut_power();
        if let Err(error) = self.detach() {
            writeln!(io::stderr(), "{}: {error}", self.folder.path().display()).ok();
        }
    }
}

fn attach(device: &Arc<Mutex<Device>>, folder: &Path) -> io::Result<BackgroundSession> {
    let mut config = Config::default();
    config.acl = SessionACL::All;
    fuser::spawn_mount(Requests::of(device.clone()), folder, &config)
}

/// Whoever mounted as root unmounts as root; others have a helper for both.
fn unmount(folder: &Path) -> bool {
    [("umount", &[][..]), ("fusermount3", &["-u"])]
        .into_iter()
        .any(|(program, options)| {
            let mut command = Command::new(program);
            command.args(options).arg(folder).stderr(Stdio::null());
            command.status().is_ok_and(|status| status.success())
        })
}

fn owner_of(folder: &Path) -> io::Result<Owner> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = fs::metadata(folder)?;
    Ok(Owner {
        user: metadata.uid(),
        group: metadata.gid(),
        mode: 0o755,
    })
}
