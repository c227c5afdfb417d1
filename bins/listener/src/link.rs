//! One link: frames in, answers out, in order, each only after its commit.

mod answers;
mod end;
mod fault_log;
mod frames;
mod keeping;
mod late;
mod numbers;
mod unfinished;

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use bytes::Bytes;
use service::now_millis;
use tank::Arrival;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::Host;
use crate::batch;
use crate::feed::{Feed, Identity};
use crate::imports::Imports;
use crate::judge::{Judged, Origin, Voice, head};
use crate::keeper::Pending;
use crate::metrics::FeedMetrics;
use crate::recorder::Tape;
use crate::refusal::Refusal;
use answers::{InSequence, Owed, OwedAnswer};
pub use end::End;
use keeping::{Awaited, Keeping};
use late::Late;
use numbers::sender;
use unfinished::Unfinished;

/// One link and what it shares with all others.
#[derive(Clone, Copy)]
pub(crate) struct Link<'a> {
    pub(crate) feed: &'a Feed,
    pub(crate) metrics: &'a FeedMetrics,
    pub(crate) peer: &'a str,
    pub(crate) identity: &'a Identity,
    pub(crate) host: &'a Host,
    /// Where its answers wait for the import.
    pub(crate) imports: Option<&'a Imports>,
    pub(crate) tape: &'a Tape,
    /// Whether it was said that its sender is not who it says.
    pub(crate) warned: &'a AtomicBool,
}

impl Link<'_> {
    /// Serves the link to its end. Reading stops when the window is full of unanswered messages.
    pub(crate) async fn serve(
        self,
        input: impl AsyncRead + Unpin,
        output: impl AsyncWrite + Unpin,
    ) -> End {
        let (owed, answers) = mpsc::channel(self.host.config.link_window_messages);
        let (_place, replies) = self.feed.links.open(self.peer);
        let writing = self.write(output, answers, Late::new(replies));
        let reading = self.read(input, owed);
        tokio::pin!(reading, writing);
        tokio::select! {
            end = &mut reading => match end {
                // What would be said once a message is imported, nobody has heard: the sender hears
                // it when it sends the message again. A sender that has closed may still read, so
                // that its answers are recorded and written; where it does not, its repeat hears
                // them.
                End::Lost if self.imports.is_some() => end,
                _ => writing.await.err().unwrap_or(end),
            },
            written = &mut writing => written.err().unwrap_or(End::Closed),
        }
    }

    /// Judges a frame and hands it to the keeper, which has room for it; the writer owes its answer.
    async fn take(
        self,
        frame: Bytes,
        unfinished: &mut Unfinished<'_>,
        owed: &mpsc::Sender<Box<Owed>>,
    ) {
        let complete = Instant::now();
        let mut origin = self.origin();
        self.metrics.frame(frame.len(), origin.now);
        let batch = batch::contents(&frame, self.feed.splits_frames());
        let batch = batch.filter(|batch| !batch.messages.is_empty());
        origin.is_of_short_batch = batch.as_ref().is_some_and(|batch| batch.is_short);
        let mut arrivals = Vec::with_capacity(1);
        let mut answers = Vec::with_capacity(1);
        let mut one_for_all = None;
        match batch {
            None => self.judge(frame, origin, &mut arrivals, &mut answers),
            Some(batch) if batch.messages.len() > self.host.config.batch_messages_max => {
                let judged = self.host.voice.too_long(frame, origin);
                self.owe(judged, batch.head, &mut arrivals, &mut answers);
            }
            Some(batch) => {
                for message in batch.messages {
                    self.judge(message, origin, &mut arrivals, &mut answers);
                }
                arrivals.push(Voice::batch(frame, origin));
                one_for_all = Some(batch.head).filter(|_| self.feed.answers_batches_by_one());
            }
        }
        self.feed.links.took(self.peer, &arrivals);
        let pending = self.host.keeper.keep(arrivals).await;
        unfinished.ends();
        let owed = owed.send(Box::new(Owed {
            keeping: Some(self.keeping(pending, &mut answers, complete)),
            answers,
            batch: one_for_all,
            now: origin.now,
            complete,
        }));
        if owed.await.is_err() {
            let (feed, peer) = (self.feed.name(), self.peer);
            tracing::debug!(feed, peer, "answer has no reader");
        }
    }

    /// Answers what has come while the listener stops, and keeps nothing of it.
    async fn turn_down(self, frame: Bytes, owed: &mpsc::Sender<Box<Owed>>) {
        let origin = self.origin();
        self.metrics.frame(frame.len(), origin.now);
        let batch = batch::contents(&frame, self.feed.splits_frames());
        let messages_max = self.host.config.batch_messages_max;
        let (messages, batch) = match batch {
            Some(batch) if (1..=messages_max).contains(&batch.messages.len()) => {
                (batch.messages, Some(batch.head))
            }
            _ => (vec![frame], None),
        };
        let mut answers = Vec::with_capacity(messages.len());
        for message in messages {
            self.refused(Refusal::Stopping);
            self.tape.refused(Refusal::Stopping, &[]);
            let head = head(&message);
            let answer = self.host.voice.not_kept(head, Refusal::Stopping, origin);
            answers.push(OwedAnswer::of(answer));
        }
        let owed = owed.send(Box::new(Owed {
            keeping: None,
            answers,
            batch: batch.filter(|_| self.feed.answers_batches_by_one()),
            now: origin.now,
            complete: Instant::now(),
        }));
        drop(owed.await);
    }

    /// Whether the answers of a frame wait for more than its commit.
    fn keeping(self, pending: Pending, answers: &mut [OwedAnswer], complete: Instant) -> Keeping {
        let is_any_awaited = answers.iter().any(|answer| answer.awaited.is_some());
        match self.imports.filter(|_| is_any_awaited) {
            Some(imports) => {
                let awaited = answers.iter_mut().map(|answer| answer.awaited.take());
                Keeping::import(pending, awaited.collect(), imports.clone(), complete)
            }
            None => Keeping::Commit(pending),
        }
    }

    fn judge(
        self,
        message: Bytes,
        origin: Origin<'_>,
        arrivals: &mut Vec<Arrival>,
        answers: &mut Vec<OwedAnswer>,
    ) {
        let head = Bytes::copy_from_slice(head(&message));
        let judged = self.host.voice.judge(message, origin);
        self.owe(judged, head, arrivals, answers);
    }

    fn owe(
        self,
        Judged {
            mut arrival,
            refusal,
        }: Judged,
        head: Bytes,
        arrivals: &mut Vec<Arrival>,
        answers: &mut Vec<OwedAnswer>,
    ) {
        if let Some(refusal) = refusal {
            self.refused(refusal);
            self.tape.refused(refusal, &arrival.body);
        }
        let answer = arrival.answer.clone();
        let altered = arrival
            .altered
            .as_ref()
            .map(|altered| altered.answer.clone());
        let told = self.feed.beginnings.place(&mut arrival, Instant::now());
        let in_sequence = told.map(|told| InSequence {
            message: arrival.body.bytes(),
            told,
            refusal: None,
        });
        answers.push(OwedAnswer {
            in_sequence,
            awaited: self
                .imports
                .and_then(|_| Awaited::of(&mut arrival, &head).map(Box::new)),
            watched: self.feed.is_watched().then(|| sender(&arrival.keys)),
            altered: altered.unwrap_or_else(|| answer.clone()),
            answer,
            head,
        });
        arrivals.push(arrival);
    }

    /// A sender that is not who it says is somebody's business.
    fn refused(self, refusal: Refusal) {
        let (feed, peer, reason) = (self.feed.name(), self.peer, refusal.name());
        self.metrics.refusal(reason);
        if refusal == Refusal::Sender && !self.warned.swap(true, Relaxed) {
            tracing::warn!(
                feed,
                peer,
                "sender refused: it may not send under this name"
            );
        } else {
            tracing::debug!(feed, peer, reason, "message refused");
        }
    }

    fn origin(&self) -> Origin<'_> {
        Origin {
            feed: self.feed,
            peer: self.peer,
            identity: self.identity,
            now: now_millis(),
            is_of_short_batch: false,
            is_of_row: false,
        }
    }
}
