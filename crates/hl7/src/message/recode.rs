//! A whole message in UTF-8, so that no character can be taken for a delimiter.

use std::fmt::Write as _;

use bytes::Bytes;

use super::{Message, between};
use crate::charset::Charset;
use crate::delimiters::Delimiters;
use crate::error::{ParseErrorKind, RecodeError};
use crate::escape::{Piece, hex_text, pieces};
use crate::message_buf::MessageBuf;

impl Message<'_> {
    /// Whether characters of this message may hold bytes that look like delimiters, at which
    /// splitting would cut them in two: MSH-18 names BIG-5, GB 18030 or its kin, KS X 1001,
    /// Shift JIS or a set that escape sequences switch to.
    /// [`to_utf8`](Message::to_utf8) keeps them whole; where there is no decoder for the set, it is
    /// an error, and the message cannot be split at all.
    pub fn needs_recoding(&self) -> bool {
        match self.charset() {
            Ok(charset) => charset.overlaps_ascii(),
            Err(unknown) => unknown.overlaps_ascii(),
        }
    }

    /// The message in UTF-8, as its MSH-18 then says.
    ///
    /// Every segment becomes text before it is split, so characters stay whole. Delimiters, line
    /// ends and escape sequences stay as they are, but for bytes in hexadecimal form, which become
    /// those of UTF-8 where they are text. Where MSH-18 is empty, [`Charset::guess`] chooses once
    /// for the whole message. In the sets that [need it](Message::needs_recoding), the fields of
    /// MSH up to MSH-18 must be ASCII, for before it is read they can only be split as bytes.
    ///
    /// ```
    /// use cistern_hl7::{Charset, Message, path};
    ///
    /// // The second byte of 彭 in BIG-5 is that of `^`.
    /// let message = Message::parse(b"MSH|^~\\&|A|||||||||2.5||||||BIG-5\rPID|||||\xB4\x5E^Ann")?;
    /// # if cfg!(not(feature = "charset")) { return Ok(()) }
    /// assert!(message.needs_recoding());
    /// let recoded = message.to_utf8()?;
    /// let family = recoded.message().get(&path!("PID-5.1")).value().unwrap();
    /// assert_eq!(family.decode(Charset::UTF_8)?, "彭");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_utf8(&self) -> Result<MessageBuf, RecodeError> {
        self.to_utf8_from(self.charset()?)
    }

    /// As [`to_utf8`](Message::to_utf8), from this character set, whatever MSH-18 says: for senders
    /// that leave it empty, or fill it wrongly.
    pub fn to_utf8_from(&self, charset: Charset) -> Result<MessageBuf, RecodeError> {
        let charset = match charset {
            Charset::UNSTATED => Charset::guess(self.bytes),
            charset => charset,
        };
        let states_utf8 = self.charset() == Ok(Charset::UTF_8);
        let mut recoded = Vec::with_capacity(self.bytes.len() + self.bytes.len() / 2);
        let mut copied = 0;
        for (position, [start, end]) in self.bounds.iter().copied().enumerate() {
            recoded.extend_from_slice(between(self.bytes, [copied, start]));
            let text = charset.decode(between(self.bytes, [start, end]));
            let mut text = text.map_err(|error| RecodeError::Undecodable {
                charset,
                segment: position,
                offset: start as usize + error.offset(),
            })?;
            if charset != Charset::UTF_8 {
                text = recoded_escapes(&text, self.delimiters, charset).into();
            }
            if position == 0 && !states_utf8 {
                text = stating_utf8(&text, self.delimiters).into();
            }
            recoded.extend_from_slice(text.as_bytes());
            copied = end;
        }
        recoded.extend_from_slice(self.bytes.get(copied as usize..).unwrap_or_default());
        MessageBuf::parse(Bytes::from(recoded)).map_err(|error| match error.kind() {
            ParseErrorKind::TooLarge => RecodeError::TooLarge,
            _ => RecodeError::Header(error),
        })
    }
}

/// The text of a segment with hexadecimal bytes of UTF-8. Leaf by leaf, as they are unescaped.
fn recoded_escapes(segment: &str, delimiters: Delimiters, charset: Charset) -> String {
    let Some(mark) = delimiters.escape().map(char::from) else {
        return segment.to_owned();
    };
    let separators = delimiters.separators().map(char::from);
    let mut recoded = String::with_capacity(segment.len());
    for leaf in segment.split_inclusive(separators) {
        for piece in pieces(leaf, mark) {
            match piece {
                Piece::Text(text) => recoded.push_str(text),
                Piece::Sequence { raw, body } => match hex_text(body, charset) {
                    Some(text) if hex_text(body, Charset::UTF_8).as_ref() != Some(&text) => {
                        push_hex(&mut recoded, &text, mark);
                    }
                    _ => recoded.push_str(raw),
                },
            }
        }
    }
    recoded
}

fn push_hex(recoded: &mut String, text: &str, mark: char) {
    if text.is_empty() {
        return;
    }
    recoded.extend([mark, 'X']);
    for byte in text.bytes() {
        // Writing to a String cannot fail.
        write!(recoded, "{byte:02X}").ok();
    }
    recoded.push(mark);
}

/// MSH with another MSH-18, and without MSH-20 where that says how sets are switched (table 0356).
fn stating_utf8(header: &str, delimiters: Delimiters) -> String {
    let separator = char::from(delimiters.field());
    // MSH-1 is the separator itself: MSH-2 is the second piece.
    let mut fields: Vec<&str> = header.split(separator).collect();
    fields.resize(fields.len().max(18), "");
    for (number, field) in (1..).zip(&mut fields) {
        match number {
            18 => *field = Charset::utf_8_label(delimiters),
            20 if field.starts_with("ISO 2022") => *field = "",
            _ => {}
        }
    }
    fields.join(&separator.to_string())
}
