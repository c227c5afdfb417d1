//! What is counted of one folder.

use std::path::Path;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::{Labels, add};

/// What is counted of all folders.
#[derive(Clone)]
pub(super) struct FolderFamilies {
    files: Family<Labels, Counter>,
    waiting: Family<Labels, Gauge>,
    up: Family<Labels, Gauge>,
    last_file: Family<Labels, Gauge>,
    last_look: Family<Labels, Gauge>,
}

/// The counters of a folder.
pub(crate) struct FolderMetrics {
    labels: Labels,
    families: FolderFamilies,
}

impl FolderFamilies {
    pub(super) fn new(r: &mut Registry) -> FolderFamilies {
        let last_file = "When the last file was done with, in seconds since 1970";
        let last_look = "When the folder was last seen to answer, in seconds since 1970";
        FolderFamilies {
            files: add(r, "files", "Files by outcome", Family::default()),
            waiting: add(r, "files_waiting", "Files in a folder", Family::default()),
            up: add(r, "folder_up", "Whether files are taken", Family::default()),
            last_file: add(r, "last_file_seconds", last_file, Family::default()),
            last_look: add(r, "last_look_seconds", last_look, Family::default()),
        }
    }
}

impl FolderMetrics {
    pub(super) fn new(families: &FolderFamilies, feed: &str, folder: &Path) -> FolderMetrics {
        FolderMetrics {
            labels: vec![
                ("feed", feed.to_owned()),
                ("folder", folder.display().to_string()),
            ],
            families: families.clone(),
        }
    }

    /// A file that was moved out.
    pub(crate) fn file(&self, outcome: &str, now: i64) {
        self.count(outcome);
        let last_file = self.families.last_file.get_or_create(&self.labels);
        last_file.set(now / 1_000);
    }

    /// A file that the tank could not keep, and that stays.
    pub(crate) fn not_kept(&self) {
        self.count("not_kept");
    }

    /// The folder is watched from now on, or has given an answer, be it an error: what hangs gives
    /// none.
    pub(crate) fn looked(&self, now: i64) {
        let last_look = self.families.last_look.get_or_create(&self.labels);
        last_look.set(now / 1_000);
    }

    /// What a look into the folder showed.
    pub(crate) fn seen(&self, files: usize, is_up: bool) {
        let waiting = self.families.waiting.get_or_create(&self.labels);
        waiting.set(i64::try_from(files).unwrap_or(i64::MAX));
        self.families
            .up
            .get_or_create(&self.labels)
            .set(is_up.into());
    }

    fn count(&self, outcome: &str) {
        let mut labels = self.labels.clone();
        labels.push(("outcome", outcome.to_owned()));
        self.families.files.get_or_create(&labels).inc();
    }
}
