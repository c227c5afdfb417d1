//! One link: frames in, answers out, in order, each only after its commit.

mod answers;
mod end;
mod fault_log;

use std::io;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use mllp::{FrameError, MllpCodec};
use service::now_millis;
use tank::Arrival;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::codec::Decoder as _;

use crate::Host;
use crate::batch;
use crate::feed::{Feed, Identity};
use crate::judge::{Judged, Origin, Voice, fragment, head};
use crate::metrics::FeedMetrics;
use crate::recorder::Tape;
use crate::refusal::Refusal;
use answers::{Owed, OwedAnswer};
pub use end::End;
use fault_log::FaultLog;

/// How long a sender may leave out the carriage return after an end block before its frame is
/// taken for complete.
const CARRIAGE_RETURN_PATIENCE: Duration = Duration::from_millis(500);

const READ_BYTES: usize = 8 * 1024;

/// One link and what it shares with all others.
#[derive(Clone, Copy)]
pub(crate) struct Link<'a> {
    pub(crate) feed: &'a Feed,
    pub(crate) metrics: &'a FeedMetrics,
    pub(crate) peer: &'a str,
    pub(crate) identity: &'a Identity,
    pub(crate) host: &'a Host,
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
        let (reading, writing) = (self.read(input, owed), self.write(output, answers));
        tokio::pin!(reading, writing);
        tokio::select! {
            end = &mut reading => writing.await.err().unwrap_or(end),
            written = &mut writing => written.err().unwrap_or(End::Closed),
        }
    }

    async fn read(self, mut input: impl AsyncRead + Unpin, owed: mpsc::Sender<Owed>) -> End {
        let mut codec = MllpCodec::new(self.host.config.max_frame_bytes);
        let mut buffer = BytesMut::with_capacity(READ_BYTES);
        let mut log = FaultLog::default();
        loop {
            let received = (&mut codec, &mut buffer);
            let taken = self.take_frames(MllpCodec::decode, received, &owed, &mut log);
            if let Err(end) = taken.await {
                return end;
            }
            if owed.is_closed() {
                return End::AnswerRefused;
            }
            match self.more(&mut input, &mut codec, &mut buffer).await {
                More::Bytes => {}
                More::CarriageReturnMissing => {
                    if let Ok(Some(frame)) = codec.decode_eof(&mut buffer) {
                        self.tape.frame(codec.frame_offset(), &frame);
                        self.take(frame, &owed).await;
                    }
                }
                More::End(End::Shutdown) => return End::Shutdown,
                More::End(end) => {
                    let rest = (&mut codec, &mut buffer);
                    let last = self.take_frames(MllpCodec::decode_eof, rest, &owed, &mut log);
                    return last.await.err().unwrap_or(end);
                }
                More::Stalled => {
                    tracing::warn!(feed = self.feed.name(), peer = self.peer, "frame stalled");
                    self.tape.stalled(codec.frame_offset(), &buffer);
                    let reason = "the frame began and never ended";
                    self.keep_fragment(buffer.split().freeze(), reason).await;
                    return End::Broken;
                }
            }
        }
    }

    /// All frames that the buffer gives: the complete ones, or at the end what is left.
    async fn take_frames(
        self,
        decode: Decode,
        (codec, buffer): (&mut MllpCodec, &mut BytesMut),
        owed: &mpsc::Sender<Owed>,
        log: &mut FaultLog,
    ) -> Result<(), End> {
        loop {
            let frame = decode(codec, buffer);
            self.report(codec, log).await;
            match frame {
                Ok(Some(frame)) => {
                    self.tape.frame(codec.frame_offset(), &frame);
                    self.take(frame, owed).await;
                }
                Ok(None) => return Ok(()),
                Err(error) => return Err(self.give_up(&error)),
            }
        }
    }

    /// Judges a frame and hands it to the keeper; the writer owes its answer.
    async fn take(self, frame: Bytes, owed: &mpsc::Sender<Owed>) {
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
        let owed = owed.send(Owed {
            pending: self.host.keeper.keep(arrivals).await,
            answers,
            batch: one_for_all,
            now: origin.now,
            complete,
        });
        if owed.await.is_err() {
            let (feed, peer) = (self.feed.name(), self.peer);
            tracing::debug!(feed, peer, "answer has no reader");
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
        Judged { arrival, refusal }: Judged,
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
        answers.push(OwedAnswer {
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

    /// Waits for bytes: for days between frames, not for long inside one.
    async fn more(
        self,
        input: &mut (impl AsyncRead + Unpin),
        codec: &mut MllpCodec,
        buffer: &mut BytesMut,
    ) -> More {
        let config = &self.host.config;
        buffer.reserve(READ_BYTES);
        let patience = if codec.end_block_pending() {
            CARRIAGE_RETURN_PATIENCE
        } else {
            Duration::from_secs(config.in_frame_idle_secs)
        };
        let read = input.read_buf(buffer);
        if codec.in_frame() {
            match tokio::time::timeout(patience, read).await {
                Ok(read) => More::of(&read),
                Err(_) if codec.end_block_pending() => More::CarriageReturnMissing,
                Err(_) => More::Stalled,
            }
        } else {
            tokio::select! {
                biased;
                () = self.host.shutdown.cancelled() => More::End(End::Shutdown),
                read = read => More::of(&read),
            }
        }
    }

    fn give_up(self, error: &FrameError) -> End {
        tracing::warn!(feed = self.feed.name(), peer = self.peer, %error, "link given up");
        End::Broken
    }

    /// Logs what the sender should change, and keeps what was cut off.
    async fn report(self, codec: &mut MllpCodec, log: &mut FaultLog) {
        for fault in codec.take_faults() {
            self.metrics.fault(&format!("{:?}", fault.kind));
            log.fault(self.feed.name(), self.peer, &fault);
            self.tape.fault(&fault);
            if !fault.fragment.is_empty() {
                let reason = fault.kind.to_string();
                self.keep_fragment(fault.fragment, &reason).await;
            }
        }
        log.dropped(self.feed.name(), self.peer, codec.faults_dropped());
    }

    async fn keep_fragment(self, bytes: Bytes, reason: &str) {
        let arrival = fragment(bytes, self.origin(), reason);
        if self
            .host
            .keeper
            .keep(vec![arrival])
            .await
            .receipts()
            .await
            .is_err()
        {
            tracing::error!(
                feed = self.feed.name(),
                peer = self.peer,
                "broken frame not kept"
            );
        }
    }

    fn origin(&self) -> Origin<'_> {
        Origin {
            feed: self.feed,
            peer: self.peer,
            identity: self.identity,
            now: now_millis(),
            is_of_short_batch: false,
        }
    }
}

/// [`MllpCodec::decode`] while more may come, [`MllpCodec::decode_eof`] when nothing will.
type Decode = fn(&mut MllpCodec, &mut BytesMut) -> Result<Option<Bytes>, FrameError>;

/// What waiting for bytes came to.
enum More {
    Bytes,
    CarriageReturnMissing,
    Stalled,
    End(End),
}

impl More {
    fn of(read: &io::Result<usize>) -> More {
        match read {
            Ok(0) => More::End(End::Closed),
            Ok(_) => More::Bytes,
            Err(_) => More::End(End::Lost),
        }
    }
}
