//! Where a frame came from, and what goes for it there.

use hl7::{AckMode, Charset, Header, Message};

use super::is_answer;
use super::sequence::Number;
use crate::charset::Reading;
use crate::feed::{Feed, Identity};
use crate::refusal::Refusal;

/// Where a frame came from.
#[derive(Clone, Copy)]
pub(crate) struct Origin<'a> {
    pub(crate) feed: &'a Feed,
    pub(crate) peer: &'a str,
    pub(crate) identity: &'a Identity,
    pub(crate) now: i64,
    /// Whether it came in a batch of which a part may be lost.
    pub(crate) is_of_short_batch: bool,
    /// Whether it is a row of a file, written anew as a message.
    pub(crate) is_of_row: bool,
}

impl Origin<'_> {
    /// Why a message is not simply accepted.
    pub(super) fn refusal(&self, message: &Message<'_>, reading: Reading) -> Option<Refusal> {
        let header = message.header();
        if !is_answer(message) {
            let refusal = self.feed.refusal(header, reading, self.identity);
            refusal.or(self.is_of_short_batch.then_some(Refusal::BatchCount))
        } else if self.feed.knows(header, reading, self.identity) {
            None
        } else {
            Some(Refusal::Sender)
        }
    }

    /// In which character set a message is read.
    pub(super) fn reading(&self, message: &Message<'_>) -> Reading {
        Reading::of(message, self.agreed_charset(message.header()))
    }

    /// The character set that is agreed, where that goes for a message. What became one of a row
    /// says itself what it is in.
    pub(super) fn agreed_charset(&self, header: Header<'_>) -> Option<Charset> {
        let charset = self.feed.agreed_charset(header);
        charset.filter(|_| !self.is_of_row)
    }

    /// What a message says by its number, where that counts: one that is not accepted has no place
    /// in the sequence.
    pub(super) fn number(&self, message: &Message<'_>, refusal: Option<Refusal>) -> Option<Number> {
        let is_accepted =
            refusal.is_none_or(|it| self.feed.code(it, AckMode::Original).is_accept());
        let counts = is_accepted && !is_answer(message) && self.feed.is_in_sequence(self.identity);
        counts.then(|| Number::of(message.header()))
    }
}
