//! Many messages on one connection, some of them ahead of their answers.

use std::collections::VecDeque;
use std::fmt;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::{Client, ClientError};

/// Messages on their way and their answers; made by [`Client::pipeline`].
///
/// A peer that answers out of order is put right: an answer waits for those before it. After an
/// error the messages still [`unanswered`](Self::unanswered) may or may not have been taken.
pub struct Pipeline<'a, T, I: Iterator, F> {
    client: &'a mut Client<T>,
    messages: I,
    window: usize,
    is_answer: F,
    in_flight: VecDeque<InFlight<I::Item>>,
}

struct InFlight<M> {
    message: M,
    answer: Option<Bytes>,
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
        }
    }

    /// The next message with its answer; `None` when all are answered.
    ///
    /// Waits at most the client's answer timeout. May be dropped and called again.
    pub async fn next(&mut self) -> Result<Option<(I::Item, Bytes)>, ClientError> {
        let deadline = self.client.deadline();
        self.fill().await?;
        loop {
            if let Some(answered) = self.pop_answered() {
                return Ok(Some(answered));
            }
            if self.in_flight.is_empty() {
                return Ok(None);
            }
            let frame = self.client.receive(deadline, self.unanswered()).await?;
            self.file(frame);
        }
    }

    /// Messages sent and not answered.
    pub fn unanswered(&self) -> usize {
        self.in_flight
            .iter()
            .filter(|sent| sent.answer.is_none())
            .count()
    }

    async fn fill(&mut self) -> Result<(), ClientError> {
        while self.in_flight.len() < self.window
            && let Some(message) = self.messages.next()
        {
            self.client.queue(message.as_ref()).await?;
            self.in_flight.push_back(InFlight {
                message,
                answer: None,
            });
        }
        Ok(())
    }

    fn pop_answered(&mut self) -> Option<(I::Item, Bytes)> {
        let answer = self.in_flight.front_mut()?.answer.take()?;
        let sent = self.in_flight.pop_front()?;
        Some((sent.message, answer))
    }

    fn file(&mut self, frame: Bytes) {
        let is_answer = &self.is_answer;
        let asked = self
            .in_flight
            .iter_mut()
            .find(|sent| sent.answer.is_none() && is_answer(sent.message.as_ref(), &frame));
        match asked {
            Some(sent) => sent.answer = Some(frame),
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
