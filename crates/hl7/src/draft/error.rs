//! Why a message cannot be written as it should be. Never what it says.

use thiserror::Error;

use crate::charset::{Charset, UnknownCharset};

/// Why a change of a [`Draft`](crate::Draft) was refused. The draft is as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DraftError {
    /// There is no such segment, and a path makes none.
    #[error("the message has no such segment")]
    NoSegment,
    /// No repetition fulfils the conditions of the path, and a path makes none that does.
    #[error("no repetition of the field fulfils the conditions of the path")]
    NoRepetition,
    /// The path names a subcomponent beyond the first, and MSH-2 declares no separator for it.
    #[error("the message declares no subcomponent separator")]
    NoSubcomponents,
    /// A repetition is added where the path names one that is there.
    #[error("a repetition is added at the end: the path must not choose one")]
    ChosenRepetition,
    /// MSH-1 and MSH-2 say how all else is written: they change with it or not at all.
    #[error("MSH-1 and MSH-2 change with all delimiters at once (redelimit)")]
    DelimiterField,
    /// The raw bytes would end the place that they are put in.
    #[error("byte {offset} of the raw bytes is a separator or line break that ends the place")]
    BreaksOut {
        /// The byte at fault, counted from 0.
        offset: usize,
    },
    /// The delimiters do not allow it: there is no escape character, or one of them stands in an
    /// escape sequence.
    #[error("what stands at byte {offset} cannot be written with these delimiters")]
    Unwritable {
        /// Counted from 0 in the text that is set; in the message when all of it is rewritten.
        offset: usize,
    },
    /// A character is not in the character set that MSH-18 names.
    #[error("the character at byte {offset} of the text is not in the set {charset}")]
    Unencodable {
        /// The character set of the message.
        charset: Charset,
        /// Where the character starts in the text, counted from 0.
        offset: usize,
    },
    /// MSH-18 names BIG-5, GB 18030, KS X 1001, Shift JIS or a set that escape sequences switch to:
    /// to split the message would cut characters in two. Change what [`Message::to_utf8`](crate::Message::to_utf8) gives.
    #[error(
        "characters of {charset} may hold the bytes of delimiters: change the message in UTF-8, \
         as Message::to_utf8 gives it"
    )]
    NeedsRecoding {
        /// The character set of the message.
        charset: Charset,
    },
    /// MSH-18 names no character set that can be written; or one without a decoder, of which
    /// characters may hold the bytes of delimiters, so that nothing can be changed.
    #[error(transparent)]
    Charset(UnknownCharset),
    /// A segment must start with a name, and not with that of a header or an envelope.
    #[error("a segment starts with three capitals or digits, not MSH, FHS, BHS, BTS or FTS")]
    SegmentName,
    /// MSH stands first, once.
    #[error("MSH stands first: nothing goes before it, and it stays")]
    Header,
}
