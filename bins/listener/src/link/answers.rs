//! The way back of a link: each answer in its turn, once its commit is done.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use hl7::AckCode;
use mllp::{Commit, MllpCodec};
use tank::{Answer, Receipt};
use tokio::io::{AsyncWrite, AsyncWriteExt as _};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};
use tokio_util::codec::Encoder as _;

use super::keeping::{Awaited, Keeping, Kept, unanswered};
use super::{End, Late, Link};
use crate::beginnings::Told;
use crate::judge::Origin;
use crate::keeper::NotKept;
use crate::refusal::Refusal;

/// Answers that gather before they are written although more are ready, in bytes.
const ANSWERS_BYTES_MAX: usize = 64 * 1024;

/// What is owed for a frame, in the order of the frames. In a box, for an idle link has room for
/// dozens of them.
pub(super) struct Owed {
    /// Nothing where it is kept nowhere: its answers are true already.
    pub(super) keeping: Option<Keeping>,
    /// One for each of its messages.
    pub(super) answers: Vec<OwedAnswer>,
    /// The head of a batch that gets one answer for all.
    pub(super) batch: Option<Bytes>,
    /// When the frame was complete, in milliseconds since 1970.
    pub(super) now: i64,
    pub(super) complete: Instant,
}

/// The answers of which one is true.
pub(super) struct OwedAnswer {
    pub(super) answer: Answer,
    pub(super) altered: Answer,
    pub(super) in_sequence: Option<InSequence>,
    pub(super) awaited: Option<Box<Awaited>>,
    /// Its sender, where the feed looks for gaps in the numbers of messages.
    pub(super) watched: Option<String>,
    /// The header of the message: what an answer needs when there is nothing else of it any more.
    pub(super) head: Bytes,
}

impl OwedAnswer {
    /// An answer to what is kept nowhere.
    pub(super) fn of(answer: Answer) -> OwedAnswer {
        OwedAnswer {
            altered: answer.clone(),
            answer,
            in_sequence: None,
            awaited: None,
            watched: None,
            head: Bytes::new(),
        }
    }
}

/// What there is to say again of a message whose number may be refused.
pub(super) struct InSequence {
    pub(super) message: Bytes,
    pub(super) told: Told,
    /// The answer where it is refused, once that is kept.
    pub(super) refusal: Option<Answer>,
}

impl Link<'_> {
    /// Writes the answers in order; those that are ready together leave together.
    pub(super) async fn write(
        self,
        mut output: impl AsyncWrite + Unpin,
        mut answers: mpsc::Receiver<Box<Owed>>,
        mut late: Late,
    ) -> Result<(), End> {
        let patience = Duration::from_secs(self.host.config.answer_write_secs);
        let mut codec = MllpCodec::new(self.host.config.max_frame_bytes);
        let mut bytes = BytesMut::new();
        loop {
            tokio::select! {
                owed = answers.recv() => {
                    let Some(owed) = owed else { break };
                    if !owed.keeping.as_ref().is_none_or(Keeping::is_ready) {
                        flush(&mut output, &mut bytes, patience).await?;
                        late.have_left();
                    }
                    self.encode(*owed, &mut codec, &mut bytes).await?;
                    late.answered += 1;
                }
                () = late.arrive() => {}
            }
            while let Some(reply) = late.next() {
                codec
                    .encode(reply, &mut bytes)
                    .map_err(|_| self.cannot_frame())?;
            }
            if answers.is_empty() || bytes.len() >= ANSWERS_BYTES_MAX {
                flush(&mut output, &mut bytes, patience).await?;
                late.have_left();
            }
        }
        // Under TLS this says that nothing was cut off.
        drop(timeout(patience, output.shutdown()).await);
        Ok(())
    }

    /// Puts what answers a frame behind what is to be written.
    async fn encode(
        self,
        owed: Owed,
        codec: &mut MllpCodec,
        bytes: &mut BytesMut,
    ) -> Result<(), End> {
        let complete = owed.complete;
        let (commit, answers) = self.answers(owed).await;
        if self.feed.says_what_is_stored() && codec.encode(commit, bytes).is_err() {
            return Err(self.cannot_frame());
        }
        for Answer {
            code,
            bytes: answer,
        } in answers
        {
            let took = complete.elapsed();
            self.metrics.answer(&code, took);
            self.tape.answer(&code, took);
            if !answer.is_empty() && codec.encode(answer, bytes).is_err() {
                return Err(self.cannot_frame());
            }
        }
        Ok(())
    }

    fn cannot_frame(self) -> End {
        let (feed, peer) = (self.feed.name(), self.peer);
        tracing::error!(feed, peer, "answer cannot be framed");
        End::Broken
    }

    /// What is said to a frame, once it is true.
    async fn answers(self, owed: Owed) -> (Commit, Vec<Answer>) {
        let Owed { answers, now, .. } = owed;
        let (commit, mut answers) = if let Some(keeping) = owed.keeping {
            self.kept(keeping, answers, now).await
        } else {
            let answers = answers.into_iter().map(|each| each.answer);
            (Commit::NotStored, answers.collect())
        };
        if let Some(head) = owed.batch {
            answers.retain(|answer| !answer.bytes.is_empty());
            if !answers.is_empty() {
                let bytes = self.host.voice.answer_batch(&head, &answers, now);
                let code = "batch".to_owned();
                answers = vec![Answer { code, bytes }];
            }
        }
        (commit, answers)
    }

    /// The same for what goes into the tank: the commit is done, or has failed.
    async fn kept(
        self,
        keeping: Keeping,
        mut owed: Vec<OwedAnswer>,
        now: i64,
    ) -> (Commit, Vec<Answer>) {
        let room = keeping.room();
        let Kept { receipts, known } = keeping.kept().await;
        let mut commit = match &receipts {
            Ok(_) => Commit::Stored,
            Err(NotKept) => Commit::NotStored,
        };
        // After the messages of a batch comes the receipt of the batch.
        let receipts = receipts.unwrap_or_default();
        self.refuse_numbers(&mut owed, &receipts, room).await;
        let (mut receipts, mut known) = (receipts.into_iter(), known.into_iter());
        let mut answers = Vec::with_capacity(owed.len());
        for each in owed {
            let head = each.head.clone();
            let answer = self.answer(each, receipts.next(), now);
            let known = known.next().flatten();
            answers.push(known.unwrap_or(answer).unwrap_or_else(|NotKept| {
                commit = Commit::NotStored;
                self.not_kept(&head, now)
            }));
        }
        (commit, answers)
    }

    fn answer(
        self,
        owed: OwedAnswer,
        receipt: Option<Receipt>,
        now: i64,
    ) -> Result<Answer, NotKept> {
        let receipt = receipt.ok_or(NotKept)?;
        self.look_for_gaps(&owed, &receipt, now);
        match receipt {
            Receipt::New { .. } => Ok(owed.answer),
            Receipt::Altered { .. } => {
                self.metrics.refusal(Refusal::Altered.name());
                self.tape.refused(Refusal::Altered, &[]);
                Ok(owed.altered)
            }
            // It came when the feed was silent, or answered after the import: original mode always
            // answers.
            Receipt::Repeat {
                answer, earlier, ..
            } if answer.is_empty() && owed.answer.code == AckCode::ApplicationAccept.as_str() => {
                Ok(unanswered(earlier, owed.answer, owed.altered))
            }
            Receipt::Repeat { answer, .. } => Ok(Answer {
                code: "repeated".to_owned(),
                bytes: answer,
            }),
            Receipt::OutOfSequence { .. } => {
                let refusal = owed.in_sequence.and_then(|it| it.refusal);
                refusal.ok_or(NotKept)
            }
        }
    }

    fn not_kept(self, head: &[u8], now: i64) -> Answer {
        self.metrics.refusal(Refusal::NotKept.name());
        self.tape.refused(Refusal::NotKept, &[]);
        let origin = Origin {
            now,
            ..self.origin()
        };
        self.host.voice.not_kept(head, Refusal::NotKept, origin)
    }
}

async fn flush(
    output: &mut (impl AsyncWrite + Unpin),
    bytes: &mut BytesMut,
    patience: Duration,
) -> Result<(), End> {
    if bytes.is_empty() {
        return Ok(());
    }
    let written = timeout(patience, async {
        output.write_all(bytes).await?;
        output.flush().await
    });
    match written.await {
        Ok(Ok(())) => {
            *bytes = BytesMut::new();
            Ok(())
        }
        Ok(Err(_)) | Err(_) => Err(End::AnswerRefused),
    }
}
