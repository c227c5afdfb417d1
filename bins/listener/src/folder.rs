//! A watched folder: files that come to rest in it are held as the messages of its feed.
//!
//! A file leaves the folder only after the commit of all that it holds. Whoever stops in between
//! finds it there again, and what was kept is then a repeat.

mod sightings;
mod trouble;
mod verdict;
mod way_out;

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::Path;
use std::slice;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use service::{FileFormatConfig, FolderConfig, now_millis};
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use crate::Host;
use crate::feed::Feed;
use crate::file::{CommitLimits, Desk, FileFormat, FileReading, Portion, is_utf_16};
use crate::keeper::Failure;
use crate::metrics::{FeedMetrics, FolderMetrics};
use sightings::{Sightings, Stamp};
use trouble::{Fault, Trouble};
use verdict::{Outcome, Verdict};
pub(crate) use way_out::probe;

/// A folder, and what its files go through.
pub(crate) struct Folder {
    pub(crate) settings: FolderConfig,
    pub(crate) feed: Arc<Feed>,
    pub(crate) feed_metrics: Arc<FeedMetrics>,
    pub(crate) metrics: FolderMetrics,
    pub(crate) host: Arc<Host>,
}

/// A file at rest.
#[derive(Clone)]
struct Candidate {
    name: OsString,
    stamp: Stamp,
}

impl Folder {
    /// Takes file after file until the listener is to stop.
    pub(crate) async fn watch(self) {
        // A folder that nobody watches any more must not go unnoticed.
        let _stop_at_the_end = self.host.shutdown.clone().drop_guard();
        let _alarm = self.host.alarm(&self.feed);
        let (feed, folder) = (self.feed.name(), self.settings.path.display());
        tracing::info!(feed, %folder, "watching");
        let mut sightings = Sightings::new(Duration::from_secs(self.settings.quiet_secs));
        let mut trouble = Trouble::new(feed, &self.settings.path);
        self.metrics.looked(now_millis());
        loop {
            let done = self.look(&mut sightings).await;
            self.metrics.seen(sightings.count(), done.is_ok());
            trouble.tell(done);
            tokio::select! {
                () = sleep(Duration::from_millis(self.settings.poll_millis)) => {}
                () = self.host.shutdown.cancelled() => return,
            }
        }
    }

    /// Takes all files that have come to rest. One that cannot be read or moved does not keep the
    /// others; but where the tank keeps nothing just now, they are for later too, lest a newer file come
    /// before an older one.
    async fn look(&self, sightings: &mut Sightings) -> Result<(), Fault> {
        let path = self.settings.path.clone();
        let seen = self.on_disk(move || sightings::list(&path)).await;
        let seen = seen.map_err(|error| Fault::Look(error.kind()))?;
        sightings.update(seen, Instant::now());
        let mut first = Ok(());
        for candidate in sightings.at_rest(Instant::now()) {
            if self.host.shutdown.is_cancelled() {
                break;
            }
            match self.take(&candidate, sightings).await {
                Err(Fault::NotKept(failure)) => return Err(Fault::NotKept(failure)),
                done => first = first.and(done),
            }
        }
        first
    }

    /// Keeps what a file holds and moves it out. Of one that could not be moved the verdict is
    /// remembered, so that only that is tried again.
    async fn take(&self, file: &Candidate, sightings: &mut Sightings) -> Result<(), Fault> {
        let known = sightings.verdict(&file.name);
        let verdict = match known {
            Some(verdict) => verdict,
            None => match self.hold(file, sightings.failures(&file.name)).await {
                Ok(Some(verdict)) => verdict,
                Ok(None) => return Ok(()),
                Err(fault) => {
                    if let Fault::NotKept(failure) = &fault
                        && sightings.not_kept(&file.name, failure)
                    {
                        self.metrics.not_kept();
                    }
                    return Err(fault);
                }
            },
        };
        let left = self.leave(file, &verdict).await;
        match left {
            Ok(()) => sightings.forget(&file.name),
            Err(_) => sightings.judged(&file.name, verdict),
        }
        left
    }

    /// Keeps what a file holds, that may have failed before; no verdict on one that changes
    /// meanwhile, or that is left for the next start.
    async fn hold(&self, file: &Candidate, before: Vec<Failure>) -> Result<Option<Verdict>, Fault> {
        let bytes_max = self.settings.file_bytes_max;
        if file.stamp.bytes > u64::try_from(bytes_max).unwrap_or(u64::MAX) {
            return Ok(Some(Verdict::too_long(bytes_max)));
        }
        let Some(bytes) = self.read(file).await? else {
            return Ok(None);
        };
        if is_utf_16(&bytes) {
            return Ok(Some(Verdict::utf_16()));
        }
        let part = Bytes::from(bytes);
        let mut reading = FileReading::new(Desk {
            feed: &self.feed,
            voice: &self.host.voice,
            limits: CommitLimits::of(&self.host.config),
            format: self.format(&file.name),
        });
        for portion in reading.portions(&part) {
            if self.host.shutdown.is_cancelled() {
                return Ok(None);
            }
            self.keep(&mut reading, &part, &portion, &before).await?;
            self.feed_metrics.came(now_millis());
            for refusal in &portion.refusals {
                self.feed_metrics.refusal(refusal.name());
            }
        }
        let report = reading.report();
        tracing::debug!(feed = self.feed.name(), counts = ?report.counts(), "file kept");
        Ok(Some(Verdict::of(&report)))
    }

    /// Keeps a portion, or what of it the database does not refuse. Whatever else fails ends it, so that
    /// no message goes before an earlier one.
    async fn keep(
        &self,
        reading: &mut FileReading<'_>,
        part: &Bytes,
        portion: &Portion,
        before: &[Failure],
    ) -> Result<(), Fault> {
        let Err(refused) = self.commit(reading, part, portion, before).await? else {
            return Ok(());
        };
        let parted = portion.parted();
        if parted.is_empty() {
            reading.not_kept(part, portion, &refused.to_string());
        }
        for alone in &parted {
            let before = slice::from_ref(&refused);
            if let Err(refused) = self.commit(reading, part, alone, before).await? {
                reading.not_kept(part, alone, &refused.to_string());
            }
        }
        Ok(())
    }

    /// All of a portion or nothing; why, where the database refuses what it holds.
    async fn commit(
        &self,
        reading: &mut FileReading<'_>,
        part: &Bytes,
        portion: &Portion,
        before: &[Failure],
    ) -> Result<Result<(), Failure>, Fault> {
        let (keeper, arrivals) = (&self.host.keeper, portion.arrivals.clone());
        let receipts = match keeper.keep_again(arrivals, before.to_vec()).await {
            Ok(receipts) => receipts,
            Err(failure) if failure.is_of_content => return Ok(Err(failure)),
            Err(failure) => return Err(Fault::NotKept(failure)),
        };
        let counted = reading.count(&*self.host.tank, part, portion, &receipts);
        match counted.await {
            Ok(()) => Ok(Ok(())),
            Err(error) => Err(Fault::NotKept(Failure::from(&error))),
        }
    }

    /// The bytes of a file; nothing of one that changes meanwhile, or that somebody takes away.
    async fn read(&self, file: &Candidate) -> Result<Option<Vec<u8>>, Fault> {
        let (path, stamp) = (self.settings.path.join(&file.name), file.stamp);
        let read = self.on_disk(move || {
            let bytes = fs::read(&path)?;
            let is_still = Stamp::of(&fs::metadata(&path)?)? == stamp;
            Ok(is_still.then_some(bytes))
        });
        match read.await {
            Ok(bytes) => Ok(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Fault::Read(error.kind())),
        }
    }

    /// Moves a file out, unless it has changed: then it is read again when it is at rest.
    async fn leave(&self, file: &Candidate, verdict: &Verdict) -> Result<(), Fault> {
        let way_out = match verdict.outcome {
            Outcome::Processed => self.settings.processed(),
            Outcome::Rejected => self.settings.rejected(),
        };
        let path = self.settings.path.join(&file.name);
        let (stamp, report) = (file.stamp, verdict.report.clone());
        let moved = self.on_disk(move || {
            let is_still = Stamp::of(&fs::metadata(&path)?)? == stamp;
            if is_still {
                way_out::leave(&path, &way_out, report.as_deref())?;
            }
            Ok(is_still)
        });
        match moved.await {
            Ok(true) => {
                self.metrics.file(verdict.outcome.name(), now_millis());
                if verdict.outcome == Outcome::Rejected {
                    tracing::warn!(feed = self.feed.name(), "file rejected: see its report");
                }
            }
            Ok(false) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(Fault::Move(error.kind())),
        }
        Ok(())
    }

    fn format(&self, name: &OsStr) -> FileFormat {
        match self.settings.format {
            FileFormatConfig::Auto => FileFormat::of(Path::new(name)),
            FileFormatConfig::Hl7 => FileFormat::Hl7,
            FileFormatConfig::Cwlab => FileFormat::Cwlab,
        }
    }

    /// Work on a file system, which may be on the other side of a network that hangs.
    async fn on_disk<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let done = spawn_blocking(work).await?;
        self.metrics.looked(now_millis());
        done
    }
}
