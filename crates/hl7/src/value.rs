//! What stands at a place of a message, and how bytes become text.

use std::borrow::Cow;
use std::fmt;

use crate::charset::Charset;
use crate::delimiters::Delimiters;
use crate::error::DecodeError;
use crate::escape::{plain_text, unescape};

/// Two double quotes: the sender wants the stored value deleted (HL7 v2, chapter 2, "null").
pub(crate) const NULL: &[u8] = br#""""#;

/// What a message says about one place. Only [`Null`](Presence::Null) and
/// [`Value`](Presence::Value) say anything about the stored value.
///
/// ```
/// use cistern_hl7::{Message, Presence, path};
///
/// let message = Message::parse(b"MSH|^~\\&|\rPID|1||4711||Roe||\"\"|\r")?;
/// assert_eq!(message.get(&path!("PID-7")), Presence::Null);
/// assert_eq!(message.get(&path!("PID-8")), Presence::Empty);
/// assert_eq!(message.get(&path!("PID-9")), Presence::Absent);
/// assert_eq!(message.get(&path!("PID-3")).value().unwrap().raw(), b"4711");
/// assert_eq!(message.get(&path!("PID-5")).decode(message.charset()?)?.as_deref(), Some("Roe"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Two are equal where they are of one kind and, if they are values, [equal values](Value).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "closed by HL7 v2 chapter 2: absent, empty, null, valued"
)]
pub enum Presence<'a> {
    /// The message ends before this place: its segment, field, repetition or component is not
    /// there. Leave what is stored.
    Absent,
    /// The place is there with nothing in it, or nothing but delimiters. Leave what is stored.
    Empty,
    /// Two double quotes, `""`: delete what is stored.
    Null,
    /// A value: replace what is stored.
    Value(Value<'a>),
}

impl<'a> Presence<'a> {
    pub(crate) fn of(value: Value<'a>) -> Presence<'a> {
        match value.raw {
            NULL => Presence::Null,
            raw if raw.iter().all(|byte| value.delimiters.separates(*byte)) => Presence::Empty,
            _ => Presence::Value(value),
        }
    }

    /// The value, if there is one.
    pub fn value(self) -> Option<Value<'a>> {
        match self {
            Presence::Value(value) => Some(value),
            Presence::Absent | Presence::Empty | Presence::Null => None,
        }
    }

    /// The text of the value, if there is one, as [`Value::decode`] gives it.
    pub fn decode(self, charset: Charset) -> Result<Option<Cow<'a, str>>, DecodeError> {
        self.value().map(|value| value.decode(charset)).transpose()
    }

    /// Whether there is a value.
    pub fn is_valued(self) -> bool {
        matches!(self, Presence::Value(_))
    }

    /// Whether the stored value is to be deleted.
    pub fn is_null(self) -> bool {
        matches!(self, Presence::Null)
    }
}

/// The bytes of a value. They are text only after [`decode`](Value::decode).
///
/// Two are equal where both bytes and delimiters are. So the same text in another character set, or
/// escaped otherwise, is not equal: compare what [`decode`](Value::decode) gives.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Value<'a> {
    raw: &'a [u8],
    delimiters: Delimiters,
}

impl<'a> Value<'a> {
    pub(crate) fn new(raw: &'a [u8], delimiters: Delimiters) -> Value<'a> {
        Value { raw, delimiters }
    }

    /// The bytes as they came, escapes included.
    pub fn raw(self) -> &'a [u8] {
        self.raw
    }

    /// The text: character set first, then escapes. Borrows when there is nothing to change.
    ///
    /// Escapes that format or highlight stay as they are; [`plain_text`](Value::plain_text)
    /// renders them.
    ///
    /// ```
    /// use cistern_hl7::{Message, path};
    ///
    /// let bytes = b"MSH|^~\\&||||||||||||||||8859/1\rNTE|||Ren\xE9 \\T\\ Ann\r";
    /// let message = Message::parse(bytes)?;
    /// let note = message.get(&path!("NTE-3")).value().unwrap();
    /// assert_eq!(note.decode(message.charset()?)?, "René & Ann");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn decode(self, charset: Charset) -> Result<Cow<'a, str>, DecodeError> {
        Ok(match charset.decode(self.raw)? {
            Cow::Borrowed(text) => unescape(text, &self.delimiters, charset),
            Cow::Owned(text) => Cow::Owned(unescape(&text, &self.delimiters, charset).into_owned()),
        })
    }

    /// The text as a person reads it: formatting commands of the FT type become line breaks and
    /// blanks, highlighting disappears.
    ///
    /// ```
    /// use cistern_hl7::{Charset, Message, path};
    ///
    /// let message = Message::parse(b"MSH|^~\\&|\rNTE|1||See \\H\\below\\N\\.\\.br\\Ann Roe\r")?;
    /// let note = message.get(&path!("NTE-3")).value().unwrap();
    /// assert_eq!(note.plain_text(Charset::ASCII)?, "See below.\nAnn Roe");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn plain_text(self, charset: Charset) -> Result<Cow<'a, str>, DecodeError> {
        Ok(match charset.decode(self.raw)? {
            Cow::Borrowed(text) => plain_text(text, &self.delimiters, charset),
            Cow::Owned(text) => {
                Cow::Owned(plain_text(&text, &self.delimiters, charset).into_owned())
            }
        })
    }
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Value({} bytes)", self.raw.len())
    }
}
