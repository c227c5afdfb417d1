//! Messages whose senders wait for their import: looked at while anybody waits, answered once they
//! are settled, or after a while as they would have been after the commit.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use service::now_millis;
use tank::{Answer, FailureClass, Followed, Given, HoldingTank, TankError};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep};

use crate::Host;
use crate::feed::Feed;
use crate::keeper::FlushFailed;
use crate::metrics::FeedMetrics;
use crate::refusal::Refusal;

/// How long lies between two looks at what somebody waits for.
const LOOK: Duration = Duration::from_millis(20);

/// The same after the tank failed.
const REST: Duration = Duration::from_millis(500);

/// How long after it was said that imports take too long it is not said again.
const WARNING_PAUSE: Duration = Duration::from_mins(1);

/// So many answers are recorded by one commit, behind which all feeds wait.
const ANSWERS_MAX: usize = 256;

/// So many may be on their way to the watch; a further one waits for its place.
const QUEUE_MAX: usize = 1_024;

/// The way to the watch of a feed. It ends when the last clone is gone.
#[derive(Clone, Debug)]
pub(crate) struct Imports {
    queue: mpsc::Sender<Waiting>,
    /// How long an answer waits at most.
    pub(crate) patience: Duration,
    /// How long after that it may take to record what is said.
    pub(crate) grace: Duration,
}

/// A sender that waits for the import of a message.
pub(crate) struct Waiting {
    pub(crate) message_id: i64,
    /// The first two segments of the message, which nobody may print.
    pub(crate) head: Bytes,
    /// MSA-4.
    pub(crate) sequence_number: Option<i64>,
    /// When it has waited long enough, and what it hears then.
    pub(crate) until: Instant,
    pub(crate) otherwise: Answer,
    /// Told once the answer is recorded.
    pub(crate) told: oneshot::Sender<Answer>,
}

/// Who looks for the imports of a feed.
pub(crate) struct Watch {
    feed: Arc<Feed>,
    metrics: Arc<FeedMetrics>,
    tank: Arc<dyn HoldingTank>,
    host: Arc<Host>,
    queue: mpsc::Receiver<Waiting>,
    /// By message: its sender may wait on two links.
    waiting: BTreeMap<i64, Vec<Waiting>>,
    /// When it was last said that imports take too long.
    warned: Option<Instant>,
}

/// Why an answer says what it says.
#[derive(Clone, Copy)]
enum Why {
    Taken,
    Refused(Refusal),
    /// It has waited long enough.
    Late,
}

impl Imports {
    /// Nothing where the answers of the feed do not wait.
    pub(crate) fn of(
        feed: Arc<Feed>,
        metrics: Arc<FeedMetrics>,
        tank: Arc<dyn HoldingTank>,
        host: Arc<Host>,
    ) -> Option<(Imports, Watch)> {
        let patience = feed.import_patience()?;
        let (sender, queue) = mpsc::channel(QUEUE_MAX);
        let imports = Imports {
            queue: sender,
            patience,
            grace: Duration::from_secs(host.config.commit_secs),
        };
        let watch = Watch {
            feed,
            metrics,
            tank,
            host,
            queue,
            waiting: BTreeMap::new(),
            warned: None,
        };
        Some((imports, watch))
    }

    /// Has a message watched. Where the watch has ended, its sender is told nothing.
    pub(crate) async fn watch(&self, waiting: Waiting) {
        drop(self.queue.send(waiting).await);
    }
}

impl Watch {
    /// Watches until no link is left.
    pub(crate) async fn run(mut self) -> Result<(), FlushFailed> {
        let host = self.host.clone();
        let _alarm = host.alarm(&self.feed);
        let mut pause = LOOK;
        while self.gather(pause).await {
            pause = match self.step().await {
                Ok(()) => LOOK,
                Err(error) if error.class() == FailureClass::Fatal => {
                    tracing::error!("a flush to disk failed, stopping");
                    host.shutdown.cancel();
                    return Err(FlushFailed);
                }
                Err(error) => {
                    tracing::warn!(feed = self.feed.name(), %error, "answers wait for the tank");
                    REST
                }
            };
        }
        Ok(())
    }

    /// Waits until anybody waits, then for the next look; says whether there can be one.
    async fn gather(&mut self, pause: Duration) -> bool {
        if self.waiting.is_empty() {
            let Some(first) = self.queue.recv().await else {
                return false;
            };
            self.add(first);
        }
        sleep(pause).await;
        while let Ok(next) = self.queue.try_recv() {
            self.add(next);
        }
        self.waiting.retain(|_, those| {
            those.retain(|one| !one.told.is_closed());
            !those.is_empty()
        });
        true
    }

    fn add(&mut self, one: Waiting) {
        self.waiting.entry(one.message_id).or_default().push(one);
    }

    /// Records the answers to what is settled or has waited long enough, then tells them.
    async fn step(&mut self) -> Result<(), TankError> {
        let ids: Vec<i64> = self.waiting.keys().copied().collect();
        if ids.is_empty() {
            return Ok(());
        }
        let mut decided = BTreeMap::new();
        for followed in self.tank.follow(&ids).await? {
            match followed.answer.clone() {
                Some(answer) => self.tell(followed.message_id, &answer),
                None => decided.extend(self.decide(&followed)),
            }
        }
        let overdue = self.overdue(&decided);
        decided.extend(overdue);
        if decided.is_empty() {
            return Ok(());
        }
        let answers = decided.iter().map(|(message_id, (answer, _))| Given {
            message_id: *message_id,
            answer: answer.clone(),
        });
        let answers: Vec<Given> = answers.collect();
        for answers in answers.chunks(ANSWERS_MAX) {
            for Given { message_id, answer } in self.tank.answer(answers).await? {
                if let Some((own, why)) = decided.get(&message_id)
                    && *own == answer
                {
                    self.count(*why);
                }
                self.tell(message_id, &answer);
            }
        }
        Ok(())
    }

    fn decide(&self, followed: &Followed) -> Option<(i64, (Answer, Why))> {
        let first = self.waiting.get(&followed.message_id)?.first()?;
        let signed = (&*self.feed, now_millis());
        let (head, number) = (&first.head, first.sequence_number);
        let (answer, refusal) = self.host.voice.imported(head, number, followed, signed)?;
        let why = refusal.map_or(Why::Taken, Why::Refused);
        Some((followed.message_id, (answer, why)))
    }

    /// What those hear who have waited long enough, and of whom nothing else is to be said.
    fn overdue(&self, decided: &BTreeMap<i64, (Answer, Why)>) -> Vec<(i64, (Answer, Why))> {
        let now = Instant::now();
        let waiting = self.waiting.iter();
        let undecided = waiting.filter(|(message_id, _)| !decided.contains_key(message_id));
        let overdue = undecided.filter_map(|(message_id, those)| {
            let late = those.iter().find(|one| one.until <= now)?;
            Some((*message_id, (late.otherwise.clone(), Why::Late)))
        });
        overdue.collect()
    }

    fn count(&mut self, why: Why) {
        match why {
            Why::Taken => {}
            Why::Refused(refusal) => self.metrics.refusal(refusal.name()),
            Why::Late => {
                self.metrics.before_import();
                let feed = self.feed.name();
                if self.warned.is_none_or(|at| at.elapsed() >= WARNING_PAUSE) {
                    self.warned = Some(Instant::now());
                    tracing::warn!(feed, "answered before the import: it takes too long");
                }
            }
        }
    }

    fn tell(&mut self, message_id: i64, answer: &Answer) {
        for one in self.waiting.remove(&message_id).unwrap_or_default() {
            // A link that is gone has its sender repeat the message, and hear the same.
            drop(one.told.send(answer.clone()));
        }
    }
}
