//! What is wrong with a profile, where, and how it should read.

use std::fmt;

use thiserror::Error;

use crate::path::PathErrorKind;

/// Every mistake of a profile, in the order of the file, one line each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileError {
    faults: Vec<ProfileFault>,
}

impl ProfileError {
    pub(super) fn new(mut faults: Vec<ProfileFault>) -> ProfileError {
        faults.sort_by_key(|fault| (fault.line, fault.column));
        ProfileError { faults }
    }

    /// The mistakes one by one.
    pub fn faults(&self) -> &[ProfileFault] {
        &self.faults
    }
}

impl fmt::Display for ProfileError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, fault) in self.faults.iter().enumerate() {
            let line_break = if number == 0 { "" } else { "\n" };
            write!(out, "{line_break}{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ProfileError {}

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}, column {column}: {kind}")]
pub struct ProfileFault {
    kind: ProfileFaultKind,
    line: usize,
    column: usize,
}

impl ProfileFault {
    /// A mistake at this byte of the text.
    pub(super) fn new(kind: ProfileFaultKind, text: &str, at: usize) -> ProfileFault {
        let (before, _) = text.split_at_checked(at).unwrap_or((text, ""));
        let line_start = before.rfind('\n').map_or(0, |line_break| line_break + 1);
        let (_, of_line) = before.split_at_checked(line_start).unwrap_or(("", before));
        ProfileFault {
            kind,
            line: before.matches('\n').count() + 1,
            column: of_line.chars().count() + 1,
        }
    }

    /// What is wrong.
    pub fn kind(&self) -> &ProfileFaultKind {
        &self.kind
    }

    /// The line, counted from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The character of the line, counted from 1.
    pub fn column(&self) -> usize {
        self.column
    }
}

/// The mistakes that the writer of a profile can make.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ProfileFaultKind {
    /// The text is no TOML, a key is unknown or missing, or a value is of the wrong sort.
    #[error("{0}")]
    Toml(String),
    /// A place with a point in it is not in quotes.
    #[error("a place with a component needs quotes, as in [fields.\"PID-3.1\"]")]
    Unquoted,
    /// No message type in `applies_to`.
    #[error("write a message code, or code and event, as in \"ADT\" or \"ADT^A08\"")]
    MessageType,
    /// No version in `versions`.
    #[error("write a version of HL7 v2, as in \"2.3\" or \"2.5.1\"")]
    Version,
    /// No name of a segment in `[segments]`.
    #[error("a segment name is three capitals or digits, as in PID")]
    SegmentName,
    /// No place in `[fields]`.
    #[error("{0}")]
    Place(PathErrorKind),
    /// A place that has a section already, spelt in another way: `PID-05` and `PID-5`.
    #[error("{place} has a section already: write all that is asked of it there")]
    PlaceTwice {
        /// The place.
        place: String,
    },
    /// A place chooses a segment or a repetition.
    #[error("a rule holds for every segment and every repetition: leave the brackets out")]
    Bracket,
    /// No range in `[segments]` or `repetitions`.
    #[error("write how many, as in \"1\", \"0..1\", \"1..\" or \"2..5\"")]
    Range,
    /// No range in `length`.
    #[error("write a range of characters, as in \"2..20\" or \"2..\"")]
    Length,
    /// `repetitions` of a component.
    #[error("only a field repeats: ask this of the field")]
    ComponentRepetitions,
    /// `required = true` and `repetitions` of at most 0.
    #[error("the field is both required and forbidden")]
    Contradiction,
    /// A type that cannot be judged.
    #[error("this type cannot be checked; those that can are {known}, or a field such as OBX-2")]
    Type {
        /// The types that can.
        known: String,
    },
    /// A `type` that is a place, but no field of the same segment.
    #[error("a type is named by a whole field of the same segment, as OBX-2 names that of OBX-5")]
    TypeField,
    /// A name that is not in `[tables]`.
    #[error("there is no such list in [tables]; it has {known}")]
    UnknownList {
        /// The names that are.
        known: String,
    },
    /// A table of HL7 of which the codes are not known.
    #[error("the codes of table {number:04} are not known: write them out, as in [\"F\", \"M\"]")]
    UnknownTable {
        /// The number of the table.
        number: u16,
    },
    /// A list that nothing can satisfy.
    #[error("the list is empty, so that nothing would do")]
    EmptyList,
    /// A section of `[fields]` that asks for nothing.
    #[error("nothing is asked of this place: write required, repetitions, length, type or table")]
    NothingAsked,
}
