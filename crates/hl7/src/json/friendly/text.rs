//! The text of a leaf, and the bytes that stand for it.

use std::borrow::Cow;

use serde::{Serialize, Serializer};

use super::encoding;
use crate::charset::Charset;
use crate::delimiters::Delimiters;
use crate::draft::{DraftError, Escaper};
use crate::escape::{Piece, pieces, plain_text, unescape};
use crate::json::leaf::Hex;

/// A leaf that is not null: a string if the bytes that stand for its text say the same.
pub(super) struct Text<'a> {
    pub(super) raw: &'a [u8],
    pub(super) delimiters: Delimiters,
    pub(super) charset: Charset,
}

impl Serialize for Text<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.charset.decode(self.raw) {
            Ok(escaped) if self.comes_back(&escaped) => {
                serializer.serialize_str(&unescape(&escaped, &self.delimiters, self.charset))
            }
            _ => Hex(self.raw).serialize(serializer),
        }
    }
}

impl Text<'_> {
    /// Whether the text gives bytes that read as these do, formatted or not.
    fn comes_back(&self, escaped: &str) -> bool {
        let (delimiters, charset) = (&self.delimiters, self.charset);
        let text = unescape(escaped, delimiters, charset);
        let Ok(written) = written(&text, self.delimiters, charset) else {
            return false;
        };
        let Ok(again) = charset.decode(&written) else {
            return false;
        };
        written.is_empty() == self.raw.is_empty()
            && unescape(&again, delimiters, charset) == text
            && plain_text(&again, delimiters, charset) == plain_text(escaped, delimiters, charset)
    }
}

/// Text, escaped and encoded.
pub(super) fn written(
    text: &str,
    delimiters: Delimiters,
    charset: Charset,
) -> Result<Vec<u8>, DraftError> {
    let encoding = encoding(charset);
    let mut escaper = Escaper::new(delimiters, Some(encoding));
    match delimiters.escape() {
        Some(mark) => {
            let is_left_alone = |raw: &str| unescape(raw, &delimiters, charset) == raw;
            push_pieces(&mut escaper, text, char::from(mark), &is_left_alone)?;
        }
        None => escaper.push_text(text, 0)?,
    }
    let bytes = encoding.encode(&escaper.text).map(Cow::into_owned);
    bytes.ok_or(DraftError::Unencodable {
        charset: encoding,
        offset: 0,
    })
}

/// Appends text. A sequence that unescaping leaves alone, a formatting command say, is left alone
/// here too.
fn push_pieces(
    escaper: &mut Escaper,
    text: &str,
    mark: char,
    is_left_alone: &dyn Fn(&str) -> bool,
) -> Result<(), DraftError> {
    let mut offset = 0;
    for piece in pieces(text, mark) {
        let (raw, kept) = match piece {
            Piece::Text(raw) => (raw, None),
            Piece::Sequence { raw, body } => (raw, Some(body).filter(|_| is_left_alone(raw))),
        };
        let is_kept = kept.is_some_and(|body| escaper.push_sequence(body, offset).is_ok());
        if !is_kept {
            escaper.push_text(raw, offset)?;
        }
        offset += raw.len();
    }
    Ok(())
}
