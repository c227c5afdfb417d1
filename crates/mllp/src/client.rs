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

/// An answer timeout beyond what the clock can count is cut to this: 30 years.
const FAR_FUTURE: Duration = Duration::from_hours(30 * 365 * 24);

/// What a [`Client`] must be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_structs,
    reason = "both must be given; there is no default"
)]
pub struct ClientOptions {
    /// Longest answer accepted, in bytes of content.
    pub max_frame_bytes: usize,
    /// Longest time that one call waits: [`Client::send`] for its message to be written and
    /// answered, [`Client::receive`] for a frame, and [`Pipeline::next`] for the next answer in
    /// turn, counted from that call and not from when its message was sent.
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
    ended: bool,
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
        // `next_frame` writes while it reads; writing in `queue` could wait for a peer that waits
        // for us to read.
        framed.set_backpressure_boundary(usize::MAX);
        Self {
            framed,
            answer_timeout: options.answer_timeout,
            strangers: 0,
            ended: false,
        }
    }

    /// Sends one message and waits for the frame that `is_answer` accepts.
    ///
    /// An empty message is refused, as no receiver answers it.
    pub async fn send(
        &mut self,
        message: &[u8],
        is_answer: impl Fn(&[u8]) -> bool,
    ) -> Result<Bytes, ClientError> {
        let deadline = self.deadline();
        self.refuse_if_ended()?;
        self.queue(message).await.map_err(ClientError::Encode)?;
        self.wait_for(deadline, is_answer).await
    }

    /// Waits for one more frame that `is_answer` accepts, without sending anything.
    ///
    /// For receivers that answer twice: a [`Commit`](crate::Commit) of MLLP release 2 or a commit
    /// accept of HL7's enhanced mode comes first, and the application's answer after it.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use bytes::Bytes;
    /// # use cistern_mllp::{Client, ClientError, ClientOptions, MllpCodec};
    /// # use tokio_util::codec::Encoder;
    /// use cistern_mllp::Commit;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), ClientError> {
    /// # let (stream, mut peer) = tokio::io::duplex(1024);
    /// # tokio::io::AsyncWriteExt::write_all(&mut peer, b"\x0B\x06\x1C\r\x0Bdone\x1C\r").await.ok();
    /// # let (max_frame_bytes, answer_timeout) = (1024, Duration::from_secs(5));
    /// # let mut client = Client::over(stream, ClientOptions { max_frame_bytes, answer_timeout });
    /// let is_commit = |frame: &[u8]| Commit::from_content(frame).is_some();
    /// let commit = client.send(b"message", is_commit).await?;
    /// assert_eq!(Commit::from_content(&commit), Some(Commit::Stored));
    ///
    /// let answer = client.receive(|frame| !is_commit(frame)).await?;
    /// assert_eq!(answer, "done");
    /// # Ok(())
    /// # }
    /// ```
    pub async fn receive(
        &mut self,
        is_answer: impl Fn(&[u8]) -> bool,
    ) -> Result<Bytes, ClientError> {
        self.wait_for(self.deadline(), is_answer).await
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
        Instant::now() + self.answer_timeout.min(FAR_FUTURE)
    }

    async fn wait_for(
        &mut self,
        deadline: Instant,
        is_answer: impl Fn(&[u8]) -> bool,
    ) -> Result<Bytes, ClientError> {
        loop {
            let frame = self.next_frame(deadline, 1).await?;
            if is_answer(&frame) {
                return Ok(frame);
            }
            self.count_stranger();
        }
    }

    pub(crate) fn count_stranger(&mut self) {
        self.strangers += 1;
    }

    /// Whether the connection was seen to end: nothing more is written to it or read from it.
    pub(crate) fn has_ended(&self) -> bool {
        self.ended
    }

    fn refuse_if_ended(&self) -> Result<(), ClientError> {
        if self.ended {
            return Err(ClientError::Ended);
        }
        Ok(())
    }

    /// Puts a message behind what is still to be written; `next_frame` writes it.
    pub(crate) async fn queue(&mut self, message: &[u8]) -> Result<(), FrameError> {
        if message.is_empty() {
            return Err(FrameError::Empty);
        }
        self.framed.feed(message).await
    }

    pub(crate) async fn next_frame(
        &mut self,
        deadline: Instant,
        unanswered: usize,
    ) -> Result<Bytes, ClientError> {
        self.refuse_if_ended()?;
        let next = timeout_at(deadline, poll_fn(|cx| self.poll_exchange(cx))).await;
        self.ended = matches!(next, Ok(None | Some(Err(_))));
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
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}
