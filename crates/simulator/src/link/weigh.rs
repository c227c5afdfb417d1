//! Weighing: each answer is matched to its message, and each message that waited in vain counted.

use tokio::time::Instant;

use super::{Gone, LastAnswer, Link, Waiting};
use crate::answer::{Answer, Incoming};
use crate::control_id::ControlId;

impl Link {
    /// Weighs whatever was read.
    pub(super) fn receive(&mut self, incoming: &mut Incoming) -> Result<(), Gone> {
        let before = self.report.answers.values().sum::<u64>();
        let now = Instant::now();
        loop {
            match incoming.take() {
                Ok(Some(content)) => self.weigh(content, now),
                Ok(None) => break,
                Err(_) => {
                    self.report.unreadable += 1;
                    return Err(Gone::Lost);
                }
            }
        }
        let after = self.report.answers.values().sum::<u64>();
        self.shared.dial.count(after - before);
        Ok(())
    }

    /// Matches an answer to its message.
    fn weigh(&mut self, content: &[u8], now: Instant) {
        let Some(answer) = Answer::find(content) else {
            self.report.unreadable += 1;
            return;
        };
        self.report.count_answer(answer.code);
        let id = ControlId::parse(self.shared.plan.seed, answer.control_id);
        let id = id.filter(|id| id.link == self.number);
        let position = self
            .window
            .iter()
            .position(|waiting| Some(waiting.id) == id);
        self.report.out_of_order += u64::from(position.is_some_and(|position| position > 0));
        match position.and_then(|position| self.window.remove(position)) {
            Some(waiting) => self.settle(&waiting, answer.code.is_accept(), content, now),
            None if id.is_some_and(|id| self.messages.has_written(id)) => self.report.doubled += 1,
            None => self.report.strange += 1,
        }
    }

    fn settle(&mut self, waiting: &Waiting, is_accept: bool, content: &[u8], now: Instant) {
        self.report.elapsed = now - self.shared.start;
        if waiting.timed {
            self.report.latency.record(now - waiting.due);
            self.shared.dial.record(now - waiting.due);
            self.report.service.record(now - waiting.sent);
        } else {
            let bytes = content.to_vec();
            self.last_answer = Some(LastAnswer { is_accept, bytes });
        }
        if is_accept
            && let (Some(file), Some(digest)) = (&self.shared.acknowledged, &waiting.digest)
        {
            file.write(waiting.id, digest);
        }
    }

    /// Counts what was under way on a connection that is gone.
    pub(super) fn give_up_window(&mut self, now: Instant) {
        let patience = self.shared.plan.answer_timeout;
        for waiting in self.window.drain(..) {
            if waiting.sent + patience <= now {
                self.report.missing += 1;
            } else {
                self.report.unanswered += 1;
            }
        }
    }
}
