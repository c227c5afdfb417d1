//! The characters that separate the parts of a message, as MSH-1 and MSH-2 declare them.

use std::fmt::{self, Write as _};
use std::num::NonZeroU8;
use std::str::FromStr;

use crate::error::{ParseError, ParseErrorKind};

/// The delimiters of one message (HL7 v2, chapter 2, MSH-1 and MSH-2).
///
/// The default is the set that the standard recommends, `|^~\&`.
///
/// ```
/// use cistern_hl7::Message;
///
/// let delimiters = Message::parse(b"MSH$*@!+$LAB\r")?.delimiters();
/// assert_eq!((delimiters.field(), delimiters.component()), (b'$', b'*'));
/// assert_eq!(delimiters, "$*@!+".parse()?);
/// assert_eq!(delimiters.to_string(), "$*@!+");
/// # Ok::<(), cistern_hl7::ParseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Delimiters {
    field: u8,
    component: u8,
    repetition: u8,
    escape: Option<NonZeroU8>,
    subcomponent: Option<NonZeroU8>,
    truncation: Option<NonZeroU8>,
}

const AMPERSAND: Option<NonZeroU8> = NonZeroU8::new(b'&');

impl Default for Delimiters {
    fn default() -> Delimiters {
        Delimiters::STANDARD
    }
}

impl Delimiters {
    pub(crate) const STANDARD: Delimiters = Delimiters {
        field: b'|',
        component: b'^',
        repetition: b'~',
        escape: NonZeroU8::new(b'\\'),
        subcomponent: AMPERSAND,
        truncation: None,
    };

    /// Delimiters that occur in no segment: what is read with them stays whole. MSH-1 and MSH-2
    /// are, for there the delimiters stand for themselves.
    pub(crate) const NONE: Delimiters = Delimiters {
        field: b'\r',
        component: b'\r',
        repetition: b'\r',
        escape: None,
        subcomponent: None,
        truncation: None,
    };

    /// Separates fields (MSH-1), usually `|`.
    pub fn field(&self) -> u8 {
        self.field
    }

    /// Separates components, usually `^`.
    pub fn component(&self) -> u8 {
        self.component
    }

    /// Separates repetitions, usually `~`.
    pub fn repetition(&self) -> u8 {
        self.repetition
    }

    /// Opens and closes an escape sequence, usually `\`.
    pub fn escape(&self) -> Option<u8> {
        self.escape.map(NonZeroU8::get)
    }

    /// Separates subcomponents, usually `&`.
    pub fn subcomponent(&self) -> Option<u8> {
        self.subcomponent.map(NonZeroU8::get)
    }

    /// Marks truncated text (version 2.7 and later), usually `#`. It separates nothing.
    pub fn truncation(&self) -> Option<u8> {
        self.truncation.map(NonZeroU8::get)
    }

    /// MSH-2: the delimiters without the field separator.
    pub fn encoding_characters(&self) -> impl Iterator<Item = u8> {
        [self.component, self.repetition]
            .into_iter()
            .chain(self.escape())
            .chain(self.subcomponent())
            .chain(self.truncation())
    }

    /// Those that separate, in no order; one of them twice where there is no fourth.
    pub(crate) fn separators(self) -> [u8; 4] {
        let subcomponent = self.subcomponent().unwrap_or(self.component);
        [self.field, self.repetition, self.component, subcomponent]
    }

    pub(crate) fn contains(self, byte: u8) -> bool {
        byte == self.field
            || self
                .encoding_characters()
                .any(|delimiter| delimiter == byte)
    }

    /// Whether this byte parts repetitions, components or subcomponents of a field.
    pub fn separates(self, byte: u8) -> bool {
        byte == self.component || byte == self.repetition || Some(byte) == self.subcomponent()
    }

    /// Reads MSH-1 and MSH-2. The error counts bytes from MSH-1.
    pub(crate) fn declare(field: u8, encoding: &[u8]) -> Result<Delimiters, ParseError> {
        if !can_delimit(field) {
            return Err(ParseError::new(ParseErrorKind::BadDelimiter, 0));
        }
        Delimiters::parse(field, encoding).map_err(|(kind, index)| ParseError::new(kind, index + 1))
    }

    /// Reads MSH-2. The error says which of its bytes is at fault.
    pub(crate) fn parse(field: u8, encoding: &[u8]) -> Result<Delimiters, (ParseErrorKind, usize)> {
        let at = |index: usize| encoding.get(index).copied().and_then(NonZeroU8::new);
        let delimiters = match *encoding {
            // What nearly all senders declare needs no check.
            [b'^', b'~', b'\\', b'&'] if field == b'|' => return Ok(Delimiters::STANDARD),
            _ if DelimiterFault::of(encoding) == Some(DelimiterFault::EscapeDoubled) => {
                return Delimiters::parse(field, br"^~\&");
            }
            [component, repetition, b'&'] => Delimiters {
                subcomponent: AMPERSAND,
                ..Delimiters::declared(field, component, repetition)
            },
            [component, repetition, ref rest @ ..] if rest.len() <= 3 => Delimiters {
                escape: at(2),
                subcomponent: at(3),
                truncation: at(4),
                ..Delimiters::declared(field, component, repetition)
            },
            [] | [_] => return Err((ParseErrorKind::TooFewDelimiters, encoding.len())),
            _ => return Err((ParseErrorKind::TooManyDelimiters, 5)),
        };
        check_distinct(field, encoding)?;
        Ok(delimiters)
    }

    fn declared(field: u8, component: u8, repetition: u8) -> Delimiters {
        Delimiters {
            field,
            component,
            repetition,
            ..Delimiters::NONE
        }
    }
}

/// Whether a byte can be a delimiter: punctuation, but not that of null, `""`.
pub(crate) fn can_delimit(byte: u8) -> bool {
    byte.is_ascii_punctuation() && byte != b'"'
}

/// Whether each can be a delimiter and none stands there twice.
fn check_distinct(field: u8, encoding: &[u8]) -> Result<(), (ParseErrorKind, usize)> {
    for (index, byte) in encoding.iter().enumerate() {
        if !can_delimit(*byte) {
            return Err((ParseErrorKind::BadDelimiter, index));
        }
        if *byte == field || encoding.iter().take(index).any(|earlier| earlier == byte) {
            return Err((ParseErrorKind::DuplicateDelimiter, index));
        }
    }
    Ok(())
}

/// Reads MSH-1 and MSH-2 as they stand in a message, such as `|^~\&`.
impl FromStr for Delimiters {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Delimiters, ParseError> {
        let Some((field, encoding)) = text.as_bytes().split_first() else {
            return Err(ParseError::new(ParseErrorKind::MissingSeparator, 0));
        };
        Delimiters::declare(*field, encoding)
    }
}

/// Writes MSH-1 and MSH-2 as they stand in a message, such as `|^~\&`.
impl fmt::Display for Delimiters {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_char(char::from(self.field))?;
        self.encoding_characters()
            .try_for_each(|byte| out.write_char(char::from(byte)))
    }
}

/// A slip in MSH-2 whose meaning is plain all the same: the message is read, but its sender
/// should be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DelimiterFault {
    /// `^~&`: the escape character was lost on the way. Read as if no escape character were
    /// declared and `&` separated subcomponents.
    EscapeMissing,
    /// `^~\\&` or `^\~\&`: an escaping accident at the sender. Read as `^~\&`.
    EscapeDoubled,
}

impl DelimiterFault {
    pub(crate) fn of(encoding: &[u8]) -> Option<DelimiterFault> {
        match encoding {
            br"^~\\&" | br"^\~\&" => Some(DelimiterFault::EscapeDoubled),
            [_, _, b'&'] => Some(DelimiterFault::EscapeMissing),
            _ => None,
        }
    }
}
