//! One finding about a message, as an ERR segment tells it.

use std::fmt;

use crate::version::Version;

/// A finding about a message. Nothing of it may repeat what the message says of a patient.
#[derive(Debug, Clone, Copy)]
pub struct AckError<'a> {
    /// ERR-3, the kind of error (before version 2.5 the last component of ERR-1).
    pub condition: ErrorCondition,
    /// ERR-4.
    pub severity: Severity,
    /// ERR-2, where it is (before version 2.5 the first components of ERR-1).
    pub location: Option<Location<'a>>,
    /// ERR-5, what the application calls it.
    pub application_code: Option<ApplicationCode>,
    /// ERR-7, for those who look for the cause.
    pub diagnostics: Option<&'a str>,
    /// ERR-8, a sentence for the user of the sending system.
    pub user_message: Option<&'a str>,
}

impl AckError<'_> {
    /// An error of this kind and nothing else; the rest can be set by
    /// `AckError { location, ..AckError::new(condition) }`.
    pub const fn new(condition: ErrorCondition) -> AckError<'static> {
        AckError {
            condition,
            severity: Severity::Error,
            location: None,
            application_code: None,
            diagnostics: None,
            user_message: None,
        }
    }
}

/// A place in the message, ERR-2 (type ERL). Numbers count from 1; those after the first missing
/// one are not written. A repetition or a subcomponent is set after one of the constructors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Location<'a> {
    /// The segment's name.
    pub segment: &'a str,
    /// Which of the segments of that name.
    pub sequence: u16,
    /// The field.
    pub field: Option<u16>,
    /// The repetition of the field.
    pub repetition: Option<u16>,
    /// The component.
    pub component: Option<u16>,
    /// The subcomponent.
    pub subcomponent: Option<u16>,
}

impl Location<'_> {
    /// A segment, by its name and its number among those of that name.
    pub const fn segment(segment: &str, sequence: u16) -> Location<'_> {
        Location {
            segment,
            sequence,
            field: None,
            repetition: None,
            component: None,
            subcomponent: None,
        }
    }

    /// A field of a segment.
    pub const fn field(segment: &str, sequence: u16, field: u16) -> Location<'_> {
        Location {
            field: Some(field),
            ..Location::segment(segment, sequence)
        }
    }

    /// A component of the first repetition of a field.
    pub const fn component(
        segment: &str,
        sequence: u16,
        field: u16,
        component: u16,
    ) -> Location<'_> {
        Location {
            repetition: Some(1),
            component: Some(component),
            ..Location::field(segment, sequence, field)
        }
    }

    /// All that follows the segment's name, up to the first that is missing.
    pub(super) fn numbers(&self) -> impl Iterator<Item = u16> {
        [
            Some(self.sequence),
            self.field,
            self.repetition,
            self.component,
            self.subcomponent,
        ]
        .into_iter()
        .map_while(|number| number)
    }
}

/// The kind of error (table 0357).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorCondition {
    /// 0
    MessageAccepted,
    /// 100
    SegmentSequenceError,
    /// 101
    RequiredFieldMissing,
    /// 102
    DataTypeError,
    /// 103
    TableValueNotFound,
    /// 104
    ValueTooLong,
    /// 198
    NonConformantCardinality,
    /// 199
    OtherError,
    /// 200: do not send again.
    UnsupportedMessageType,
    /// 201: do not send again.
    UnsupportedEventCode,
    /// 202: do not send again.
    UnsupportedProcessingId,
    /// 203: do not send again.
    UnsupportedVersionId,
    /// 204
    UnknownKeyIdentifier,
    /// 205
    DuplicateKeyIdentifier,
    /// 206
    ApplicationRecordLocked,
    /// 207: trouble on our side; sending again may help.
    ApplicationInternalError,
}

impl ErrorCondition {
    const ALL: [ErrorCondition; 16] = [
        ErrorCondition::MessageAccepted,
        ErrorCondition::SegmentSequenceError,
        ErrorCondition::RequiredFieldMissing,
        ErrorCondition::DataTypeError,
        ErrorCondition::TableValueNotFound,
        ErrorCondition::ValueTooLong,
        ErrorCondition::NonConformantCardinality,
        ErrorCondition::OtherError,
        ErrorCondition::UnsupportedMessageType,
        ErrorCondition::UnsupportedEventCode,
        ErrorCondition::UnsupportedProcessingId,
        ErrorCondition::UnsupportedVersionId,
        ErrorCondition::UnknownKeyIdentifier,
        ErrorCondition::DuplicateKeyIdentifier,
        ErrorCondition::ApplicationRecordLocked,
        ErrorCondition::ApplicationInternalError,
    ];

    /// Reads ERR-3.1, a code of table 0357.
    ///
    /// ```
    /// use cistern_hl7::ErrorCondition;
    ///
    /// let condition = ErrorCondition::parse(b"101");
    /// assert_eq!(condition, Some(ErrorCondition::RequiredFieldMissing));
    /// ```
    pub fn parse(code: &[u8]) -> Option<ErrorCondition> {
        let mut all = ErrorCondition::ALL.into_iter();
        all.find(|condition| condition.code().as_bytes() == code)
    }

    /// The code of table 0357.
    pub const fn code(self) -> &'static str {
        self.row().0
    }

    /// The text of table 0357.
    pub const fn text(self) -> &'static str {
        self.row().1
    }

    const fn row(self) -> (&'static str, &'static str) {
        match self {
            ErrorCondition::MessageAccepted => ("0", "Message accepted"),
            ErrorCondition::SegmentSequenceError => ("100", "Segment sequence error"),
            ErrorCondition::RequiredFieldMissing => ("101", "Required field missing"),
            ErrorCondition::DataTypeError => ("102", "Data type error"),
            ErrorCondition::TableValueNotFound => ("103", "Table value not found"),
            ErrorCondition::ValueTooLong => ("104", "Value too long"),
            ErrorCondition::NonConformantCardinality => ("198", "Non-conformant cardinality"),
            ErrorCondition::OtherError => ("199", "Other HL7 error"),
            ErrorCondition::UnsupportedMessageType => ("200", "Unsupported message type"),
            ErrorCondition::UnsupportedEventCode => ("201", "Unsupported event code"),
            ErrorCondition::UnsupportedProcessingId => ("202", "Unsupported processing id"),
            ErrorCondition::UnsupportedVersionId => ("203", "Unsupported version id"),
            ErrorCondition::UnknownKeyIdentifier => ("204", "Unknown key identifier"),
            ErrorCondition::DuplicateKeyIdentifier => ("205", "Duplicate key identifier"),
            ErrorCondition::ApplicationRecordLocked => ("206", "Application record locked"),
            ErrorCondition::ApplicationInternalError => ("207", "Application internal error"),
        }
    }
}

impl fmt::Display for ErrorCondition {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.text())
    }
}

/// How grave a finding is (table 0516).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "closed by HL7 table 0516")]
pub enum Severity {
    /// `I`: successful, with something to know.
    Information,
    /// `W`: successful, but there may be issues.
    Warning,
    /// `E`: unsuccessful.
    Error,
    /// `F`: not processed because of an application or network failure. Written as `E` before
    /// version 2.7, which does not have it.
    Fatal,
}

impl Severity {
    /// Reads ERR-4, a code of table 0516.
    pub fn parse(code: &[u8]) -> Option<Severity> {
        match code {
            b"I" => Some(Severity::Information),
            b"W" => Some(Severity::Warning),
            b"E" => Some(Severity::Error),
            b"F" => Some(Severity::Fatal),
            _ => None,
        }
    }

    /// The code of table 0516 in a message of this version.
    ///
    /// ```
    /// use cistern_hl7::{Severity, Version};
    ///
    /// assert_eq!(Severity::Fatal.code(Version::new(7, 0)), "F");
    /// assert_eq!(Severity::Fatal.code(Version::new(5, 1)), "E");
    /// ```
    pub fn code(self, version: Version) -> &'static str {
        match self {
            Severity::Information => "I",
            Severity::Warning => "W",
            Severity::Fatal if version >= Version::new(7, 0) => "F",
            Severity::Error | Severity::Fatal => "E",
        }
    }
}

/// What the application calls an error (table 0533).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ApplicationCode {
    /// 101
    UnknownKeyIdentifier,
    /// 102
    DuplicateKeyIdentifier,
    /// 103
    RecordLocked,
}

impl ApplicationCode {
    /// Reads ERR-5.1, a code of table 0533.
    pub fn parse(code: &[u8]) -> Option<ApplicationCode> {
        match code {
            b"101" => Some(ApplicationCode::UnknownKeyIdentifier),
            b"102" => Some(ApplicationCode::DuplicateKeyIdentifier),
            b"103" => Some(ApplicationCode::RecordLocked),
            _ => None,
        }
    }

    /// The code of table 0533.
    pub const fn code(self) -> &'static str {
        match self {
            ApplicationCode::UnknownKeyIdentifier => "101",
            ApplicationCode::DuplicateKeyIdentifier => "102",
            ApplicationCode::RecordLocked => "103",
        }
    }

    /// The text of table 0533.
    pub const fn text(self) -> &'static str {
        match self {
            ApplicationCode::UnknownKeyIdentifier => "Unknown key identifier",
            ApplicationCode::DuplicateKeyIdentifier => "Duplicate key identifier",
            ApplicationCode::RecordLocked => "Application record locked",
        }
    }
}
