//! What the listener counts, under the names by which monitoring knows it.
//!
//! docs/operating.md explains each. A test holds the page against what is served.

mod certificates;
mod feed;
mod folder;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::time::Duration;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::{Family, MetricConstructor};
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Metric, Registry};

use certificates::CertificateFamilies;
use folder::FolderFamilies;

pub(crate) use feed::{FeedMetrics, code_name};
pub(crate) use folder::FolderMetrics;

/// Label names and their values.
type Labels = Vec<(&'static str, String)>;

/// All that is counted, and where it is written down.
pub(crate) struct Metrics {
    registry: Registry,
    links: Family<Labels, Gauge>,
    links_refused: Family<Labels, Counter>,
    frames: Family<Labels, Counter>,
    frame_bytes: Family<Labels, Counter>,
    faults: Family<Labels, Counter>,
    refusals: Family<Labels, Counter>,
    answers: Family<Labels, Counter>,
    acknowledgment: Family<Labels, Histogram, Seconds>,
    replies: Family<Labels, Counter>,
    replies_outstanding: Family<Labels, Gauge>,
    replies_given_up: Family<Labels, Counter>,
    before_import: Family<Labels, Counter>,
    missing: Family<Labels, Gauge>,
    silence: Family<Labels, Gauge>,
    certificates: CertificateFamilies,
    folders: FolderFamilies,
    pub(crate) commits: CommitMetrics,
}

/// What is counted of commits.
#[derive(Clone, Debug)]
pub(crate) struct CommitMetrics {
    seconds: Histogram,
    messages: Histogram,
    failed: Counter,
    /// When the last one failed, in milliseconds since 1970; 0 where it did not.
    failed_at: Arc<AtomicI64>,
}

/// How long a commit that failed tells against the listener.
const FAILING_MILLIS: i64 = 30_000;

/// Makes histograms of times: 100 µs to 26 s, each bucket twice as wide as the one before.
#[derive(Clone)]
struct Seconds;

impl MetricConstructor<Histogram> for Seconds {
    fn new_metric(&self) -> Histogram {
        Histogram::new(exponential_buckets(1e-4, 2.0, 19))
    }
}

impl Metrics {
    pub(crate) fn new() -> Metrics {
        let mut registry = Registry::with_prefix("cistern");
        let r = &mut registry;
        let commits = CommitMetrics::new(r);
        Metrics {
            links: add(r, "links", "Open links", Family::default()),
            links_refused: add(r, "links_refused", "Links not let in", Family::default()),
            frames: add(r, "frames", "Complete frames", Family::default()),
            frame_bytes: counters(r, "frame_bytes", "Bytes in complete frames"),
            faults: add(r, "framing_faults", "Faults of framing", Family::default()),
            refusals: counters(r, "refusals", "Messages not simply accepted"),
            answers: add(r, "answers", "Answers by code", Family::default()),
            acknowledgment: add(
                r,
                "acknowledgment_seconds",
                "Time from a complete frame to its answer",
                Family::new_with_constructor(Seconds),
            ),
            replies: counters(
                r,
                "application_acks",
                "Application acknowledgments delivered, by code",
            ),
            replies_outstanding: add(
                r,
                "application_acks_outstanding",
                "Application acknowledgments not delivered yet",
                Family::default(),
            ),
            replies_given_up: counters(
                r,
                "application_acks_given_up",
                "Application acknowledgments that will not be delivered",
            ),
            before_import: counters(
                r,
                "answers_before_import",
                "Answers that waited for the import in vain",
            ),
            missing: add(
                r,
                "missing_messages",
                "Messages that probably did not come",
                Family::default(),
            ),
            silence: add(
                r,
                "silence_seconds",
                "Time since the last message, or since the start",
                Family::default(),
            ),
            certificates: CertificateFamilies::new(r),
            folders: FolderFamilies::new(r),
            commits,
            registry,
        }
    }

    /// All of it, in the text format of `OpenMetrics` 1.0.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        encode(&mut text, &self.registry).ok();
        text
    }
}

impl CommitMetrics {
    fn new(registry: &mut Registry) -> CommitMetrics {
        let messages = Histogram::new(exponential_buckets(1.0, 2.0, 11));
        let help = "Messages in a commit";
        let messages = add(registry, "commit_messages", help, messages);
        let help = "Time of a commit";
        let seconds = add(registry, "commit_seconds", help, Seconds.new_metric());
        let help = "Commits that failed";
        let failed = add(registry, "commits_failed", help, Counter::default());
        CommitMetrics {
            seconds,
            messages,
            failed,
            failed_at: Arc::default(),
        }
    }

    /// Counts a commit of so many messages.
    pub(crate) fn committed(&self, messages: usize, took: Duration) {
        self.seconds.observe(took.as_secs_f64());
        self.messages
            .observe(u32::try_from(messages).unwrap_or(u32::MAX).into());
        self.failed_at.store(0, Relaxed);
    }

    /// Counts a commit that failed.
    pub(crate) fn failed(&self) {
        self.failed.inc();
    }

    /// Remembers that a commit failed, be it again.
    pub(crate) fn failing(&self) {
        self.failed_at.store(service::now_millis(), Relaxed);
    }

    /// Whether the last one failed, and not long ago: who is sent no messages cannot commit any.
    pub(crate) fn is_failing(&self) -> bool {
        let failed_at = self.failed_at.load(Relaxed);
        failed_at > 0 && service::now_millis() - failed_at < FAILING_MILLIS
    }
}

fn counters(registry: &mut Registry, name: &'static str, help: &str) -> Family<Labels, Counter> {
    add(registry, name, help, Family::default())
}

fn add<M: Metric + Clone>(registry: &mut Registry, name: &'static str, help: &str, metric: M) -> M {
    registry.register(name, help, metric.clone());
    metric
}
