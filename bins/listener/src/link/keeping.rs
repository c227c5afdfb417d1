//! What an answer waits for: the commit of its frame, and on some feeds the import after it.

use std::mem::replace;
use std::sync::Arc;

use bytes::Bytes;
use hl7::AckCode;
use tank::{Answer, Arrival, Arrived, Receipt, SequenceNumber};
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};
use tokio_util::task::AbortOnDropHandle;

use crate::imports::{Imports, Waiting};
use crate::judge::no_answer;
use crate::keeper::{NotKept, Pending};
use crate::room::Place;

/// A frame on its way.
pub(super) enum Keeping {
    /// Into the tank.
    Commit(Pending),
    /// Into the tank, and through the importer.
    Import(AbortOnDropHandle<Kept>, Option<Arc<Place>>),
}

/// What became of a frame.
pub(super) struct Kept {
    pub(super) receipts: Result<Vec<Receipt>, NotKept>,
    /// For each message the answer that is known by now, where that is another than was written
    /// beforehand.
    pub(super) known: Vec<Option<Result<Answer, NotKept>>>,
}

/// A message that is answered after its import.
pub(super) struct Awaited {
    pub(super) head: Bytes,
    pub(super) sequence_number: Option<i64>,
    /// What is answered where that takes too long.
    pub(super) otherwise: Answer,
    /// The same where its control id came before with other bytes.
    pub(super) altered: Answer,
    /// Whether what is altered waits for its import too; if not, it is answered at once.
    pub(super) altered_waits: bool,
}

impl Keeping {
    /// Waits for the commit, and then for the import of each message that is awaited.
    pub(super) fn import(
        pending: Pending,
        awaited: Vec<Option<Box<Awaited>>>,
        imports: Imports,
        complete: Instant,
    ) -> Keeping {
        let room = pending.room.clone();
        let until = complete + imports.patience;
        let keeping = tokio::spawn(async move {
            let receipts = pending.receipts().await;
            let kept = receipts.as_deref().unwrap_or_default();
            let known = await_imports(kept, awaited, &imports, until).await;
            Kept { receipts, known }
        });
        Keeping::Import(AbortOnDropHandle::new(keeping), room)
    }

    /// Whether [`Keeping::kept`] need not wait.
    pub(super) fn is_ready(&self) -> bool {
        match self {
            Keeping::Commit(pending) => pending.is_ready(),
            Keeping::Import(keeping, _) => keeping.is_finished(),
        }
    }

    /// Of messages in sequence, the room that their bytes take.
    pub(super) fn room(&self) -> Option<Arc<Place>> {
        match self {
            Keeping::Commit(Pending { room, .. }) | Keeping::Import(_, room) => room.clone(),
        }
    }

    /// Waits for as long as the sender may be kept waiting.
    pub(super) async fn kept(self) -> Kept {
        match self {
            Keeping::Commit(pending) => Kept {
                receipts: pending.receipts().await,
                known: Vec::new(),
            },
            Keeping::Import(keeping, _) => keeping.await.unwrap_or(Kept {
                receipts: Err(NotKept),
                known: Vec::new(),
            }),
        }
    }
}

/// All are watched at once. The watch answers in time while the tank does.
async fn await_imports(
    receipts: &[Receipt],
    awaited: Vec<Option<Box<Awaited>>>,
    imports: &Imports,
    until: Instant,
) -> Vec<Option<Result<Answer, NotKept>>> {
    let mut coming = Vec::with_capacity(awaited.len());
    for (receipt, awaited) in receipts.iter().zip(awaited) {
        let asked = awaited.and_then(|awaited| awaited.asks(receipt, until));
        coming.push(match asked {
            Some((waiting, told)) => {
                imports.watch(waiting).await;
                Some(told)
            }
            None => None,
        });
    }
    let deadline = until + imports.grace;
    let mut known = Vec::with_capacity(coming.len());
    for told in coming {
        known.push(match told {
            Some(told) => Some(answer(told, deadline).await),
            None => None,
        });
    }
    known
}

/// What cannot be recorded is not said: the sender is to send again, and hears it then.
async fn answer(told: oneshot::Receiver<Answer>, deadline: Instant) -> Result<Answer, NotKept> {
    match timeout_at(deadline, told).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(_)) | Err(_) => Err(NotKept),
    }
}

/// What a repeat hears of which nobody has been told. Altered ones may have been accepted when it
/// came, and are not now: then it is kept to be imported, and hears the ordinary answer.
pub(super) fn unanswered(earlier: Option<i64>, answer: Answer, altered: Answer) -> Answer {
    let accepts = altered.code == AckCode::ApplicationAccept.as_str();
    if earlier.is_some() && accepts {
        altered
    } else {
        answer
    }
}

impl Awaited {
    /// Takes the answers of a message away: until its import it is kept as not answered. Only in
    /// original mode does a sender wait, which alone accepts by AA.
    pub(super) fn of(arrival: &mut Arrival, head: &Bytes) -> Option<Awaited> {
        let is_original = arrival.answer.code == AckCode::ApplicationAccept.as_str();
        if !is_original || arrival.state != Arrived::Received {
            return None;
        }
        let altered = arrival.altered.as_mut()?;
        let altered_waits = altered.state == Arrived::Received;
        Some(Awaited {
            head: head.clone(),
            sequence_number: match arrival.sequence {
                Some(SequenceNumber::Number { number, .. }) => Some(number),
                _ => None,
            },
            altered: if altered_waits {
                replace(&mut altered.answer, no_answer())
            } else {
                altered.answer.clone()
            },
            altered_waits,
            otherwise: replace(&mut arrival.answer, no_answer()),
        })
    }

    /// What is watched, unless the message is answered at once: a repeat of one that was answered, or
    /// what must not be taken.
    fn asks(
        self,
        receipt: &Receipt,
        until: Instant,
    ) -> Option<(Waiting, oneshot::Receiver<Answer>)> {
        let (message_id, otherwise) = match receipt {
            Receipt::New { id } => (*id, self.otherwise),
            Receipt::Altered { id, .. } if self.altered_waits => (*id, self.altered),
            Receipt::Repeat {
                id,
                answer,
                earlier,
            } if answer.is_empty() => (*id, unanswered(*earlier, self.otherwise, self.altered)),
            Receipt::Altered { .. } | Receipt::Repeat { .. } | Receipt::OutOfSequence { .. } => {
                return None;
            }
        };
        let (told, answer) = oneshot::channel();
        let waiting = Waiting {
            message_id,
            head: self.head,
            sequence_number: self.sequence_number,
            until,
            otherwise,
            told,
        };
        Some((waiting, answer))
    }
}
