//! Misbehaving: each way to do it, while nothing else of the link is under way.

use std::time::Duration;

use tokio::task::yield_now;
use tokio::time::{Instant, sleep};

use super::{Connection, Gone, LastAnswer, Link, Waiting, Wish};
use crate::answer::push_frame;
use crate::control_id::ControlId;
use crate::misbehaviour::Misbehaviour;

/// The longest piece of a split message, in bytes.
const PIECE_BYTES_MAX: usize = 32;
/// The pause of a slow sender in the middle of a message.
const SLOW_PAUSE: Duration = Duration::from_millis(200);
/// What comes between two frames.
const JUNK: &[u8] = b"+++ line noise +++\r\n";
/// What an altered repeat says in addition.
const ALTERATION: &[u8] = b"ZSI|altered\r";
/// A long message is written in pieces of so many bytes.
const LONG_PIECE_BYTES: usize = 64 * 1024;

/// A message with its id.
type Written = (ControlId, Vec<u8>);

impl Link {
    /// Misbehaves once, and notes how the listener took it.
    pub(super) async fn misbehave(
        &mut self,
        connection: &mut Connection,
        misbehaviour: Misbehaviour,
    ) -> Result<(), Gone> {
        let start = Instant::now();
        let taken = match misbehaviour {
            Misbehaviour::Split => self.split(connection).await,
            Misbehaviour::Junk => self.junk(connection).await,
            Misbehaviour::NoEndBlock => self.no_end_block(connection).await,
            Misbehaviour::Repeat => self.repeat(connection).await,
            Misbehaviour::AlteredRepeat => self.altered_repeat(connection).await,
            Misbehaviour::HalfOpen => self.half_open(connection).await,
            Misbehaviour::Slow => self.slow(connection).await,
            Misbehaviour::WrongCharset => self.wrong_charset(connection).await,
            Misbehaviour::Oversized => self.oversized(connection).await,
            Misbehaviour::OutOfOrder => self.out_of_order(connection).await,
        };
        self.turns.pause(start.elapsed());
        match taken {
            Ok(as_expected) => self.report.count_outcome(misbehaviour, as_expected),
            Err(Gone::Lost) => self.report.count_outcome(misbehaviour, false),
            // Counted by who knows.
            Err(Gone::Spent | Gone::Abandoned) => {}
        }
        taken.map(|_| ())
    }

    async fn split(&mut self, connection: &mut Connection) -> Result<bool, Gone> {
        let (id, content) = self.next();
        let frame = self.begin(id, &content);
        let mut rest = &frame[..];
        while let Some((piece, after)) = rest.split_at_checked(piece_bytes(rest.len())) {
            if piece.is_empty() {
                break;
            }
            self.write(connection, piece).await?;
            yield_now().await;
            rest = after;
        }
        self.is_accepted(connection).await
    }

    async fn junk(&mut self, connection: &mut Connection) -> Result<bool, Gone> {
        self.write(connection, JUNK).await?;
        let next = self.next();
        self.ask(connection, &next).await
    }

    async fn no_end_block(&mut self, connection: &mut Connection) -> Result<bool, Gone> {
        let (cut_off, other) = (self.next(), self.next());
        self.write(connection, &unfinished(&cut_off.1)).await?;
        let doubled = self.report.doubled;
        // Whoever takes the part for a message answers it, in order, before the other.
        let accepted = self.ask(connection, &other).await?;
        let part_is_answered = self.report.doubled > doubled;
        Ok(self.ask(connection, &cut_off).await? && accepted && !part_is_answered)
    }

    async fn repeat(&mut self, connection: &mut Connection) -> Result<bool, Gone> {
        let next = self.next();
        let accepted = self.ask(connection, &next).await?;
        let first = self.last_answer.take();
        self.ask(connection, &next).await?;
        Ok(accepted && self.last_answer == first)
    }

    async fn altered_repeat(&mut self, connection: &mut Connection) -> Result<bool, Gone> {
        let (id, mut content) = self.next();
        let first = self.ask(connection, &(id, content.clone())).await?;
        content.extend_from_slice(ALTERATION);
        Ok(self.ask(connection, &(id, content)).await? && first)
    }

    async fn half_open(&mut self, connection: &mut Connection) -> Result<bool, Gone> {
        let (_, mut content) = self.next();
        content.truncate(content.len() / 2);
        self.write(connection, &unfinished(&content)).await?;
        Err(Gone::Abandoned)
    }

    async fn slow(&mut self, connection: &mut Connection) -> Result<bool, Gone> {
        let (id, content) = self.next();
        let frame = self.begin(id, &content);
        for piece in frame.chunks(frame.len().div_ceil(3)) {
            self.write(connection, piece).await?;
            sleep(SLOW_PAUSE).await;
        }
        self.is_accepted(connection).await
    }

    async fn wrong_charset(&mut self, connection: &mut Connection) -> Result<bool, Gone> {
        let mut content = Vec::new();
        let id = self.messages.write_wrongly_encoded(&mut content);
        self.ask(connection, &(id, content)).await
    }

    async fn oversized(&mut self, connection: &mut Connection) -> Result<bool, Gone> {
        let (_, content) = self.next();
        let mut unwritten = (self.shared.plan.frame_limit_bytes + 1).saturating_sub(content.len());
        let mut written = self.write(connection, &unfinished(&content)).await;
        while unwritten > 0 && written.is_ok() {
            let piece = vec![b'Z'; unwritten.min(LONG_PIECE_BYTES)];
            unwritten -= piece.len();
            written = self.write(connection, &piece).await;
        }
        let patience = self.shared.plan.answer_timeout;
        let as_expected = connection.is_closed(patience).await;
        self.report
            .count_outcome(Misbehaviour::Oversized, as_expected);
        Err(Gone::Spent)
    }

    async fn out_of_order(&mut self, connection: &mut Connection) -> Result<bool, Gone> {
        let (earlier, later) = (self.next(), self.next());
        let first = self.ask(connection, &later).await?;
        Ok(self.ask(connection, &earlier).await? && first)
    }

    fn next(&mut self) -> Written {
        let mut content = Vec::new();
        let id = self.messages.write_next(&mut content);
        (id, content)
    }

    /// Sends a message and waits for its answer; whether it was accepted.
    async fn ask(&mut self, connection: &mut Connection, message: &Written) -> Result<bool, Gone> {
        let (id, content) = message;
        let frame = self.begin(*id, content);
        self.write(connection, &frame).await?;
        self.is_accepted(connection).await
    }

    /// The frame of a message, whose answer is expected from now on.
    fn begin(&mut self, id: ControlId, content: &[u8]) -> Vec<u8> {
        let mut frame = Vec::new();
        push_frame(&mut frame, |out| out.extend_from_slice(content));
        let now = Instant::now();
        let waiting = Waiting {
            id,
            due: now,
            sent: now,
            timed: false,
            digest: self.digest(content),
        };
        self.expect(waiting, frame.len());
        self.last_answer = None;
        frame
    }

    async fn write(&self, connection: &mut Connection, bytes: &[u8]) -> Result<(), Gone> {
        connection
            .write(bytes, self.shared.plan.answer_timeout)
            .await
    }

    /// Waits for the answer of what was begun.
    async fn is_accepted(&mut self, connection: &mut Connection) -> Result<bool, Gone> {
        while !self.window.is_empty() {
            self.exchange(connection, Wish::Calm).await?;
        }
        let accepted = |answer: &LastAnswer| answer.is_accept;
        Ok(self.last_answer.as_ref().is_some_and(accepted))
    }
}

/// From one byte to [`PIECE_BYTES_MAX`], by what is left; the trailer comes in two.
fn piece_bytes(left: usize) -> usize {
    match left {
        0..=2 => left.min(1),
        _ => (1 + left % PIECE_BYTES_MAX).min(left - 1),
    }
}

/// A start block and content, without an end.
fn unfinished(content: &[u8]) -> Vec<u8> {
    let mut frame = Vec::new();
    push_frame(&mut frame, |out| out.extend_from_slice(content));
    frame.truncate(content.len() + 1);
    frame
}
