//! One link: frames in, answers out, in order, each only after its commit.

use std::io;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use mllp::{Fault, FrameError, MllpCodec};
use service::now_millis;
use socket2::{SockRef, TcpKeepalive};
use tank::Receipt;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::mpsc;
use tokio_util::codec::{Decoder as _, Encoder as _};

use crate::Host;
use crate::judge::{Judged, Origin, fragment};
use crate::keeper::Pending;

/// How long the door rests after a link could not be accepted.
pub(crate) const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How long a sender may leave out the carriage return after an end block before its frame is
/// taken for complete.
const CARRIAGE_RETURN_PATIENCE: Duration = Duration::from_millis(500);

/// How long after an unanswered probe of a silent link comes the next.
const PROBE_INTERVAL: Duration = Duration::from_secs(10);

const READ_BYTES: usize = 8 * 1024;

/// Answers that gather before they are written although more are ready, in bytes.
const ANSWERS_BYTES_MAX: usize = 64 * 1024;

/// One link and what it shares with all others.
#[derive(Clone, Copy)]
pub(crate) struct Link<'a> {
    pub(crate) feed: &'a str,
    pub(crate) peer: &'a str,
    pub(crate) host: &'a Host,
}

/// Why a link ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The sender closed it.
    Closed,
    /// The connection broke.
    Lost,
    /// A frame stalled, passed the limit, or never was one.
    Broken,
    /// The listener stops.
    Shutdown,
    /// The sender did not take its answers.
    AnswerRefused,
}

/// An answer that is owed, in the order of the frames.
struct Owed {
    pending: Pending,
    answer: Bytes,
    altered: Bytes,
    not_kept: Bytes,
}

impl Link<'_> {
    /// Serves the link to its end. Reading stops when the window is full of unanswered messages.
    pub(crate) async fn serve(self, stream: TcpStream) -> End {
        if let Err(error) = self.tune(&stream) {
            tracing::debug!(kind = ?error.kind(), "link cannot be tuned");
        }
        let (input, output) = stream.into_split();
        let (owed, answers) = mpsc::channel(self.host.config.link_window_messages);
        let (reading, writing) = (self.read(input, owed), self.write(output, answers));
        tokio::pin!(reading, writing);
        tokio::select! {
            end = &mut reading => writing.await.err().unwrap_or(end),
            written = &mut writing => written.err().unwrap_or(End::Closed),
        }
    }

    /// An answer leaves at once, and a sender that vanished without a word is noticed.
    fn tune(self, stream: &TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let silence = Duration::from_secs(self.host.config.keep_alive_secs);
        let probes = TcpKeepalive::new()
            .with_time(silence)
            .with_interval(PROBE_INTERVAL);
        SockRef::from(stream).set_tcp_keepalive(&probes)
    }

    async fn read(self, mut input: OwnedReadHalf, owed: mpsc::Sender<Owed>) -> End {
        let mut codec = MllpCodec::new(self.host.config.max_frame_bytes);
        let mut buffer = BytesMut::with_capacity(READ_BYTES);
        loop {
            let frames = self.take_frames(&mut codec, &mut buffer, &owed).await;
            self.report(codec.take_faults()).await;
            if let Err(end) = frames {
                return end;
            }
            if owed.is_closed() {
                return End::AnswerRefused;
            }
            match self.more(&mut input, &mut codec, &mut buffer).await {
                More::Bytes => {}
                More::CarriageReturnMissing => {
                    if let Ok(Some(frame)) = codec.decode_eof(&mut buffer) {
                        self.take(frame, &owed).await;
                    }
                }
                More::End(End::Shutdown) => return End::Shutdown,
                More::End(end) => {
                    return self.finish(&mut codec, &mut buffer, &owed, end).await;
                }
                More::Stalled => {
                    tracing::warn!(feed = self.feed, peer = self.peer, "frame stalled");
                    let reason = "the frame began and never ended";
                    self.keep_fragment(buffer.split().freeze(), reason).await;
                    return End::Broken;
                }
            }
        }
    }

    /// All complete frames of the buffer.
    async fn take_frames(
        self,
        codec: &mut MllpCodec,
        buffer: &mut BytesMut,
        owed: &mpsc::Sender<Owed>,
    ) -> Result<(), End> {
        loop {
            match codec.decode(buffer) {
                Ok(Some(frame)) => self.take(frame, owed).await,
                Ok(None) => return Ok(()),
                Err(error) => return Err(self.give_up(&error)),
            }
        }
    }

    /// Nothing more will come: what the sender left unfinished is kept as broken.
    async fn finish(
        self,
        codec: &mut MllpCodec,
        buffer: &mut BytesMut,
        owed: &mpsc::Sender<Owed>,
        end: End,
    ) -> End {
        loop {
            let last = codec.decode_eof(buffer);
            self.report(codec.take_faults()).await;
            match last {
                Ok(Some(frame)) => self.take(frame, owed).await,
                Ok(None) => return end,
                Err(error) => return self.give_up(&error),
            }
        }
    }

    /// Judges a frame and hands it to the keeper; the writer owes its answer.
    async fn take(self, frame: Bytes, owed: &mpsc::Sender<Owed>) {
        let Judged { arrival, not_kept } = self.host.voice.judge(frame, self.origin());
        let answer = arrival.answer.bytes.clone();
        let altered = arrival
            .altered_answer
            .as_ref()
            .map(|altered| altered.bytes.clone());
        let altered = altered.unwrap_or_else(|| answer.clone());
        let pending = self.host.keeper.keep(arrival).await;
        if owed
            .send(Owed {
                pending,
                answer,
                altered,
                not_kept,
            })
            .await
            .is_err()
        {
            tracing::debug!(feed = self.feed, peer = self.peer, "answer has no reader");
        }
    }

    /// Waits for bytes: for days between frames, not for long inside one.
    async fn more(
        self,
        input: &mut OwnedReadHalf,
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
        tracing::warn!(feed = self.feed, peer = self.peer, %error, "link given up");
        End::Broken
    }

    /// Logs what the sender should change, and keeps what was cut off.
    async fn report(self, faults: Vec<Fault>) {
        for fault in faults {
            let Fault {
                kind,
                offset,
                bytes,
                fragment,
                ..
            } = fault;
            let (feed, peer) = (self.feed, self.peer);
            tracing::warn!(feed, peer, fault = ?kind, offset, bytes, "framing fault: {kind}");
            if !fragment.is_empty() {
                self.keep_fragment(fragment, &kind.to_string()).await;
            }
        }
    }

    async fn keep_fragment(self, bytes: Bytes, reason: &str) {
        let arrival = fragment(bytes, self.origin(), reason);
        if self
            .host
            .keeper
            .keep(arrival)
            .await
            .receipt()
            .await
            .is_err()
        {
            tracing::error!(feed = self.feed, peer = self.peer, "broken frame not kept");
        }
    }

    fn origin(&self) -> Origin<'_> {
        Origin {
            feed: self.feed,
            peer: self.peer,
            now: now_millis(),
        }
    }

    /// Writes the answers in order; those that are ready together leave together.
    async fn write(
        self,
        mut output: OwnedWriteHalf,
        mut answers: mpsc::Receiver<Owed>,
    ) -> Result<(), End> {
        let patience = Duration::from_secs(self.host.config.answer_write_secs);
        let mut codec = MllpCodec::new(self.host.config.max_frame_bytes);
        let mut bytes = BytesMut::new();
        while let Some(owed) = answers.recv().await {
            if !owed.pending.is_ready() {
                flush(&mut output, &mut bytes, patience).await?;
            }
            let answer = owed.answer().await;
            if !answer.is_empty() && codec.encode(answer, &mut bytes).is_err() {
                tracing::error!(
                    feed = self.feed,
                    peer = self.peer,
                    "answer cannot be framed"
                );
                return Err(End::Broken);
            }
            if answers.is_empty() || bytes.len() >= ANSWERS_BYTES_MAX {
                flush(&mut output, &mut bytes, patience).await?;
            }
        }
        Ok(())
    }
}

async fn flush(
    output: &mut OwnedWriteHalf,
    bytes: &mut BytesMut,
    patience: Duration,
) -> Result<(), End> {
    if bytes.is_empty() {
        return Ok(());
    }
    match tokio::time::timeout(patience, output.write_all(bytes)).await {
        Ok(Ok(())) => {
            bytes.clear();
            Ok(())
        }
        Ok(Err(_)) | Err(_) => Err(End::AnswerRefused),
    }
}

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

impl Owed {
    /// The answer that is true once the commit is done, or has failed.
    async fn answer(self) -> Bytes {
        match self.pending.receipt().await {
            Ok(Receipt::New { .. }) => self.answer,
            Ok(Receipt::Altered { .. }) => self.altered,
            Ok(Receipt::Repeat { answer, .. }) => answer,
            Err(_) => self.not_kept,
        }
    }
}
