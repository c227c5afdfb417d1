//! Escape sequences: how text carries the delimiters (HL7 v2, chapter 2, "Use of escape sequences").

mod plain;
mod sequence;

use std::borrow::Cow;

use crate::charset::Charset;
use crate::delimiters::Delimiters;

pub use plain::plain_text;
pub(crate) use sequence::{Piece, pieces};

/// Writes text so that it can stand in a field: delimiters and control characters are escaped.
///
/// Where the delimiters have no escape character, nothing can stand for them and each becomes a
/// blank. Two double quotes alone come back unchanged, and so read as null: nothing in the standard
/// tells that text from null.
///
/// ```
/// use cistern_hl7::{Delimiters, escape};
///
/// assert_eq!(escape("A & B\rC", &Delimiters::default()), r"A \T\ B\X0D\C");
/// assert_eq!(escape("\"\"", &Delimiters::default()), "\"\"");
/// ```
pub fn escape<'t>(text: &'t str, delimiters: &Delimiters) -> Cow<'t, str> {
    if !text
        .bytes()
        .any(|byte| byte.is_ascii_control() || letter(byte, *delimiters).is_some())
    {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        push_escaped(&mut escaped, character, *delimiters);
    }
    Cow::Owned(escaped)
}

/// Appends one character, escaped where it must be.
pub(crate) fn push_escaped(escaped: &mut String, character: char, delimiters: Delimiters) {
    let ascii = u8::try_from(character).ok().filter(u8::is_ascii);
    let (letter, control) = match ascii {
        Some(byte) => (letter(byte, delimiters), byte.is_ascii_control()),
        None => (None, false),
    };
    match (letter, delimiters.escape().map(char::from)) {
        (None, _) if !control => escaped.push(character),
        (Some(letter), Some(mark)) => escaped.extend([mark, letter, mark]),
        (None, Some(mark)) => {
            escaped.push(mark);
            escaped.push('X');
            escaped.extend(hex(character));
            escaped.push(mark);
        }
        (_, None) => escaped.push(' '),
    }
}

/// Replaces the escape sequences that stand for characters: `\F\ \S\ \T\ \R\ \E\ \P\` and
/// `\X..\`, whose bytes are read in the given character set.
///
/// Everything else stays as it is: formatting and highlighting, switches of the character set,
/// local sequences, hexadecimal bytes that are no text, and an escape character that opens nothing.
/// Decodes once: what comes out may look like an escape sequence and is none.
///
/// ```
/// use cistern_hl7::{Charset, Delimiters, unescape};
///
/// let text = r"1 \T\ 2 \XC3A9\ \.br\";
/// assert_eq!(unescape(text, &Delimiters::default(), Charset::UTF_8), r"1 & 2 é \.br\");
/// ```
pub fn unescape<'t>(text: &'t str, delimiters: &Delimiters, charset: Charset) -> Cow<'t, str> {
    let Some(mark) = mark_in(text, *delimiters) else {
        return Cow::Borrowed(text);
    };
    let mut plain = String::with_capacity(text.len());
    for piece in pieces(text, mark) {
        match piece {
            Piece::Text(text) => plain.push_str(text),
            Piece::Sequence { raw, body } => match delimiter(body, *delimiters) {
                Some(delimiter) => plain.push(delimiter),
                None => plain.push_str(hex_text(body, charset).as_deref().unwrap_or(raw)),
            },
        }
    }
    Cow::Owned(plain)
}

/// The two digits of a control character.
fn hex(control: char) -> impl Iterator<Item = char> {
    let digit = |number| {
        char::from_digit(number, 16)
            .unwrap_or('0')
            .to_ascii_uppercase()
    };
    let code = u32::from(control);
    [digit(code / 16 % 16), digit(code % 16)].into_iter()
}

/// The escape character, if the text has any.
fn mark_in(text: &str, delimiters: Delimiters) -> Option<char> {
    let mark = delimiters.escape()?;
    memchr::memchr(mark, text.as_bytes()).map(|_| char::from(mark))
}

/// The letter that stands for a delimiter in an escape sequence.
fn letter(byte: u8, delimiters: Delimiters) -> Option<char> {
    match Some(byte) {
        escape if escape == delimiters.escape() => Some('E'),
        field if field == Some(delimiters.field()) => Some('F'),
        component if component == Some(delimiters.component()) => Some('S'),
        subcomponent if subcomponent == delimiters.subcomponent() => Some('T'),
        repetition if repetition == Some(delimiters.repetition()) => Some('R'),
        truncation if truncation == delimiters.truncation() => Some('P'),
        _ => None,
    }
}

/// The delimiter that a letter stands for; the standard's own where the message declares none.
pub(crate) fn delimiter(body: &str, delimiters: Delimiters) -> Option<char> {
    let byte = match body {
        "E" => delimiters.escape()?,
        "F" => delimiters.field(),
        "S" => delimiters.component(),
        "T" => delimiters.subcomponent().unwrap_or(b'&'),
        "R" => delimiters.repetition(),
        "P" => delimiters.truncation().unwrap_or(b'#'),
        _ => return None,
    };
    Some(char::from(byte))
}

/// The text of `X0D0A` and the like, if its bytes are text.
pub(crate) fn hex_text(body: &str, charset: Charset) -> Option<String> {
    let digits = body.strip_prefix('X').filter(|digits| !digits.is_empty())?;
    let bytes = hex_bytes(digits.as_bytes())?;
    Some(charset.decode(&bytes).ok()?.into_owned())
}

/// The bytes that hexadecimal digits stand for, two for each.
pub(crate) fn hex_bytes(digits: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(digits.len() / 2);
    for pair in digits.chunks(2) {
        let [high, low] = *pair else { return None };
        let value = |digit| char::from(digit).to_digit(16);
        bytes.push(u8::try_from(value(high)? << 4 | value(low)?).ok()?);
    }
    Some(bytes)
}
