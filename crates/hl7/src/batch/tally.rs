//! What has been seen of a batch file: which delimiters hold, and the counts for the trailers.

use super::item::{BatchItem, CountCheck, EnvelopeSegment};
use crate::delimiters::Delimiters;
use crate::line::LineKind;

#[derive(Clone, Default)]
pub(super) struct Tally {
    file_delimiters: Delimiters,
    batch_delimiters: Delimiters,
    /// Of this file.
    batches: u64,
    /// Of this batch.
    messages: u64,
    /// Whether messages belong to the batch that was counted last.
    in_batch: bool,
}

impl Tally {
    pub(super) fn item<B: AsRef<[u8]>>(&mut self, kind: LineKind, raw: B) -> BatchItem<B> {
        match kind {
            LineKind::FileHeader => {
                let delimiters = declared(raw.as_ref()).unwrap_or_default();
                *self = Tally {
                    file_delimiters: delimiters,
                    batch_delimiters: delimiters,
                    ..Tally::default()
                };
                BatchItem::FileHeader(EnvelopeSegment::new(raw, delimiters))
            }
            LineKind::BatchHeader => {
                self.begin_batch();
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
                let trailer = EnvelopeSegment::new(raw, self.batch_delimiters);
                let count = CountCheck::of(trailer.segment(), self.messages);
                BatchItem::BatchTrailer(trailer, count)
            }
            LineKind::FileTrailer => {
                let file = std::mem::take(self);
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
