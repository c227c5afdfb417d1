//! What became of the messages of a file.

use std::fmt;

use hl7::Charset;

/// What became of the messages of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileReport {
    /// Kept, to be imported.
    pub received: u64,
    /// Kept before, byte for byte: nothing is new.
    pub repeated: u64,
    /// Of the repeated, those that wait for a person since they were kept.
    pub still_held: u64,
    /// Of the repeated, those that are refused or broken since they were kept.
    pub still_refused: u64,
    /// Kept, though the control id came before with other content; among the received or held.
    pub altered: u64,
    /// Kept, and waiting for a person.
    pub held: u64,
    /// Kept, but never imported: the feed does not take such messages.
    pub refused: u64,
    /// Kept, but no messages: unreadable headers, bad rows, and lines outside of messages.
    pub broken: u64,
    /// Kept, but never imported: acknowledgments, which say nothing of a patient.
    pub ignored: u64,
    /// Not kept: the database refuses them for what they hold. A batch of which nothing is kept counts
    /// as one.
    pub not_kept: u64,
    /// The first of what was not simply received, in order.
    pub remarks: Vec<Remark>,
    /// The character set in which rows of CWLAB were read; nothing of a file of messages, each of
    /// which has its own.
    pub rows_read_as: Option<Charset>,
}

/// What is to be said of a place in a file. It repeats nothing of what stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Remark {
    /// The byte at which it begins, from 0.
    pub byte: u64,
    /// The line at which it begins, from 1.
    pub line: u64,
    /// A sentence.
    pub reason: String,
}

impl FileReport {
    /// How many remarks are made at most.
    pub const REMARKS_MAX: usize = 20;

    /// How many are not on their way into the records.
    pub fn waiting(&self) -> u64 {
        self.held + self.still_held + self.unusable()
    }

    /// How many cannot be imported as they are.
    pub(crate) fn unusable(&self) -> u64 {
        self.refused + self.broken + self.still_refused + self.not_kept
    }

    /// How many remarks would have been too many.
    pub fn more(&self) -> u64 {
        let told = u64::try_from(self.remarks.len()).unwrap_or(u64::MAX);
        self.waiting().saturating_sub(told)
    }

    /// Each number that is not 0, after its word; the received always.
    pub fn counts(&self) -> Vec<(&'static str, u64)> {
        let counts = [
            ("received", self.received),
            ("repeated", self.repeated),
            ("altered", self.altered),
            ("held", self.held),
            ("refused", self.refused),
            ("broken", self.broken),
            ("still held", self.still_held),
            ("still refused", self.still_refused),
            ("ignored", self.ignored),
            ("not kept", self.not_kept),
        ];
        let is_told = |(word, count): &(&str, u64)| *count > 0 || *word == "received";
        counts.into_iter().filter(is_told).collect()
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Remark { byte, line, reason } = self;
        write!(f, "line {line} (byte {byte}): {reason}")
    }
}
