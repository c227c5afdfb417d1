//! Segments as arrays in arrays, one level for each kind of separator.

use serde::ser::SerializeSeq as _;
use serde::{Serialize, Serializer};

use super::leaf::Leaf;
use crate::charset::Charset;
use crate::delimiters::Delimiters;
use crate::message::Message;
use crate::segment::Segment;

/// The separators below fields: of repetitions, components and subcomponents.
pub(super) fn separators(delimiters: Delimiters) -> [Option<u8>; 3] {
    [
        Some(delimiters.repetition()),
        Some(delimiters.component()),
        delimiters.subcomponent(),
    ]
}

/// All segments of a message.
pub(super) struct Segments<'a> {
    message: &'a Message<'a>,
    separators: [Option<u8>; 3],
    charset: Charset,
}

impl<'a> Segments<'a> {
    pub(super) fn new(message: &'a Message<'a>, charset: Charset) -> Segments<'a> {
        Segments {
            message,
            separators: separators(message.delimiters()),
            charset,
        }
    }
}

impl Serialize for Segments<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let line = |segment| Line {
            segment,
            separators: &self.separators,
            charset: self.charset,
        };
        serializer.collect_seq(self.message.segments().map(line))
    }
}

/// A segment: its name, and its fields by their numbers.
struct Line<'a> {
    segment: Segment<'a>,
    separators: &'a [Option<u8>],
    charset: Charset,
}

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(None)?;
        seq.serialize_element(&self.part(self.segment.name(), &[]))?;
        let (unsplit, _) = self.segment.unsplit_and_rest();
        for (index, field) in self.segment.fields().enumerate() {
            let separators = if index < unsplit {
                &[]
            } else {
                self.separators
            };
            seq.serialize_element(&self.part(field.raw(), separators))?;
        }
        seq.end()
    }
}

impl<'a> Line<'a> {
    fn part(&self, raw: &'a [u8], separators: &'a [Option<u8>]) -> Part<'a> {
        Part {
            raw,
            separators,
            charset: self.charset,
        }
    }
}

/// A field or a part of one, with the separators of the levels below it.
struct Part<'a> {
    raw: &'a [u8],
    separators: &'a [Option<u8>],
    charset: Charset,
}

impl Serialize for Part<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Part {
            raw,
            separators,
            charset,
        } = *self;
        match separators.split_first() {
            Some((separator, below)) if self.is_split() => {
                let pieces = raw.split(|byte| Some(*byte) == *separator);
                serializer.collect_seq(pieces.map(|raw| Part {
                    raw,
                    separators: below,
                    charset,
                }))
            }
            _ => Leaf { raw, charset }.serialize(serializer),
        }
    }
}

impl Part<'_> {
    fn is_split(&self) -> bool {
        self.raw
            .iter()
            .any(|byte| self.separators.contains(&Some(*byte)))
    }
}
