//! What stands in a batch file.

use std::fmt;

use crate::delimiters::Delimiters;
use crate::levels::Field;
use crate::segment::Segment;
use crate::value::Presence;

/// A part of a batch file, whose bytes are a slice of it (`&[u8]`) or their own (`Bytes`).
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum BatchItem<B> {
    /// FHS: a file begins.
    FileHeader(EnvelopeSegment<B>),
    /// BHS: a batch begins.
    BatchHeader(EnvelopeSegment<B>),
    /// A message, from its MSH to the next message or line of the envelope.
    Message(B),
    /// BTS: a batch ends. BTS-1 is checked against the messages in it.
    BatchTrailer(EnvelopeSegment<B>, CountCheck),
    /// FTS: a file ends. FTS-1 is checked against the batches in it; messages outside BHS and BTS
    /// are a batch too.
    FileTrailer(EnvelopeSegment<B>, CountCheck),
    /// A batch that BHS began ends here without BTS: the next begins, or the file ends. The rest of
    /// it may have been lost on the way.
    BatchUnclosed {
        /// How many messages there were.
        found: u64,
    },
    /// A file that FHS began ends here without FTS: the next begins, or the input ends.
    FileUnclosed {
        /// How many batches there were.
        found: u64,
    },
    /// Lines that belong to no message and no envelope.
    Stray(B),
}

/// A line of the envelope, with the delimiters that it is written with.
#[derive(Clone, PartialEq, Eq)]
pub struct EnvelopeSegment<B> {
    raw: B,
    delimiters: Delimiters,
}

impl<B: AsRef<[u8]>> EnvelopeSegment<B> {
    pub(super) fn new(raw: B, delimiters: Delimiters) -> EnvelopeSegment<B> {
        EnvelopeSegment { raw, delimiters }
    }

    /// The segment, whose fields are read as those of a message. FHS and BHS declare delimiters as
    /// MSH does; the trailers are written with those of the headers.
    pub fn segment(&self) -> Segment<'_> {
        Segment::new(self.raw.as_ref(), self.delimiters, 0)
    }
}

/// What a trailer states against what there was. Where they differ, a part may have been lost on
/// the way, and the whole batch should wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a count is missing, unreadable, right or wrong"
)]
pub enum CountCheck {
    /// The trailer states no count.
    Unstated {
        /// How many there were.
        found: u64,
    },
    /// It states something that is no count.
    Unreadable {
        /// How many there were.
        found: u64,
    },
    /// It states as many as there were.
    Agrees {
        /// How many there were.
        found: u64,
    },
    /// It states another count.
    Differs {
        /// What the trailer states.
        stated: u64,
        /// How many there were.
        found: u64,
    },
}

impl CountCheck {
    /// Of the first field of a trailer.
    pub(super) fn of(trailer: Segment<'_>, found: u64) -> CountCheck {
        let stated = trailer.field(1).map(Field::presence);
        let Some(Presence::Value(stated)) = stated else {
            return CountCheck::Unstated { found };
        };
        let number = str::from_utf8(stated.raw().trim_ascii()).map(str::parse);
        match number {
            Ok(Ok(stated)) if stated == found => CountCheck::Agrees { found },
            Ok(Ok(stated)) => CountCheck::Differs { stated, found },
            _ => CountCheck::Unreadable { found },
        }
    }
}

impl<B: AsRef<[u8]>> fmt::Debug for BatchItem<B> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BatchItem::FileHeader(header) => write!(out, "FileHeader({header:?})"),
            BatchItem::BatchHeader(header) => write!(out, "BatchHeader({header:?})"),
            BatchItem::Message(raw) => write!(out, "Message({} bytes)", raw.as_ref().len()),
            BatchItem::BatchTrailer(trailer, count) => {
                write!(out, "BatchTrailer({trailer:?}, {count:?})")
            }
            BatchItem::FileTrailer(trailer, count) => {
                write!(out, "FileTrailer({trailer:?}, {count:?})")
            }
            BatchItem::BatchUnclosed { found } => write!(out, "BatchUnclosed({found} messages)"),
            BatchItem::FileUnclosed { found } => write!(out, "FileUnclosed({found} batches)"),
            BatchItem::Stray(raw) => write!(out, "Stray({} bytes)", raw.as_ref().len()),
        }
    }
}

impl<B: AsRef<[u8]>> fmt::Debug for EnvelopeSegment<B> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "EnvelopeSegment({} bytes)", self.raw.as_ref().len())
    }
}
