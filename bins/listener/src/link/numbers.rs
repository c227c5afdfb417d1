//! The numbers of messages: those that are out of sequence, and those that are missing.

use std::sync::Arc;

use bytes::Bytes;
use hl7::Header;
use tank::{Arrival, MessageKeys, Receipt};

use super::Link;
use super::answers::{InSequence, OwedAnswer};
use crate::judge::Judged;
use crate::refusal::Refusal;
use crate::room::Place;
use crate::runs::{Gap, Numbers};

impl Link<'_> {
    /// Keeps and answers, by one commit, those messages of a frame whose numbers are not the
    /// expected ones.
    pub(super) async fn refuse_numbers(
        self,
        owed: &mut [OwedAnswer],
        receipts: &[Receipt],
        room: Option<Arc<Place>>,
    ) {
        let (mut refused, mut said) = (Vec::new(), Vec::new());
        for (each, receipt) in owed.iter_mut().zip(receipts) {
            let Some(in_sequence) = &mut each.in_sequence else {
                continue;
            };
            let InSequence {
                message,
                told,
                refusal,
            } = in_sequence;
            self.feed.beginnings.learn(told, receipt);
            if let Receipt::OutOfSequence { expected } = receipt {
                let arrival = self.out_of_sequence(message, *expected);
                said.push((refusal, arrival.answer.clone()));
                refused.push(arrival);
            }
        }
        if refused.is_empty() {
            return;
        }
        let keep = async {
            self.host
                .keeper
                .keep_in(room, refused)
                .await
                .receipts()
                .await
        };
        if Box::pin(keep).await.is_ok() {
            for (refusal, answer) in said {
                *refusal = Some(answer);
            }
        }
    }

    /// Judges a message whose number is not the one that is expected.
    fn out_of_sequence(self, message: &Bytes, expected: Option<i64>) -> Arrival {
        let origin = self.origin();
        let voice = &self.host.voice;
        let Judged { arrival, refusal } = voice.out_of_sequence(message, expected, origin);
        if refusal == Some(Refusal::Sequence) {
            self.refused(Refusal::Sequence);
            self.tape.refused(Refusal::Sequence, &[]);
            self.alarm(&arrival, expected);
        }
        arrival
    }

    /// The sender and the tank have lost each other: one of them must give in.
    fn alarm(self, arrival: &Arrival, expected: Option<i64>) {
        let (feed, peer) = (self.feed.name(), self.peer);
        let Ok(header) = Header::parse(&arrival.body) else {
            return;
        };
        let number: Option<i64> = text(header.sequence_number()).trim().parse().ok();
        let sender = sender(&arrival.keys);
        if self.feed.watch.may_warn(&sender, arrival.received_at) {
            tracing::warn!(feed, peer, expected, number, "message out of sequence");
        }
    }

    /// Looks whether a message that is kept, now or before, shows that others are missing.
    pub(super) fn look_for_gaps(self, owed: &OwedAnswer, receipt: &Receipt, now: i64) {
        let Some(sender) = &owed.watched else { return };
        let Ok(header) = Header::parse(&owed.head) else {
            return;
        };
        let (number, id) = (text(header.sequence_number()), text(header.control_id()));
        let watch = &self.feed.watch;
        let gap = match receipt {
            Receipt::New { .. } => watch.see(sender, number, id),
            Receipt::Repeat { .. } => watch.see_again(sender, number, id),
            Receipt::Altered { .. } | Receipt::OutOfSequence { .. } => return,
        };
        match gap {
            Some(Gap::Missing(missing)) => {
                self.metrics.missing(missing.count());
                self.warn_of(&missing, watch.may_warn(sender, now));
            }
            Some(Gap::Late(_)) => self.metrics.late(),
            None => {}
        }
    }

    fn warn_of(self, missing: &Numbers, may_warn: bool) {
        let (feed, peer, messages) = (self.feed.name(), self.peer, missing.count());
        let Numbers { first, last, .. } = *missing;
        if may_warn {
            tracing::warn!(
                feed,
                peer,
                first,
                last,
                messages,
                "messages probably missing"
            );
        } else {
            tracing::debug!(
                feed,
                peer,
                first,
                last,
                messages,
                "messages probably missing"
            );
        }
    }
}

/// Whose numbers they are.
pub(super) fn sender(keys: &MessageKeys) -> String {
    keys.sender().join("\u{1f}")
}

fn text(raw: &[u8]) -> &str {
    str::from_utf8(raw).unwrap_or_default()
}
