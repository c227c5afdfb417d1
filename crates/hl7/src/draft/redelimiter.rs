//! Segments written again with other delimiters.

use super::error::DraftError;
use super::text::Escaper;
use super::{declaration, is_header};
use crate::delimiters::Delimiters;
use crate::escape::{Piece, delimiter, pieces};
use crate::segment::Segment;

pub(super) struct Redelimiter {
    from: Delimiters,
    to: Delimiters,
}

impl Redelimiter {
    pub(super) fn new(from: Delimiters, to: Delimiters) -> Redelimiter {
        Redelimiter { from, to }
    }

    /// A segment that starts at this byte of the message.
    pub(super) fn segment(
        &self,
        segment: Segment<'_>,
        start: usize,
    ) -> Result<Vec<u8>, DraftError> {
        let raw = segment.raw();
        let mut written = Vec::with_capacity(raw.len());
        let mut offset = 0;
        if is_header(segment) {
            written.extend_from_slice(segment.name());
            written.extend(declaration(self.to));
            let declared = segment.field(2).map_or(0, |field| field.raw().len());
            offset = segment.name().len() + 1 + declared;
        }
        let rest = raw.get(offset..).unwrap_or_default();
        for piece in rest.split_inclusive(|byte| self.separates(*byte)) {
            let (leaf, separator) = match piece.split_last() {
                Some((last, leaf)) if self.separates(*last) => (leaf, Some(*last)),
                _ => (piece, None),
            };
            self.leaf(&mut written, leaf, start + offset)?;
            offset += piece.len();
            if let Some(separator) = separator {
                let unwritable = DraftError::Unwritable {
                    offset: start + offset - 1,
                };
                written.push(self.separator(separator).ok_or(unwritable)?);
            }
        }
        Ok(written)
    }

    fn separates(&self, byte: u8) -> bool {
        byte == self.from.field() || self.from.separates(byte)
    }

    fn separator(&self, byte: u8) -> Option<u8> {
        if byte == self.from.field() {
            Some(self.to.field())
        } else if byte == self.from.repetition() {
            Some(self.to.repetition())
        } else if byte == self.from.component() {
            Some(self.to.component())
        } else {
            self.to.subcomponent()
        }
    }

    /// What stands between separators, at this byte of the message. Bytes below 128 are themselves
    /// in its character set, and the rest need not be understood.
    fn leaf(&self, written: &mut Vec<u8>, leaf: &[u8], offset: usize) -> Result<(), DraftError> {
        if self.is_unaffected(leaf) {
            written.extend_from_slice(leaf);
            return Ok(());
        }
        let text: String = leaf.iter().copied().map(char::from).collect();
        let text = self.text(&text, offset)?;
        written.extend(text.chars().filter_map(|byte| u8::try_from(byte).ok()));
        Ok(())
    }

    fn is_unaffected(&self, leaf: &[u8]) -> bool {
        let escape_or_mark = [self.from.escape(), self.from.truncation()];
        !leaf
            .iter()
            .any(|byte| self.to.contains(*byte) || escape_or_mark.contains(&Some(*byte)))
    }

    fn text(&self, text: &str, offset: usize) -> Result<String, DraftError> {
        let mut escaper = Escaper::new(self.to, None);
        let Some(mark) = self.from.escape() else {
            self.plain(&mut escaper, text, offset)?;
            return Ok(escaper.text);
        };
        for piece in pieces(text, char::from(mark)) {
            match piece {
                Piece::Text(text) => self.plain(&mut escaper, text, offset)?,
                Piece::Sequence { body, .. } => match delimiter(body, self.from) {
                    Some(character) => escaper.push(character, offset)?,
                    None => escaper.push_sequence(body, offset)?,
                },
            }
        }
        Ok(escaper.text)
    }

    /// Text without escape sequences. The mark of truncated text stays one, where both sets have
    /// it.
    fn plain(&self, escaper: &mut Escaper, text: &str, offset: usize) -> Result<(), DraftError> {
        let truncation = self.from.truncation().zip(self.to.truncation());
        let truncation = truncation.map(|(from, to)| (char::from(from), char::from(to)));
        for character in text.chars() {
            match truncation {
                Some((from, to)) if character == from => escaper.text.push(to),
                _ => escaper.push(character, offset)?,
            }
        }
        Ok(())
    }
}
