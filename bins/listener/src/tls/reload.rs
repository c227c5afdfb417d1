//! What is made of files, and made anew when they change.

use std::fs;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use wire::TlsError;

type Load<T> = dyn Fn() -> Result<T, TlsError> + Send + Sync;

/// What some files hold, as they are written now.
pub(super) struct Reloaded<T> {
    /// The setting that names the files, for the log.
    setting: &'static str,
    files: Vec<PathBuf>,
    load: Box<Load<T>>,
    last: Mutex<Last<T>>,
}

struct Last<T> {
    loaded: T,
    /// When the files were last written, as far as was looked.
    written: Vec<Option<SystemTime>>,
}

impl<T: Clone> Reloaded<T> {
    /// Reads the files for the first time.
    pub(super) fn new(
        setting: &'static str,
        files: Vec<PathBuf>,
        load: impl Fn() -> Result<T, TlsError> + Send + Sync + 'static,
    ) -> Result<Reloaded<T>, TlsError> {
        let written = written(&files);
        let loaded = load()?;
        Ok(Reloaded {
            setting,
            files,
            load: Box::new(load),
            last: Mutex::new(Last { loaded, written }),
        })
    }

    /// What the files hold. If they have changed into something that cannot be used, what they
    /// held before.
    pub(super) fn current(&self, feed: &str) -> T {
        let mut last = self.last();
        let written = written(&self.files);
        if written != last.written {
            last.written = written;
            let setting = self.setting;
            match (self.load)() {
                Ok(anew) => {
                    last.loaded = anew;
                    tracing::info!(feed, setting, "certificates reloaded");
                }
                Err(error) => {
                    tracing::error!(feed, setting, %error, "certificates not reloaded, the old ones stay");
                }
            }
        }
        last.loaded.clone()
    }

    fn last(&self) -> MutexGuard<'_, Last<T>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn written(files: &[PathBuf]) -> Vec<Option<SystemTime>> {
    let time = |file: &PathBuf| fs::metadata(file).and_then(|data| data.modified()).ok();
    files.iter().map(time).collect()
}
