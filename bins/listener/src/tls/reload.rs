//! What is made of files, and made anew when they change.

mod stamp;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use wire::TlsError;

use crate::error::with_causes;
use stamp::{Stamp, stamps};

/// How long files rest that could not be used, unless they change: each link looks at them.
const RETRY_PAUSE: Duration = Duration::from_secs(5);

/// How often is said that files cannot be used, for the same reason.
const TELL_PAUSE: Duration = Duration::from_hours(1);

type Load<T> = dyn Fn() -> Result<T, TlsError> + Send + Sync;

/// What some files hold, as they are written now.
pub(super) struct Reloaded<T> {
    /// The setting that names the files, for the log.
    setting: &'static str,
    files: Vec<PathBuf>,
    load: Box<Load<T>>,
    /// Woken when they are used anew.
    changed: Arc<Notify>,
    last: Mutex<Last<T>>,
}

struct Last<T> {
    loaded: T,
    /// The files from which it was made.
    stamps: Vec<Stamp>,
    /// The try since, where there was one; it failed.
    failed: Option<Failed>,
}

struct Failed {
    stamps: Vec<Stamp>,
    at: Instant,
    /// Why, now and before, and when that was said.
    told: BTreeMap<String, Instant>,
}

impl<T: Clone> Reloaded<T> {
    /// Reads the files for the first time.
    pub(super) fn new(
        setting: &'static str,
        files: Vec<PathBuf>,
        changed: Arc<Notify>,
        load: impl Fn() -> Result<T, TlsError> + Send + Sync + 'static,
    ) -> Result<Reloaded<T>, TlsError> {
        let stamps = stamps(&files);
        let last = Last {
            loaded: load()?,
            stamps,
            failed: None,
        };
        Ok(Reloaded {
            setting,
            files,
            load: Box::new(load),
            changed,
            last: Mutex::new(last),
        })
    }

    /// What the files hold. If they have changed into something that cannot be used, what they
    /// held before.
    pub(super) fn current(&self, feed: &str) -> T {
        self.at(Instant::now(), feed)
    }

    fn at(&self, now: Instant, feed: &str) -> T {
        let mut last = self.last();
        let stamps = stamps(&self.files);
        if stamps == last.stamps {
            last.failed = None;
        } else if last
            .failed
            .as_ref()
            .is_none_or(|it| it.is_over(now, &stamps))
        {
            self.reload(&mut last, stamps, now, feed);
        }
        last.loaded.clone()
    }

    fn reload(&self, last: &mut Last<T>, stamps: Vec<Stamp>, now: Instant, feed: &str) {
        let setting = self.setting;
        match (self.load)() {
            Ok(loaded) => {
                *last = Last {
                    loaded,
                    stamps,
                    failed: None,
                };
                self.changed.notify_one();
                tracing::info!(feed, setting, "certificates reloaded");
            }
            Err(error) => {
                let told = last.failed.take().map(|failed| failed.told);
                let mut told = told.unwrap_or_default();
                let error = with_causes(&error);
                if is_to_be_told(&mut told, &error, now) {
                    tracing::error!(
                        feed,
                        setting,
                        error,
                        "certificates not reloaded, the old ones stay"
                    );
                }
                last.failed = Some(Failed {
                    stamps,
                    at: now,
                    told,
                });
            }
        }
    }

    fn last(&self) -> MutexGuard<'_, Last<T>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Failed {
    /// Whether the files are worth another try: what kept them from use may be gone, though they
    /// are the same, as when they may be read now.
    fn is_over(&self, now: Instant, stamps: &[Stamp]) -> bool {
        stamps != self.stamps || now.saturating_duration_since(self.at) >= RETRY_PAUSE
    }
}

/// Whether a reason has not been said for long; from now on it has.
fn is_to_be_told(told: &mut BTreeMap<String, Instant>, reason: &str, now: Instant) -> bool {
    let is_fresh = |at: &Instant| now.saturating_duration_since(*at) < TELL_PAUSE;
    if told.get(reason).is_some_and(is_fresh) {
        return false;
    }
    told.insert(reason.to_owned(), now);
    true
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};

    use super::*;

    #[test]
    fn what_could_not_be_read_is_tried_again_after_a_pause() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.pem");
        fs::write(&file, "old").unwrap();
        let (is_locked, tries) = (
            Arc::new(AtomicBool::new(false)),
            Arc::new(AtomicU32::new(0)),
        );
        let (locked, tried, read) = (is_locked.clone(), tries.clone(), file.clone());
        let load = move || {
            tried.fetch_add(1, Relaxed);
            match fs::read_to_string(&read) {
                Ok(text) if !locked.load(Relaxed) => Ok(text),
                _ => Err(TlsError::NotACertificate(read.clone())),
            }
        };
        let reloaded = Reloaded::new("tls", vec![file.clone()], Arc::default(), load).unwrap();
        let now = Instant::now();
        let seen = |at| (reloaded.at(at, "main"), tries.load(Relaxed));
        assert_eq!(seen(now), ("old".to_owned(), 1));

        is_locked.store(true, Relaxed);
        fs::write(&file, "newer").unwrap();
        assert_eq!(seen(now), ("old".to_owned(), 2));
        is_locked.store(false, Relaxed);
        assert_eq!(seen(now), ("old".to_owned(), 2));
        assert_eq!(seen(now + RETRY_PAUSE), ("newer".to_owned(), 3));
        assert_eq!(seen(now + RETRY_PAUSE * 2), ("newer".to_owned(), 3));
    }

    #[test]
    fn each_reason_is_told_once_an_hour() {
        let (mut told, now) = (BTreeMap::new(), Instant::now());
        let mut is_told = |reason, later| is_to_be_told(&mut told, reason, now + later);
        let answers = [
            is_told("a", Duration::ZERO),
            is_told("b", Duration::ZERO),
            is_told("a", RETRY_PAUSE),
            is_told("a", TELL_PAUSE),
            is_told("a", TELL_PAUSE + RETRY_PAUSE),
        ];
        assert_eq!(answers, [true, true, false, true, false]);
    }
}
