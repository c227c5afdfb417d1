//! Segments as bytes, part by part.

use std::borrow::Cow;

use crate::charset::Charset;
use crate::delimiters::Delimiters;
use crate::escape::{escape, push_escaped};

/// The byte that ends an MLLP frame when a carriage return follows.
const END_BLOCK: u8 = 0x1C;

pub(super) struct Writer {
    pub(super) bytes: Vec<u8>,
    pub(super) delimiters: Delimiters,
    pub(super) charset: Charset,
}

impl Writer {
    /// Bytes that are escaped and encoded already.
    pub(super) fn raw(&mut self, raw: &[u8]) {
        self.bytes.extend_from_slice(raw);
    }

    /// Text of our own. The character set was chosen so that it has every character of it, unless
    /// it had to be ASCII.
    pub(super) fn text(&mut self, text: &str) {
        let text = self.writable(text);
        let escaped = escape(&text, &self.delimiters);
        let encoded = self.charset.encode(&escaped);
        self.raw(encoded.as_deref().unwrap_or(escaped.as_bytes()));
    }

    /// Text of our own, cut so that it is at most so many characters long when escaped.
    pub(super) fn text_within(&mut self, text: &str, chars_max: usize) {
        let text = self.writable(text);
        let mut room = chars_max;
        let mut end = 0;
        let mut escaped = String::new();
        for character in text.chars() {
            escaped.clear();
            push_escaped(&mut escaped, character, self.delimiters);
            match room.checked_sub(escaped.chars().count()) {
                Some(left) => room = left,
                None => break,
            }
            end += character.len_utf8();
        }
        self.text(text.get(..end).unwrap_or_default());
    }

    /// The text with `?` for each character that ASCII does not have, where that is all we have, and
    /// for escape characters, by which the set that the answer states may switch.
    fn writable<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let is_plain = |character: char| character.is_ascii() && character != '\x1B';
        if self.charset != Charset::ASCII || text.chars().all(is_plain) {
            return Cow::Borrowed(text);
        }
        let plain = |character| if is_plain(character) { character } else { '?' };
        Cow::Owned(text.chars().map(plain).collect())
    }

    /// A coded element: code, its text and the table.
    pub(super) fn coded(&mut self, code: &str, text: &str, table: &str) {
        self.text(code);
        self.next_component();
        self.text(text);
        self.next_component();
        self.text(table);
    }

    pub(super) fn number(&mut self, number: impl Into<i64>) {
        self.text(&number.into().to_string());
    }

    pub(super) fn next_field(&mut self) {
        self.bytes.push(self.delimiters.field());
    }

    pub(super) fn skip_fields(&mut self, count: usize) {
        self.bytes
            .resize(self.bytes.len() + count, self.delimiters.field());
    }

    pub(super) fn next_component(&mut self) {
        self.bytes.push(self.delimiters.component());
    }

    pub(super) fn next_repetition(&mut self) {
        self.bytes.push(self.delimiters.repetition());
    }

    /// Ends the segment after its last field that is not empty. Where that field, given back as it
    /// came, ends in MLLP's end block, an empty field follows: 0x1C 0x0D would end the frame.
    pub(super) fn end_segment(&mut self) {
        let separator = self.delimiters.field();
        while self.bytes.last() == Some(&separator) {
            self.bytes.pop();
        }
        if self.bytes.last() == Some(&END_BLOCK) {
            self.bytes.push(separator);
        }
        self.bytes.push(b'\r');
    }
}
