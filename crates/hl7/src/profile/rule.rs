//! What the engine runs: the rules of a profile, every one of them understood.

use super::codes::Codes;
use super::data_type::DataType;
use super::part::Part;
use super::range::Range;
use crate::ack::Severity;
use crate::header::Header;
use crate::levels::Repetition;
use crate::path::Path;
use crate::segment::Segment;
use crate::version::Version;

/// MSH-9.1, and MSH-9.2 unless every event is meant.
#[derive(Debug, Clone)]
pub(super) struct MessageType {
    pub(super) code: String,
    pub(super) event: Option<String>,
}

impl MessageType {
    pub(super) fn is_of(&self, header: Header<'_>) -> bool {
        let is_event = |event: &String| event.as_bytes() == header.trigger_event();
        self.code.as_bytes() == header.message_code() && self.event.as_ref().is_none_or(is_event)
    }
}

/// A version, and how the user wrote it.
#[derive(Debug, Clone)]
pub(super) struct AcceptedVersion {
    pub(super) version: Version,
    pub(super) text: String,
}

/// All that is asked of the segments of one name.
#[derive(Debug, Clone)]
pub(super) struct SegmentRules {
    /// How many there are in a message.
    pub(super) count: Range,
    /// In the order of their places.
    pub(super) fields: Vec<FieldRule>,
}

impl Default for SegmentRules {
    fn default() -> SegmentRules {
        SegmentRules {
            count: Range::ANY,
            fields: Vec::new(),
        }
    }
}

/// All that is asked of one place.
#[derive(Debug, Clone)]
pub(super) struct FieldRule {
    /// Without choice of segment or repetition.
    pub(super) path: Path,
    pub(super) severity: Severity,
    pub(super) required: bool,
    pub(super) repetitions: Range,
    pub(super) length: Range,
    pub(super) data_type: Option<TypeRule>,
    pub(super) codes: Option<Codes>,
}

impl FieldRule {
    /// Asks for a value and nothing else.
    pub(super) fn required(path: Path) -> FieldRule {
        FieldRule {
            path,
            severity: Severity::Error,
            required: true,
            repetitions: Range::ANY,
            length: Range::ANY,
            data_type: None,
            codes: None,
        }
    }

    /// The part of the repetition that the rule is about. Nothing if what is right above that part
    /// holds no value, for then the rule has nothing to say.
    pub(super) fn part_of<'a>(&self, repetition: Repetition<'a>) -> Option<Part<'a>> {
        let mut part = Part::Repetition(repetition);
        let numbers = [self.path.component(), self.path.subcomponent()];
        for number in numbers.into_iter().flatten() {
            part.value()?;
            part = part.below(number.into());
        }
        Some(part)
    }

    /// Whether text is looked at where the values have this type.
    pub(super) fn reads_text_of(&self, data_type: Option<DataType>) -> bool {
        self.length != Range::ANY
            || self.codes.is_some()
            || data_type.is_some_and(DataType::is_text)
    }

    /// Whether text may be looked at, so that the character set should be known. It need not be for
    /// the codes of a header.
    pub(super) fn may_read_text(&self) -> bool {
        let may_be_text = match self.data_type {
            Some(TypeRule::NamedBy(_)) => true,
            Some(TypeRule::Is(data_type)) => data_type.is_text(),
            None => false,
        };
        let has_codes = self.codes.is_some() && self.path.segment() != "MSH";
        may_be_text || has_codes || self.length != Range::ANY
    }

    /// The type that values of this segment should have; none if a field names one that cannot be
    /// judged.
    pub(super) fn data_type_in(&self, segment: Segment<'_>) -> Option<DataType> {
        match self.data_type? {
            TypeRule::Is(data_type) => Some(data_type),
            TypeRule::NamedBy(field) => {
                DataType::named(segment.field(field.into())?.repetition(1)?.raw())
            }
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) enum TypeRule {
    Is(DataType),
    /// This field of the segment names the type, as OBX-2 does.
    NamedBy(u16),
}
