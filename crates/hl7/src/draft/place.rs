//! The place of a part in the bytes of a segment, made where it is not there yet.

use std::iter;
use std::ops::Range;

use super::error::DraftError;
use crate::value::NULL;

/// One step down: to the piece of this number, counted from 1, between separators.
#[derive(Clone, Copy)]
pub(super) struct Step {
    pub(super) separator: u8,
    pub(super) number: usize,
}

/// Puts raw bytes in the place within a range to which the steps lead, and fills up with
/// separators what is missing before it. To put nothing, nothing is filled up, unless the whole is
/// null and so the part too.
pub(super) fn put(bytes: &mut Vec<u8>, within: Range<usize>, steps: &[Step], raw: &[u8]) {
    let mut place = within;
    for step in steps {
        let pieces = bytes.get(place.clone()).unwrap_or_default();
        match find(pieces, *step) {
            Ok(piece) => place = place.start + piece.start..place.start + piece.end,
            Err(_) if raw.is_empty() && pieces != NULL => return,
            Err(missing) => {
                let end = place.end;
                bytes.splice(end..end, iter::repeat_n(step.separator, missing));
                place = end + missing..end + missing;
            }
        }
    }
    bytes.splice(place, raw.iter().copied());
}

/// A line break in a segment would end it.
pub(super) fn check_line(raw: &[u8]) -> Result<(), DraftError> {
    check_without(raw, b"\r\n")
}

/// The first of some bytes would end the place that raw bytes are put in.
pub(super) fn check_without(raw: &[u8], forbidden: &[u8]) -> Result<(), DraftError> {
    match raw.iter().position(|byte| forbidden.contains(byte)) {
        Some(offset) => Err(DraftError::BreaksOut { offset }),
        None => Ok(()),
    }
}

/// Where the piece is, or how many separators are missing before it.
fn find(pieces: &[u8], step: Step) -> Result<Range<usize>, usize> {
    let mut start = 0;
    let mut missing = step.number.saturating_sub(1);
    for at in memchr::memchr_iter(step.separator, pieces) {
        if missing == 0 {
            return Ok(start..at);
        }
        missing -= 1;
        start = at + 1;
    }
    match missing {
        0 => Ok(start..pieces.len()),
        _ => Err(missing),
    }
}
