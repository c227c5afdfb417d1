//! What is counted of one feed.

use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;

use super::certificates::CertificateFamilies;
use super::folder::{FolderFamilies, FolderMetrics};
use super::{Labels, Metrics};
use crate::feed::Feed;

/// The codes of table 0008, no answer, the answer that was given before, and one for a batch.
const CODES: [&str; 9] = [
    "AA", "AE", "AR", "CA", "CE", "CR", "none", "repeated", "batch",
];

/// The codes of application acknowledgments.
const REPLY_CODES: [&str; 3] = ["AA", "AE", "AR"];

/// The counters of a feed, so that counting looks nothing up.
pub(crate) struct FeedMetrics {
    feed: String,
    pub(crate) links: Gauge,
    links_refused: Family<Labels, Counter>,
    frames: Counter,
    frame_bytes: Counter,
    faults: Family<Labels, Counter>,
    refusals: Family<Labels, Counter>,
    answers: [Counter; CODES.len()],
    acknowledgment: Histogram,
    replies: Family<Labels, Counter>,
    pub(crate) replies_outstanding: Gauge,
    replies_given_up: Family<Labels, Counter>,
    before_import: Counter,
    missing: Gauge,
    silence: Gauge,
    certificates: CertificateFamilies,
    folders: FolderFamilies,
    /// When the last message came, or the feed began, in milliseconds since 1970.
    last_message: AtomicI64,
}

impl FeedMetrics {
    pub(crate) fn new(metrics: &Metrics, feed: &str, now: i64) -> FeedMetrics {
        let labels: Labels = vec![("feed", feed.to_owned())];
        let answers = CODES.map(|code| {
            let labels = with(feed, "code", code);
            metrics.answers.get_or_create_owned(&labels)
        });
        FeedMetrics {
            feed: feed.to_owned(),
            links: metrics.links.get_or_create_owned(&labels),
            links_refused: metrics.links_refused.clone(),
            frames: metrics.frames.get_or_create_owned(&labels),
            frame_bytes: metrics.frame_bytes.get_or_create_owned(&labels),
            faults: metrics.faults.clone(),
            refusals: metrics.refusals.clone(),
            answers,
            acknowledgment: metrics.acknowledgment.get_or_create_owned(&labels),
            replies: from_zero(&metrics.replies, feed, "code", &REPLY_CODES),
            replies_outstanding: metrics.replies_outstanding.get_or_create_owned(&labels),
            replies_given_up: from_zero(
                &metrics.replies_given_up,
                feed,
                "reason",
                &["overdue", "refused", "off"],
            ),
            before_import: metrics.before_import.get_or_create_owned(&labels),
            missing: metrics.missing.get_or_create_owned(&labels),
            silence: metrics.silence.get_or_create_owned(&labels),
            certificates: metrics.certificates.clone(),
            folders: metrics.folders.clone(),
            last_message: AtomicI64::new(now),
        }
    }

    /// A link that was not let in.
    pub(crate) fn link_refused(&self, reason: &str) {
        let labels = with(&self.feed, "reason", reason);
        self.links_refused.get_or_create(&labels).inc();
    }

    /// A complete frame.
    pub(crate) fn frame(&self, bytes: usize, now: i64) {
        self.frames.inc();
        self.frame_bytes
            .inc_by(u64::try_from(bytes).unwrap_or(u64::MAX));
        self.came(now);
    }

    /// A message, by whatever way.
    pub(crate) fn came(&self, now: i64) {
        self.last_message.store(now, Relaxed);
    }

    /// The counters of one of its folders.
    pub(crate) fn folder(&self, folder: &Path) -> FolderMetrics {
        FolderMetrics::new(&self.folders, &self.feed, folder)
    }

    pub(crate) fn fault(&self, kind: &str) {
        let labels = with(&self.feed, "fault", kind);
        self.faults.get_or_create(&labels).inc();
    }

    pub(crate) fn refusal(&self, reason: &str) {
        let labels = with(&self.feed, "reason", reason);
        self.refusals.get_or_create(&labels).inc();
    }

    /// An answer that waited for the import in vain.
    pub(crate) fn before_import(&self) {
        self.before_import.inc();
    }

    /// So many numbers were passed over.
    pub(crate) fn missing(&self, messages: u64) {
        let messages = i64::try_from(messages).unwrap_or(i64::MAX);
        self.missing.inc_by(messages);
    }

    /// A number that was passed over has come.
    pub(crate) fn late(&self) {
        self.missing.dec();
    }

    /// An answer of this code; an empty one is none.
    pub(crate) fn answer(&self, code: &str, took: Duration) {
        let code = code_name(code);
        let counted = CODES.iter().zip(&self.answers);
        if let Some((_, answers)) = counted.into_iter().find(|(known, _)| **known == code) {
            answers.inc();
        }
        self.acknowledgment.observe(took.as_secs_f64());
    }

    /// An application acknowledgment of this code that is delivered.
    pub(crate) fn reply(&self, code: &str) {
        let labels = with(&self.feed, "code", code);
        self.replies.get_or_create(&labels).inc();
    }

    /// So many application acknowledgments that will not be.
    pub(crate) fn replies_given_up(&self, reason: &str, count: u64) {
        let labels = with(&self.feed, "reason", reason);
        self.replies_given_up.get_or_create(&labels).inc_by(count);
    }

    /// Says how long certificates and revocation lists are in force.
    pub(crate) fn look_at_certificates(&self, feed: &Feed) {
        self.certificates.look_at(feed);
    }

    /// Brings up to date what time alone changes.
    pub(crate) fn look(&self, now: i64) {
        self.silence
            .set((now - self.last_message.load(Relaxed)) / 1_000);
    }
}

/// The code of an answer as it is counted; an empty one is none.
pub(crate) fn code_name(code: &str) -> &'static str {
    let known = CODES.into_iter().find(|known| *known == code);
    known.unwrap_or("none")
}

/// Counters that stand at nought before the first is counted.
fn from_zero(
    family: &Family<Labels, Counter>,
    feed: &str,
    name: &'static str,
    values: &[&str],
) -> Family<Labels, Counter> {
    for value in values {
        family.get_or_create_owned(&with(feed, name, value));
    }
    family.clone()
}

fn with(feed: &str, name: &'static str, value: &str) -> Labels {
    vec![("feed", feed.to_owned()), (name, value.to_owned())]
}
