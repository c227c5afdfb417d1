//! A client: sends content in frames and waits for the frames that answer it.

use std::fmt;
use std::future::poll_fn;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, ToSocketAddrs};
use tokio::time::{Instant, timeout_at};
use tokio_util::codec::Framed;

use crate::{ClientError, FrameError, MllpCodec, Pipeline};

/// What a [`Client`] must be told.
#[derive(Debug, Clone, Copy)]
#[expect(
    clippy::exhaustive_structs,
    reason = "both must be given; there is no default"
)]
pub struct ClientOptions {
    /// Longest answer accepted, in bytes of content.
    pub max_frame_bytes: usize,
    /// Longest time for one message to be written and answered.
    pub answer_timeout: Duration,
}

/// The sending end of a connection.
///
/// Which frame answers which message is for the caller to say (in HL7: MSA-2 of the answer is
/// MSH-10 of the message). Frames that answer nothing, such as the late answer to a message that
/// timed out, are skipped and counted. Dropping a future of this client loses no framing: what
/// was begun is written in full before the next message.
pub struct Client<T = TcpStream> {
    framed: Framed<T, MllpCodec>,
    answer_timeout: Duration,
    strangers: u64,
}

impl Client {
    /// Connects over TCP, as patiently as the operating system.
    pub async fn connect(
        address: impl ToSocketAddrs,
        options: ClientOptions,
    ) -> Result<Self, ClientError> {
        let stream = TcpStream::connect(address)
            .await
            .map_err(ClientError::Connect)?;
        // A frame is written whole: waiting to fill a packet would only delay it.
        stream.set_nodelay(true).map_err(ClientError::Connect)?;
        Ok(Self::over(stream, options))
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> Client<T> {
    /// A client over any byte stream, such as one of TLS.
    pub fn over(stream: T, options: ClientOptions) -> Self {
        let mut framed = Framed::new(stream, MllpCodec::new(options.max_frame_bytes));
        // `receive` writes while it reads; writing in `queue` could wait for a peer that waits
        // for us to read.
        framed.set_backpressure_boundary(usize::MAX);
        Self {
            framed,
            answer_timeout: options.answer_timeout,
            strangers: 0,
        }
    }

    /// Sends one message and waits for the frame that `is_answer` accepts.
    pub async fn send(
        &mut self,
        message: &[u8],
        is_answer: impl Fn(&[u8]) -> bool,
    ) -> Result<Bytes, ClientError> {
        let deadline = self.deadline();
        self.queue(message).await?;
        loop {
            let frame = self.receive(deadline, 1).await?;
            if is_answer(&frame) {
                return Ok(frame);
            }
            self.count_stranger();
        }
    }

    /// Sends `messages` with up to `window` of them unanswered (at least one).
    ///
    /// `is_answer(message, frame)` tells which frame answers which message. The answers come out
    /// of [`Pipeline::next`], in the order of the messages.
    pub fn pipeline<I, F>(
        &mut self,
        messages: I,
        window: usize,
        is_answer: F,
    ) -> Pipeline<'_, T, I::IntoIter, F>
    where
        I: IntoIterator<Item: AsRef<[u8]>>,
        F: Fn(&[u8], &[u8]) -> bool,
    {
        Pipeline::new(self, messages.into_iter(), window, is_answer)
    }

    /// Frames since the connection opened that answered no message.
    pub fn strangers(&self) -> u64 {
        self.strangers
    }

    /// The codec, for the faults of the peer.
    pub fn codec_mut(&mut self) -> &mut MllpCodec {
        self.framed.codec_mut()
    }

    /// Gives the stream back, without what was read of it beyond the last answer.
    pub fn into_inner(self) -> T {
        self.framed.into_inner()
    }

    pub(crate) fn deadline(&self) -> Instant {
        Instant::now() + self.answer_timeout
    }

    pub(crate) fn count_stranger(&mut self) {
        self.strangers += 1;
    }

    /// Puts a message behind what is still to be written; [`receive`](Self::receive) writes it.
    pub(crate) async fn queue(&mut self, message: &[u8]) -> Result<(), ClientError> {
        self.framed.feed(message).await.map_err(ClientError::Encode)
    }

    pub(crate) async fn receive(
        &mut self,
        deadline: Instant,
        unanswered: usize,
    ) -> Result<Bytes, ClientError> {
        let next = timeout_at(deadline, poll_fn(|cx| self.poll_exchange(cx))).await;
        let strangers = self.strangers;
        match next {
            Ok(Some(Ok(frame))) => Ok(frame),
            Ok(Some(Err(source))) => Err(ClientError::Lost {
                source,
                unanswered,
                strangers,
            }),
            Ok(None) => Err(ClientError::Closed {
                unanswered,
                strangers,
            }),
            Err(_) => Err(ClientError::Timeout {
                after: self.answer_timeout,
                unanswered,
                strangers,
            }),
        }
    }

    /// Writes what can be written until a frame can be read.
    ///
    /// Reads first: answers that came before the connection broke are worth more than the error.
    fn poll_exchange(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, FrameError>>> {
        if let Poll::Ready(item) = self.framed.poll_next_unpin(cx) {
            return Poll::Ready(item);
        }
        match SinkExt::<&[u8]>::poll_flush_unpin(&mut self.framed, cx) {
            Poll::Ready(Err(error)) => Poll::Ready(Some(Err(error))),
            Poll::Ready(Ok(())) | Poll::Pending => Poll::Pending,
        }
    }
}

impl<T> fmt::Debug for Client<T> {
    /// Leaves out the stream, which may print what it buffers.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("codec", self.framed.codec())
            .field("answer_timeout", &self.answer_timeout)
            .field("strangers", &self.strangers)
            .finish_non_exhaustive()
    }
}
