//! What can be wrong with the bytes of a message, and where. Never what the bytes say.

use thiserror::Error;

use crate::charset::{Charset, UnknownCharset};

/// Why bytes are not a message, and at which byte.
///
/// Only the header can be wrong: whatever follows it is kept as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("byte {offset}: {kind}")]
pub struct ParseError {
    kind: ParseErrorKind,
    offset: usize,
}

impl ParseError {
    pub(crate) fn new(kind: ParseErrorKind, offset: usize) -> ParseError {
        ParseError { kind, offset }
    }

    /// What is wrong.
    pub fn kind(&self) -> ParseErrorKind {
        self.kind
    }

    /// The byte at fault, counted from 0 at the start of the input.
    pub fn offset(&self) -> usize {
        self.offset
    }
}

/// The ways in which a header is unusable (HL7 v2, chapter 2, MSH-1 and MSH-2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum ParseErrorKind {
    /// No bytes besides a byte order mark and line breaks.
    #[error("the message is empty")]
    Empty,
    /// The first segment is not MSH.
    #[error("the message does not start with MSH")]
    MissingHeader,
    /// The first segment is FHS or BHS: a batch, which [`split_messages`](crate::split_messages)
    /// takes apart.
    #[error("this is a batch (FHS or BHS), not a message: split it first")]
    Batch,
    /// `MSH` and then nothing, so no field separator.
    #[error("MSH-1, the field separator, is missing")]
    MissingSeparator,
    /// MSH-2 has fewer than two characters.
    #[error("MSH-2 declares fewer than two delimiters")]
    TooFewDelimiters,
    /// MSH-2 has more than five characters: often an MSH whose own field separator is missing.
    #[error("MSH-2 declares more than five delimiters (is the field separator MSH-1 missing?)")]
    TooManyDelimiters,
    /// A delimiter is a letter, a digit, a space, a control character, not ASCII, or the double
    /// quote, with which null is written.
    #[error("a letter, digit, space, control character or double quote cannot be a delimiter")]
    BadDelimiter,
    /// One character is declared for two purposes.
    #[error("the same delimiter is declared twice")]
    DuplicateDelimiter,
    /// The message is longer than 4 GiB, the reach of the index.
    #[error("the message is longer than 4 GiB")]
    TooLarge,
}

/// A value holds bytes that are no character of its character set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("byte {offset} of the value is no character of {charset}")]
pub struct DecodeError {
    charset: Charset,
    offset: usize,
}

impl DecodeError {
    pub(crate) fn new(charset: Charset, offset: usize) -> DecodeError {
        DecodeError { charset, offset }
    }

    /// The character set that was tried.
    pub fn charset(&self) -> Charset {
        self.charset
    }

    /// The first byte at fault, counted from 0 at the start of the value.
    pub fn offset(&self) -> usize {
        self.offset
    }
}

/// Why a message cannot be written in UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RecodeError {
    /// MSH-18 names a character set that cannot be read.
    #[error(transparent)]
    Charset(#[from] UnknownCharset),
    /// A segment holds bytes that are no character of the message's character set.
    #[error("byte {offset} of the message is no character of {charset}")]
    Undecodable {
        /// The character set of the message.
        charset: Charset,
        /// The place of the segment, counted from 0 for MSH.
        segment: usize,
        /// The first byte at fault, counted from 0 at the start of the input.
        offset: usize,
    },
    /// In UTF-8 the header is none. No set that is known moves a delimiter.
    #[error("the header cannot be read in UTF-8")]
    Header(#[source] ParseError),
    /// In UTF-8 the message is longer than 4 GiB.
    #[error("the message is longer than 4 GiB in UTF-8")]
    TooLarge,
}
