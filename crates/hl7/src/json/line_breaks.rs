//! What a message holds besides its segments: line breaks, and a byte order mark.

use std::collections::BTreeMap;
use std::str;

use super::fault::{Fault, Problem};
use super::place::At;
use crate::header::skip_prefix;
use crate::line::{endings, line_break};
use crate::message::Message;

/// The terminator of the standard (HL7 v2, chapter 2, "Message delimiters").
pub(super) const STANDARD: &str = "\r";

/// All of it is ASCII but the byte order mark, so all of it is text.
pub(super) struct LineBreaks<'a> {
    /// What stands before MSH.
    pub(super) before: &'a str,
    /// What ends each segment.
    pub(super) terminator: &'a str,
    /// What ends those that end otherwise, by their indexes.
    pub(super) others: BTreeMap<usize, &'a str>,
}

impl<'a> LineBreaks<'a> {
    pub(super) fn of(message: &Message<'a>) -> LineBreaks<'a> {
        let bytes = message.as_bytes();
        let before = bytes.len() - skip_prefix(bytes).len();
        let terminator = line_break(endings(message).next().unwrap_or_default());
        let others = endings(message)
            .enumerate()
            .filter(|(_, ending)| *ending != terminator)
            .map(|(index, ending)| (index, text(ending)));
        LineBreaks {
            before: text(bytes.get(..before).unwrap_or_default()),
            terminator: text(terminator),
            others: others.collect(),
        }
    }

    /// Those that JSON states.
    pub(super) fn read(
        before: Option<At<'a>>,
        terminator: Option<At<'a>>,
        others: Option<&'a At<'a>>,
        segments: usize,
    ) -> Result<LineBreaks<'a>, Fault> {
        Ok(LineBreaks {
            before: before.map_or(Ok(""), read_before)?,
            terminator: terminator.map_or(Ok(STANDARD), read_terminator)?,
            others: others.map_or(Ok(BTreeMap::new()), |others| read_others(others, segments))?,
        })
    }

    /// What ends the segment of this index.
    pub(super) fn after(&self, index: usize) -> &'a str {
        self.others.get(&index).copied().unwrap_or(self.terminator)
    }
}

fn text(breaks: &[u8]) -> &str {
    str::from_utf8(breaks).unwrap_or_default()
}

fn read_before(at: At<'_>) -> Result<&str, Fault> {
    let before = at.text()?;
    if !skip_prefix(before.as_bytes()).is_empty() {
        return Err(at.fault(Problem::Before));
    }
    Ok(before)
}

fn read_terminator(at: At<'_>) -> Result<&str, Fault> {
    let terminator = at.text()?;
    if terminator.is_empty() || !are_breaks(terminator) {
        return Err(at.fault(Problem::Terminator));
    }
    Ok(terminator)
}

fn read_others<'a>(at: &'a At<'a>, segments: usize) -> Result<BTreeMap<usize, &'a str>, Fault> {
    let mut others = BTreeMap::new();
    for (number, (key, breaks)) in (1..).zip(at.entries()?) {
        let unknown = || at.fault(Problem::UnknownKey(number));
        let index = key.parse().ok().filter(|index| *index < segments);
        let index = index.ok_or_else(unknown)?;
        let text = breaks.text()?;
        match text {
            _ if !are_breaks(text) => return Err(breaks.fault(Problem::Terminator)),
            "" if index + 1 < segments => return Err(breaks.fault(Problem::NoTerminator)),
            _ if others.insert(index, text).is_some() => return Err(unknown()),
            _ => {}
        }
    }
    Ok(others)
}

fn are_breaks(text: &str) -> bool {
    text.bytes().all(|byte| b"\r\n".contains(&byte))
}
