//! The numbers of messages: those that are out of sequence, and those that are missing.

use std::sync::Arc;

use bytes::Bytes;
use hl7::Header;
use tank::Answer;

use super::Link;
use crate::judge::{Judged, key};
use crate::keeper::NotKept;
use crate::refusal::Refusal;
use crate::room::Place;
use crate::runs::{Gap, Numbers};

impl Link<'_> {
    /// Keeps and answers a message whose number is not the one that is expected.
    pub(super) async fn out_of_sequence(
        self,
        message: Bytes,
        expected: Option<i64>,
        room: Option<Arc<Place>>,
    ) -> Result<Answer, NotKept> {
        let origin = self.origin();
        let voice = &self.host.voice;
        let Judged { arrival, refusal } = voice.out_of_sequence(&message, expected, origin);
        if refusal == Some(Refusal::Sequence) {
            self.refused(Refusal::Sequence);
            self.tape.refused(Refusal::Sequence, &[]);
            self.alarm(&arrival.body, expected, origin.now);
        }
        let answer = arrival.answer.clone();
        let keeping = self.host.keeper.keep_in(room, vec![arrival]).await;
        let kept = keeping.receipts().await;
        kept.map(|_| answer)
    }

    /// The sender and the tank have lost each other: one of them must give in.
    fn alarm(self, message: &[u8], expected: Option<i64>, now: i64) {
        let (feed, peer) = (self.feed.name(), self.peer);
        let Ok(header) = Header::parse(message) else {
            return;
        };
        let number: Option<i64> = text(header.sequence_number()).trim().parse().ok();
        if self.feed.watch.may_warn(&sender(header), now) {
            tracing::warn!(feed, peer, expected, number, "message out of sequence");
        }
    }

    /// Looks whether a message that is kept now shows that others are missing.
    pub(super) fn watch(self, head: &[u8], now: i64) {
        self.look(head, now, true);
    }

    /// The same for a message that was kept before.
    pub(super) fn watch_again(self, head: &[u8], now: i64) {
        self.look(head, now, false);
    }

    fn look(self, head: &[u8], now: i64, is_new: bool) {
        if !self.feed.is_watched() {
            return;
        }
        let Ok(header) = Header::parse(head) else {
            return;
        };
        let (number, id) = (text(header.sequence_number()), text(header.control_id()));
        let (watch, sender) = (&self.feed.watch, sender(header));
        let gap = if is_new {
            watch.see(&sender, number, id)
        } else {
            watch.see_again(&sender, number, id)
        };
        match gap {
            Some(Gap::Missing(missing)) => {
                self.metrics.missing(missing.count());
                self.warn_of(&missing, watch.may_warn(&sender, now));
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
fn sender(header: Header<'_>) -> String {
    let names = [header.sending_application(), header.sending_facility()];
    names.map(key).join("\u{1f}")
}

fn text(raw: &[u8]) -> &str {
    str::from_utf8(raw).unwrap_or_default()
}
