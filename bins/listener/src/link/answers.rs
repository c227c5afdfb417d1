//! The way back of a link: each answer in its turn, once its commit is done.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use mllp::MllpCodec;
use tank::{Answer, Receipt};
use tokio::io::{AsyncWrite, AsyncWriteExt as _};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};
use tokio_util::codec::Encoder as _;

use super::{End, Link};
use crate::judge::Origin;
use crate::keeper::Pending;
use crate::refusal::Refusal;

/// Answers that gather before they are written although more are ready, in bytes.
const ANSWERS_BYTES_MAX: usize = 64 * 1024;

/// An answer that is owed, in the order of the frames.
pub(super) struct Owed {
    pub(super) pending: Pending,
    pub(super) answer: Answer,
    pub(super) altered: Answer,
    /// The header of the message: what an answer needs when there is nothing else of it any more.
    pub(super) head: Bytes,
    /// When the frame was complete.
    pub(super) now: i64,
    pub(super) complete: Instant,
}

impl Link<'_> {
    /// Writes the answers in order; those that are ready together leave together.
    pub(super) async fn write(
        self,
        mut output: impl AsyncWrite + Unpin,
        mut answers: mpsc::Receiver<Owed>,
    ) -> Result<(), End> {
        let patience = Duration::from_secs(self.host.config.answer_write_secs);
        let mut codec = MllpCodec::new(self.host.config.max_frame_bytes);
        let mut bytes = BytesMut::new();
        while let Some(owed) = answers.recv().await {
            if !owed.pending.is_ready() {
                flush(&mut output, &mut bytes, patience).await?;
            }
            let complete = owed.complete;
            let Answer {
                code,
                bytes: answer,
            } = self.answer(owed).await;
            self.metrics.answer(&code, complete.elapsed());
            if !answer.is_empty() && codec.encode(answer, &mut bytes).is_err() {
                tracing::error!(
                    feed = self.feed.name(),
                    peer = self.peer,
                    "answer cannot be framed"
                );
                return Err(End::Broken);
            }
            if answers.is_empty() || bytes.len() >= ANSWERS_BYTES_MAX {
                flush(&mut output, &mut bytes, patience).await?;
            }
        }
        // Under TLS this says that nothing was cut off.
        drop(timeout(patience, output.shutdown()).await);
        Ok(())
    }

    /// The answer that is true once the commit is done, or has failed.
    async fn answer(self, owed: Owed) -> Answer {
        match owed.pending.receipt().await {
            Ok(Receipt::New { .. }) => owed.answer,
            Ok(Receipt::Altered { .. }) => {
                self.metrics.refusal(Refusal::Altered.name());
                owed.altered
            }
            Ok(Receipt::Repeat { answer, .. }) => Answer {
                code: "repeated".to_owned(),
                bytes: answer,
            },
            Err(_) => {
                self.metrics.refusal(Refusal::NotKept.name());
                let origin = Origin {
                    now: owed.now,
                    ..self.origin()
                };
                self.host.voice.not_kept(&owed.head, origin)
            }
        }
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
            bytes.clear();
            Ok(())
        }
        Ok(Err(_)) | Err(_) => Err(End::AnswerRefused),
    }
}
