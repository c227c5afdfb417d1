//! Many messages on one connection, some of them ahead of their answers.

use std::collections::VecDeque;
use std::fmt;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::{Client, ClientError, FrameError};

/// Messages on their way and their answers; made by [`Client::pipeline`].
///
/// A peer that answers out of order is put right: an answer waits for those before it. After
/// [`Timeout`](ClientError::Timeout), [`Closed`](ClientError::Closed) or
/// [`Lost`](ClientError::Lost) the messages still [`unanswered`](Self::unanswered) may or may not
/// have been taken.
pub struct Pipeline<'a, T, I: Iterator, F> {
    client: &'a mut Client<T>,
    messages: I,
    window: usize,
    is_answer: F,
    in_flight: VecDeque<InFlight<I::Item>>,
    /// Messages whose turn has come.
    settled: usize,
}

struct InFlight<M> {
    message: M,
    /// `None` while it waits for its answer.
    outcome: Option<Result<Bytes, FrameError>>,
}

impl<'a, T, I, F> Pipeline<'a, T, I, F>
where
    T: AsyncRead + AsyncWrite + Unpin,
    I: Iterator<Item: AsRef<[u8]>>,
    F: Fn(&[u8], &[u8]) -> bool,
{
    pub(crate) fn new(client: &'a mut Client<T>, messages: I, window: usize, is_answer: F) -> Self {
        Self {
            client,
            messages,
            window: window.max(1),
            is_answer,
            in_flight: VecDeque::new(),
            settled: 0,
        }
    }

    /// The next message with its answer; `None` when all are answered.
    ///
    /// Waits at most the client's answer timeout. May be dropped and called again.
    ///
    /// A message that cannot be framed is [`EncodeInPipeline`](ClientError::EncodeInPipeline) when
    /// its turn comes; those before and after it are sent, and the next call goes on. So it does
    /// after [`Timeout`](ClientError::Timeout), with the same message. After any other error
    /// each call gives [`Ended`](ClientError::Ended), and takes no more messages.
    pub async fn next(&mut self) -> Result<Option<(I::Item, Bytes)>, ClientError> {
        let deadline = self.client.deadline();
        self.fill().await;
        loop {
            if let Some(settled) = self.pop_settled() {
                return settled.map(Some);
            }
            if self.in_flight.is_empty() && !self.client.has_ended() {
                return Ok(None);
            }
            let frame = self.client.next_frame(deadline, self.unanswered()).await?;
            self.file(frame);
        }
    }

    /// Messages sent and not answered.
    pub fn unanswered(&self) -> usize {
        self.in_flight
            .iter()
            .filter(|sent| sent.outcome.is_none())
            .count()
    }

    async fn fill(&mut self) {
        while self.in_flight.len() < self.window
            && !self.client.has_ended()
            && let Some(message) = self.messages.next()
        {
            let refused = self.client.queue(message.as_ref()).await.err();
            self.in_flight.push_back(InFlight {
                message,
                outcome: refused.map(Err),
            });
        }
    }

    /// The message whose turn it is, unless it waits for its answer.
    fn pop_settled(&mut self) -> Option<Result<(I::Item, Bytes), ClientError>> {
        let outcome = self.in_flight.front_mut()?.outcome.take()?;
        let first = self.in_flight.pop_front()?;
        let position = self.settled;
        self.settled += 1;
        Some(match outcome {
            Ok(answer) => Ok((first.message, answer)),
            Err(source) => Err(ClientError::EncodeInPipeline { position, source }),
        })
    }

    fn file(&mut self, frame: Bytes) {
        let is_answer = &self.is_answer;
        let asked = self
            .in_flight
            .iter_mut()
            .find(|sent| sent.outcome.is_none() && is_answer(sent.message.as_ref(), &frame));
        match asked {
            Some(sent) => sent.outcome = Some(Ok(frame)),
            None => self.client.count_stranger(),
        }
    }
}

impl<T, I: Iterator, F> fmt::Debug for Pipeline<'_, T, I, F> {
    /// Leaves out the messages.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pipeline")
            .field("window", &self.window)
            .field("in_flight", &self.in_flight.len())
            .finish_non_exhaustive()
    }
}
