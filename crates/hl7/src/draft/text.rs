//! Text as the bytes that stand for it in a field.

use std::fmt::Write as _;

use super::error::DraftError;
use crate::charset::{Charset, UnknownCharset};
use crate::delimiters::Delimiters;
use crate::escape::push_escaped;

/// Escapes and encodes text. Reading it back gives the same text.
pub(super) fn raw(
    text: &str,
    delimiters: Delimiters,
    charset: Result<Charset, UnknownCharset>,
) -> Result<Vec<u8>, DraftError> {
    let charset = match charset {
        Err(_) if text.is_ascii() => Charset::ASCII,
        charset => charset.map_err(DraftError::Charset)?,
    };
    let mut escaper = Escaper::new(delimiters, Some(charset));
    escaper.push_text(text, 0)?;
    let encoded = charset.encode(&escaper.text).map(Vec::from);
    encoded.ok_or(DraftError::Unencodable { charset, offset: 0 })
}

/// Text that would read as null.
const LOOKS_NULL: &str = r#""""#;

/// Writes characters so that each stands for itself.
pub(crate) struct Escaper {
    pub(crate) text: String,
    delimiters: Delimiters,
    /// Nothing where characters above 127 are bytes that need not be understood.
    charset: Option<Charset>,
}

impl Escaper {
    pub(crate) fn new(delimiters: Delimiters, charset: Option<Charset>) -> Escaper {
        Escaper {
            text: String::new(),
            delimiters,
            charset,
        }
    }

    /// Appends text that starts at this offset. What would read as a command or as null is hidden.
    pub(crate) fn push_text(&mut self, text: &str, start: usize) -> Result<(), DraftError> {
        for (index, character) in text.char_indices() {
            let offset = start + index;
            if character.is_ascii_control() || (offset == 0 && text == LOOKS_NULL) {
                self.push_hidden(character, offset)?;
            } else {
                self.push(character, offset)?;
            }
        }
        Ok(())
    }

    /// Appends a character, escaped if it is a delimiter or, when encoded, holds the byte of one.
    /// The offset is that of the error.
    pub(super) fn push(&mut self, character: char, offset: usize) -> Result<(), DraftError> {
        if !self.looks_like_delimiter(character, offset)? {
            self.text.push(character);
            return Ok(());
        }
        if !character.is_ascii() {
            return self.push_hidden(character, offset);
        }
        self.mark(offset)?;
        push_escaped(&mut self.text, character, self.delimiters);
        Ok(())
    }

    /// Appends the bytes of a character in hexadecimal form.
    pub(super) fn push_hidden(&mut self, character: char, offset: usize) -> Result<(), DraftError> {
        let mark = self.mark(offset)?;
        self.text.extend([mark, 'X']);
        for byte in self.bytes_of(character, offset)? {
            // Writing to a String cannot fail.
            write!(self.text, "{byte:02X}").ok();
        }
        self.text.push(mark);
        Ok(())
    }

    /// Appends an escape sequence whose letters stand for no delimiter.
    pub(crate) fn push_sequence(&mut self, body: &str, offset: usize) -> Result<(), DraftError> {
        let mark = self.mark(offset)?;
        if body.bytes().any(|byte| self.delimiters.contains(byte)) {
            return Err(DraftError::Unwritable { offset });
        }
        self.text.push(mark);
        self.text.push_str(body);
        self.text.push(mark);
        Ok(())
    }

    fn looks_like_delimiter(&self, character: char, offset: usize) -> Result<bool, DraftError> {
        let ascii = u8::try_from(character).ok().filter(u8::is_ascii);
        if let Some(byte) = ascii {
            return Ok(self.delimiters.contains(byte));
        }
        let bytes = self.bytes_of(character, offset)?;
        Ok(bytes.iter().any(|byte| self.delimiters.contains(*byte)))
    }

    fn bytes_of(&self, character: char, offset: usize) -> Result<Vec<u8>, DraftError> {
        let Some(charset) = self.charset else {
            return Ok(u8::try_from(character).into_iter().collect());
        };
        let mut buffer = [0; 4];
        match charset.encode(character.encode_utf8(&mut buffer)) {
            Some(bytes) => Ok(bytes.into_owned()),
            None => Err(DraftError::Unencodable { charset, offset }),
        }
    }

    fn mark(&self, offset: usize) -> Result<char, DraftError> {
        let mark = self.delimiters.escape().map(char::from);
        mark.ok_or(DraftError::Unwritable { offset })
    }
}
