//! The way in of a link: bytes are read until they are frames, or never will be.

use std::future::poll_fn;
use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Poll, ready};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use mllp::{FrameError, MllpCodec};
use tokio::io::{AsyncRead, AsyncReadExt as _, ReadBuf};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::codec::Decoder as _;

use super::answers::Owed;
use super::fault_log::FaultLog;
use super::unfinished::Unfinished;
use super::{End, Link};
use crate::judge::fragment;

/// How long a sender may leave out the carriage return after an end block before its frame is
/// taken for complete.
const CARRIAGE_RETURN_PATIENCE: Duration = Duration::from_millis(500);

const READ_BYTES: usize = 8 * 1024;

/// What has been read of a link and not taken.
struct Inbox<'h> {
    codec: MllpCodec,
    buffer: BytesMut,
    log: FaultLog,
    /// Until when what comes is turned down, once the listener is about to stop.
    stopping: Option<Instant>,
    unfinished: Unfinished<'h>,
}

impl Link<'_> {
    /// Reads to the end of the link.
    pub(super) async fn read(
        self,
        mut input: impl AsyncRead + Unpin,
        owed: mpsc::Sender<Box<Owed>>,
    ) -> End {
        let mut inbox = Inbox {
            codec: MllpCodec::new(self.host.config.max_frame_bytes),
            buffer: BytesMut::new(),
            log: FaultLog::default(),
            stopping: None,
            unfinished: Unfinished::new(&self.host.unfinished),
        };
        loop {
            if let Err(end) = self.take_frames(MllpCodec::decode, &mut inbox, &owed).await {
                return end;
            }
            if owed.is_closed() {
                return End::AnswerRefused;
            }
            match self.more(&mut input, &mut inbox).await {
                More::Bytes => {}
                More::CarriageReturnMissing => {
                    if let Ok(Some(frame)) = inbox.codec.decode_eof(&mut inbox.buffer) {
                        self.take_frame(frame, &mut inbox, &owed).await;
                    }
                }
                More::Stopping => match self.turns_down_until() {
                    None => return End::Shutdown,
                    until => inbox.stopping = until,
                },
                More::End(End::Shutdown) => return End::Shutdown,
                More::End(end) => {
                    let last = self.take_frames(MllpCodec::decode_eof, &mut inbox, &owed);
                    return last.await.err().unwrap_or(end);
                }
                More::Stalled(why) => return Box::pin(self.stalled(inbox, why)).await,
            }
        }
    }

    /// All frames that the buffer gives: the complete ones, or at the end what is left.
    async fn take_frames(
        self,
        decode: Decode,
        inbox: &mut Inbox<'_>,
        owed: &mpsc::Sender<Box<Owed>>,
    ) -> Result<(), End> {
        loop {
            let frame = decode(&mut inbox.codec, &mut inbox.buffer);
            self.report(inbox).await;
            match frame {
                Ok(Some(frame)) => self.take_frame(frame, inbox, owed).await,
                Ok(None) => return Ok(()),
                Err(error) => return Err(self.give_up(&error)),
            }
        }
    }

    async fn take_frame(self, frame: Bytes, inbox: &mut Inbox<'_>, owed: &mpsc::Sender<Box<Owed>>) {
        self.tape.frame(inbox.codec.frame_offset(), &frame);
        if inbox.stopping.is_none() {
            return self.take(frame, &mut inbox.unfinished, owed).await;
        }
        inbox.unfinished.ends();
        Box::pin(self.turn_down(frame, owed)).await;
    }

    /// Waits for bytes: for days between frames, not for long inside one.
    async fn more(self, input: &mut (impl AsyncRead + Unpin), inbox: &mut Inbox<'_>) -> More {
        let Inbox {
            codec,
            buffer,
            unfinished,
            stopping,
            ..
        } = inbox;
        if !codec.in_frame() {
            unfinished.ends();
            if buffer.is_empty() {
                *buffer = BytesMut::new();
            }
            return tokio::select! {
                biased;
                end = self.stop(*stopping) => end,
                read = read_first(input, buffer) => More::of(&read),
            };
        }
        let config = &self.host.config;
        let idle = Duration::from_secs(config.in_frame_idle_secs);
        let frame = Duration::from_secs(config.frame_secs);
        let in_all = unfinished.patience(frame);
        let patience = idle.min(unfinished.patience_for_room(frame));
        let room = unfinished.grow(buffer.len() + READ_BYTES);
        if timeout(patience, room).await.is_err() {
            return More::Stalled(Stall::NoRoom);
        }
        let (patience, otherwise) = if codec.end_block_pending() {
            (CARRIAGE_RETURN_PATIENCE, More::CarriageReturnMissing)
        } else if in_all < idle {
            (in_all, More::Stalled(Stall::TooSlow))
        } else {
            (idle, More::Stalled(Stall::Silent))
        };
        buffer.reserve(READ_BYTES);
        let read = timeout(patience, input.read_buf(buffer)).await;
        read.map_or(otherwise, |read| More::of(&read))
    }

    /// Waits until nothing new may begin, and then until nothing is turned down any more either.
    async fn stop(self, turned_down_until: Option<Instant>) -> More {
        match turned_down_until {
            None => {
                self.host.shutdown.cancelled().await;
                More::Stopping
            }
            Some(until) => {
                sleep_until(until).await;
                More::End(End::Shutdown)
            }
        }
    }

    /// Half of the time that there is to stop, so that the other half is left for the last answers;
    /// nothing where the feed answers no more.
    fn turns_down_until(self) -> Option<Instant> {
        let time = Duration::from_secs(self.host.config.drain_secs) / 2;
        let answers = self.feed.answers_while_stopping();
        answers.then(|| Instant::now() + time)
    }

    /// Gives up a message that does not end, and keeps what came of it.
    async fn stalled(self, mut inbox: Inbox<'_>, why: Stall) -> End {
        let (feed, peer, reason) = (self.feed.name(), self.peer, why.reason());
        tracing::warn!(feed, peer, reason, "frame stalled");
        self.tape.stalled(inbox.codec.frame_offset(), &inbox.buffer);
        self.keep_fragment(inbox.buffer.split().freeze(), reason)
            .await;
        End::Broken
    }

    fn give_up(self, error: &FrameError) -> End {
        tracing::warn!(feed = self.feed.name(), peer = self.peer, %error, "link given up");
        End::Broken
    }

    /// Logs what the sender should change, and keeps what was cut off.
    async fn report(self, inbox: &mut Inbox<'_>) {
        let faults = inbox.codec.take_faults();
        for fault in faults {
            self.metrics.fault(&format!("{:?}", fault.kind));
            inbox.log.fault(self.feed.name(), self.peer, &fault);
            self.tape.fault(&fault);
            if !fault.fragment.is_empty() {
                let reason = fault.kind.to_string();
                Box::pin(self.keep_fragment(fault.fragment, &reason)).await;
                inbox.unfinished.ends();
            }
        }
        let dropped = inbox.codec.faults_dropped();
        inbox.log.dropped(self.feed.name(), self.peer, dropped);
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
}

/// Waits for the first bytes after a frame. There is no room for them until they come: most links
/// are idle most of the time.
async fn read_first(
    input: &mut (impl AsyncRead + Unpin),
    buffer: &mut BytesMut,
) -> io::Result<usize> {
    poll_fn(|context| {
        let mut bytes = [const { MaybeUninit::uninit() }; READ_BYTES];
        let mut bytes = ReadBuf::uninit(&mut bytes);
        ready!(Pin::new(&mut *input).poll_read(context, &mut bytes))?;
        buffer.extend_from_slice(bytes.filled());
        Poll::Ready(Ok(bytes.filled().len()))
    })
    .await
}

/// [`MllpCodec::decode`] while more may come, [`MllpCodec::decode_eof`] when nothing will.
type Decode = fn(&mut MllpCodec, &mut BytesMut) -> Result<Option<Bytes>, FrameError>;

/// What waiting for bytes came to.
enum More {
    Bytes,
    CarriageReturnMissing,
    Stopping,
    Stalled(Stall),
    End(End),
}

/// Why a message that has begun is waited for no longer.
enum Stall {
    /// Nothing more came.
    Silent,
    /// Bytes came, but not its end.
    TooSlow,
    /// Too much of other messages was waiting for its end.
    NoRoom,
}

impl Stall {
    fn reason(&self) -> &'static str {
        match self {
            Stall::Silent => "the frame began and never ended",
            Stall::TooSlow => "the frame took longer than frame_secs",
            Stall::NoRoom => "there was no room for the rest of the frame: unfinished_bytes_max",
        }
    }
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
