//! What has been seen of a batch file: which delimiters hold, and the counts for the trailers.

use std::mem;

use super::item::{BatchItem, CountCheck, EnvelopeSegment};
use crate::delimiters::Delimiters;
use crate::line::LineKind;

#[derive(Clone, Default)]
pub(super) struct Tally {
    file_delimiters: Delimiters,
    batch_delimiters: Delimiters,
    /// Of the last message.
    message_separator: Option<u8>,
    /// Of this file.
    batches: u64,
    /// Of this batch.
    messages: u64,
    /// Whether messages belong to the batch that was counted last.
    in_batch: bool,
    /// Whether BHS announced BTS, which has not come.
    batch_is_open: bool,
    /// Whether FHS announced FTS, which has not come.
    file_is_open: bool,
}

impl Tally {
    /// Takes note of what is in force from this line on, while the lines after it are still to be
    /// found.
    pub(super) fn begin(&mut self, kind: LineKind, line: &[u8]) {
        if kind == LineKind::Message {
            self.message_separator = line.get("MSH".len()).copied();
        }
    }

    /// MSH-1 of each header that is in force.
    pub(super) fn separators(&self) -> [u8; 3] {
        let envelope = self.batch_delimiters.field();
        let message = self.message_separator.unwrap_or(envelope);
        [self.file_delimiters.field(), envelope, message]
    }

    /// The batch or else the file that ends without its trailer before a line, or nothing for the
    /// end of the input. Asked until there is none.
    pub(super) fn unclosed<B>(&mut self, next: Option<LineKind>) -> Option<BatchItem<B>> {
        let (ends_batch, ends_file) = match next {
            None | Some(LineKind::FileHeader) => (true, true),
            Some(LineKind::BatchHeader | LineKind::FileTrailer) => (true, false),
            Some(_) => (false, false),
        };
        if ends_batch && mem::take(&mut self.batch_is_open) {
            let found = self.messages;
            return Some(BatchItem::BatchUnclosed { found });
        }
        if ends_file && mem::take(&mut self.file_is_open) {
            let found = self.batches;
            return Some(BatchItem::FileUnclosed { found });
        }
        None
    }

    pub(super) fn item<B: AsRef<[u8]>>(&mut self, kind: LineKind, raw: B) -> BatchItem<B> {
        match kind {
            LineKind::FileHeader => {
                let delimiters = declared(raw.as_ref()).unwrap_or_default();
                *self = Tally {
                    file_delimiters: delimiters,
                    batch_delimiters: delimiters,
                    file_is_open: true,
                    ..Tally::default()
                };
                BatchItem::FileHeader(EnvelopeSegment::new(raw, delimiters))
            }
            LineKind::BatchHeader => {
                self.begin_batch();
                self.batch_is_open = true;
                let delimiters = declared(raw.as_ref()).unwrap_or(self.file_delimiters);
                self.batch_delimiters = delimiters;
                BatchItem::BatchHeader(EnvelopeSegment::new(raw, delimiters))
            }
            LineKind::Message => {
                self.be_in_batch();
                self.messages += 1;
                BatchItem::Message(raw)
            }
            LineKind::BatchTrailer => {
                self.be_in_batch();
                self.in_batch = false;
                self.batch_is_open = false;
                let trailer = EnvelopeSegment::new(raw, self.batch_delimiters);
                let count = CountCheck::of(trailer.segment(), self.messages);
                BatchItem::BatchTrailer(trailer, count)
            }
            LineKind::FileTrailer => {
                let file = mem::take(self);
                let trailer = EnvelopeSegment::new(raw, file.file_delimiters);
                let count = CountCheck::of(trailer.segment(), file.batches);
                BatchItem::FileTrailer(trailer, count)
            }
            LineKind::Other => BatchItem::Stray(raw),
        }
    }

    /// BHS is optional: a batch begins at the latest with what belongs in one.
    fn be_in_batch(&mut self) {
        if !self.in_batch {
            self.begin_batch();
        }
    }

    fn begin_batch(&mut self) {
        self.batches += 1;
        self.messages = 0;
        self.in_batch = true;
    }
}

/// The delimiters that FHS or BHS declares, if they can be read.
fn declared(header: &[u8]) -> Option<Delimiters> {
    let (field, rest) = header.get("FHS".len()..)?.split_first()?;
    let encoding = rest.split(|byte| byte == field).next()?;
    Delimiters::declare(*field, encoding).ok()
}
