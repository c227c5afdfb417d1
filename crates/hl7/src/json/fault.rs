//! What is wrong with JSON that shall become a message, and where. Never what it says.

use thiserror::Error;

#[cfg(feature = "dictionary")]
use super::friendly::NamedProblem;
use crate::charset::{Charset, CharsetProblem};
use crate::error::ParseErrorKind;

/// A fault and its place, such as `.segments[1][5]`.
#[derive(Debug, Error)]
#[error("{place}: {problem}")]
pub(super) struct Fault {
    pub(super) place: String,
    pub(super) problem: Problem,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(super) enum Problem {
    #[error("an object is expected here")]
    NoObject,
    #[error("an array is expected here")]
    NoList,
    #[error("a string is expected here")]
    NoText,
    #[error("a string or {{\"bytes\": \"<hex>\"}} is expected here, or an array of what is split")]
    NoPart,
    #[error("an array of nothing says nothing: an empty part is an empty string")]
    EmptyList,
    #[error("arrays go down to subcomponents, and no further")]
    TooDeep,
    #[error("MSH-2 declares no separator for subcomponents, so there is but one")]
    NoSubcomponents,
    #[error("the key {0:?} is missing")]
    MissingKey(&'static str),
    #[error("the key {0:?} is here twice")]
    KeyTwice(&'static str),
    #[error("key number {0} of this object is not known here")]
    UnknownKey(usize),
    #[cfg(feature = "dictionary")]
    #[error(transparent)]
    Named(#[from] NamedProblem),
    #[error("two hexadecimal digits stand for each byte")]
    NoHex,
    #[error("byte {0} is a separator or a line break, which would change the message")]
    Separator(usize),
    #[error("a character is not in the set {0}")]
    Unencodable(Charset),
    #[error("{0}")]
    Charset(CharsetProblem),
    #[error("only a byte order mark and line breaks can stand before MSH")]
    Before,
    #[error("a terminator is made of carriage returns and line feeds, at least one")]
    Terminator,
    #[error("only the last segment can go without a terminator")]
    NoTerminator,
    #[error("a segment has a name or at least one field")]
    EmptySegment,
    #[error("the first segment is MSH, with MSH-1 and MSH-2 as strings")]
    NoHeader,
    #[error("the first field of MSH, FHS and BHS is the field separator of the message")]
    OtherSeparator,
    #[error("{0}")]
    Header(ParseErrorKind),
}
