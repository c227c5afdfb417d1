//! What is wrong with a path, where, and how it should read.

use std::fmt;

use thiserror::Error;

/// Why a text is not a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("column {column}: {kind}")]
pub struct PathError {
    kind: PathErrorKind,
    column: usize,
}

impl PathError {
    pub(super) const fn new(kind: PathErrorKind, column: usize) -> PathError {
        PathError { kind, column }
    }

    /// What is wrong.
    pub const fn kind(&self) -> PathErrorKind {
        self.kind
    }

    /// The character at fault, counted from 1.
    pub const fn column(&self) -> usize {
        self.column
    }
}

/// The ways in which a path can be malformed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PathErrorKind {
    /// No three capitals or digits at the start.
    SegmentName,
    /// No `-` after the segment.
    Hyphen,
    /// No number where one must stand, or 0, or above 65535.
    Number,
    /// `[` without `]`.
    Unclosed,
    /// Something in `[ ]` that chooses no repetition.
    Selector,
    /// `[L]` or `[type=L]` on a field of which no type component is known.
    NoTypeComponent,
    /// More conditions, or longer ones, than a path can hold.
    TooManyConditions,
    /// A number or `*` together with a condition or another number.
    MixedSelectors,
    /// Text after the end of the path.
    Trailing,
}

impl PathErrorKind {
    /// What is wrong and how it should read.
    pub(super) const fn advice(self) -> &'static str {
        match self {
            PathErrorKind::SegmentName => {
                "a path starts with a segment name of three capitals or digits, as in PID-3"
            }
            PathErrorKind::Hyphen => {
                "a hyphen and a field number follow the segment, as in PID-3 or OBX[2]-5"
            }
            PathErrorKind::Number => "a number from 1 to 65535 must stand here, as in PID-3[2].1",
            PathErrorKind::Unclosed => "the bracket is not closed, as it is in PID-3[2].1",
            PathErrorKind::Selector => {
                "brackets hold a number, *, a type or a condition, as in PID-3[2], PID-3[*], \
                 PID-5[L] or PID-3[5=MR]"
            }
            PathErrorKind::NoTypeComponent => {
                "no type component is known for this field: name it, as in PID-3[5=MR]"
            }
            PathErrorKind::TooManyConditions => {
                "a path holds up to three conditions of 96 bytes together, as in \
                 PID-3[5=MR][4.1=HOSP]"
            }
            PathErrorKind::MixedSelectors => {
                "a number or * stands alone, as in PID-3[2]; only conditions can follow each \
                 other, as in PID-3[5=MR][4.1=HOSP]"
            }
            PathErrorKind::Trailing => {
                "the path should end here, or go on with .component or .component.subcomponent, \
                 as in PID-3.4.2"
            }
        }
    }
}

impl fmt::Display for PathErrorKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.advice())
    }
}
