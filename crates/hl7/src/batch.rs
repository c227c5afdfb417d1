//! Batch files: messages in an envelope of file and batch headers and trailers.

mod item;
mod reader;
mod tally;

use std::fmt;

pub use item::{BatchItem, CountCheck, EnvelopeSegment};
pub use reader::{BatchError, BatchReader};

use crate::line::{LineKind, after_line, without_mark};
use tally::Tally;

/// What a batch file holds, in order (HL7 v2, chapter 2, "Batch protocol"):
/// `[FHS] { [BHS] { MSH … } [BTS] } [FTS]`. Every part of the envelope may be missing, so a stream
/// of messages is a batch file too. But where BHS or FHS announces a trailer that does not come,
/// an item says so in its place.
///
/// ```
/// use cistern_hl7::{Batch, BatchItem, CountCheck};
///
/// let file = b"FHS|^~\\&|LAB\rBHS|^~\\&\rMSH|^~\\&|A\rPID|1\rMSH|^~\\&|B\rBTS|3\rFTS|1\r";
/// let mut messages = 0;
/// let mut mismatch = None;
/// for item in Batch::new(file) {
///     match item {
///         BatchItem::Message(_) => messages += 1,
///         BatchItem::BatchTrailer(_, count) => mismatch = Some(count),
///         _ => {}
///     }
/// }
/// assert_eq!(messages, 2);
/// assert_eq!(mismatch, Some(CountCheck::Differs { stated: 3, found: 2 }));
/// ```
#[derive(Clone)]
pub struct Batch<'a> {
    /// Starts at the start of a line.
    rest: &'a [u8],
    tally: Tally,
}

impl<'a> Batch<'a> {
    /// Over the bytes of a whole file.
    pub fn new(file: &'a [u8]) -> Batch<'a> {
        Batch {
            rest: without_mark(file),
            tally: Tally::default(),
        }
    }

    /// What the next line begins, if there is one.
    fn next_kind(&mut self) -> Option<LineKind> {
        let kind = LineKind::of(self.rest, &self.tally.separators());
        if kind != LineKind::Other {
            self.rest = without_mark(self.rest);
        }
        self.tally.begin(kind, self.rest);
        Some(kind).filter(|_| !self.rest.is_empty())
    }

    /// The next message, line of the envelope, or run of lines that are neither.
    fn unit(&mut self, kind: LineKind) -> &'a [u8] {
        let in_force = self.tally.separators();
        let goes_on = |line: &[u8]| LineKind::of(line, &in_force) == LineKind::Other;
        let mut after = after_line(self.rest).unwrap_or_default();
        while kind.goes_on() && !after.is_empty() && goes_on(after) {
            after = after_line(after).unwrap_or_default();
        }
        let unit_bytes = self.rest.len() - after.len();
        let unit = self.rest.get(..unit_bytes).unwrap_or_default();
        self.rest = after;
        unit
    }
}

impl<'a> Iterator for Batch<'a> {
    type Item = BatchItem<&'a [u8]>;

    fn next(&mut self) -> Option<BatchItem<&'a [u8]>> {
        loop {
            let next = self.next_kind();
            if let Some(unclosed) = self.tally.unclosed(next) {
                return Some(unclosed);
            }
            let kind = next?;
            let unit = self.unit(kind);
            let raw = unit.get(..shown_bytes(kind, unit)).unwrap_or(unit);
            if !raw.is_empty() {
                return Some(self.tally.item(kind, raw));
            }
        }
    }
}

impl fmt::Debug for Batch<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Batch({} bytes left)", self.rest.len())
    }
}

/// How much of a unit is handed out: messages whole, all else without the line breaks at its end,
/// so nothing of blank lines.
fn shown_bytes(kind: LineKind, unit: &[u8]) -> usize {
    let breaks = unit.iter().rev().take_while(|byte| b"\r\n".contains(byte));
    match kind {
        LineKind::Message => unit.len(),
        _ => unit.len() - breaks.count(),
    }
}
