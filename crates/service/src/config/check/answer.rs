//! When a feed answers: not later than its senders and its own limits allow.

use super::Mistake;
use crate::config::place::Step::Key;
use crate::config::{AnswerAfterConfig, FeedConfig, ListenerConfig, ModeConfig};

impl FeedConfig {
    pub(super) fn check_answer_after(&self, listener: &ListenerConfig) -> Result<(), Mistake> {
        if self.answer_after == AnswerAfterConfig::Commit {
            return Ok(());
        }
        let answers_once = matches!(self.mode, ModeConfig::Auto | ModeConfig::Original);
        if !answers_once {
            let sentence =
                "a feed whose mode is enhanced or silent does not answer after the import";
            return Err(Mistake::new([Key("answer_after")], sentence));
        }
        if self.commit_bytes {
            let sentence =
                "a feed with commit_bytes says what is stored, and answers after the commit";
            return Err(Mistake::new([Key("answer_after")], sentence));
        }
        for (key, limit) in [
            ("commit_secs", listener.commit_secs),
            ("half of drain_secs", listener.drain_secs / 2),
        ] {
            if !(1..=limit).contains(&self.import_secs_max) {
                let sentence = format!("import_secs_max must be between 1 and {key}, {limit}");
                return Err(Mistake::new([Key("import_secs_max")], sentence));
            }
        }
        Ok(())
    }
}
