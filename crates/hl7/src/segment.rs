//! One segment of a message, and the one place that knows how fields are numbered.

use std::fmt;

use crate::delimiters::Delimiters;
use crate::levels::{Field, split_after, split_off};

/// A segment: a name and its fields.
///
/// A line that has no proper name (free text after a stray line break, say) is a segment too,
/// whose name is whatever stands before the first field separator.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Segment<'a> {
    raw: &'a [u8],
    delimiters: Delimiters,
    position: u32,
}

impl<'a> Segment<'a> {
    pub(crate) fn new(raw: &'a [u8], delimiters: Delimiters, position: u32) -> Segment<'a> {
        Segment {
            raw,
            delimiters,
            position,
        }
    }

    /// The name, such as `PID`.
    pub fn name(self) -> &'a [u8] {
        split_off(self.raw, self.delimiters.field()).0
    }

    /// Whether the segment has this name.
    pub fn is(self, name: &str) -> bool {
        match self.raw.strip_prefix(name.as_bytes()) {
            Some([]) => true,
            Some([next, ..]) => *next == self.delimiters.field(),
            None => false,
        }
    }

    /// The same as [`is`](Segment::is) for a name of known length, which is compared at once.
    pub(crate) fn has_name(self, name: [u8; 3]) -> bool {
        match self.raw.split_first_chunk() {
            Some((first, rest)) => {
                *first == name
                    && rest
                        .first()
                        .is_none_or(|next| *next == self.delimiters.field())
            }
            None => false,
        }
    }

    /// The place in the message, counted from 0 for MSH. Empty lines do not count.
    pub fn position(self) -> usize {
        self.position as usize
    }

    /// The bytes without the line break that ends them.
    pub fn raw(self) -> &'a [u8] {
        self.raw
    }

    /// The delimiters of the message.
    pub fn delimiters(self) -> Delimiters {
        self.delimiters
    }

    /// Field `number` as the standard counts: from 1, where MSH-1 (and FHS-1, BHS-1) is the field
    /// separator itself.
    pub fn field(self, number: usize) -> Option<Field<'a>> {
        self.fields().nth(number.checked_sub(1)?)
    }

    /// All fields, the first being number 1.
    pub fn fields(self) -> Fields<'a> {
        let (name, rest) = split_off(self.raw, self.delimiters.field());
        let (rest, next) = match name {
            // The separator is a field of its own.
            b"MSH" | b"FHS" | b"BHS" => (rest.and(self.raw.get(3..)), Next::Separator),
            _ => (rest, Next::Field),
        };
        Fields {
            rest,
            delimiters: self.delimiters,
            next,
        }
    }
}

impl fmt::Debug for Segment<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "Segment(number {}, {} bytes)",
            self.position,
            self.raw.len()
        )
    }
}

/// The fields of a segment, in order.
#[derive(Clone)]
pub struct Fields<'a> {
    rest: Option<&'a [u8]>,
    delimiters: Delimiters,
    next: Next,
}

#[derive(Clone, Copy)]
enum Next {
    Separator,
    EncodingCharacters,
    Field,
}

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    #[inline]
    fn next(&mut self) -> Option<Field<'a>> {
        if !matches!(self.next, Next::Field) {
            return self.next_whole();
        }
        let raw = self.split(self.rest?);
        Some(Field::new(raw, self.delimiters))
    }

    /// Passes over fields without looking at each.
    fn nth(&mut self, mut skipped: usize) -> Option<Field<'a>> {
        while skipped > 0 && !matches!(self.next, Next::Field) {
            self.next_whole()?;
            skipped -= 1;
        }
        if skipped > 0 {
            self.rest = split_after(self.rest?, self.delimiters.field(), skipped);
        }
        self.next()
    }
}

impl<'a> Fields<'a> {
    /// The next field of those that are not split any further: a header's first is the separator
    /// that follows its name, and its second holds the other delimiters (HL7 v2, chapter 2, MSH-1
    /// and MSH-2).
    #[inline]
    pub(crate) fn next_whole(&mut self) -> Option<Field<'a>> {
        let raw = match self.next {
            Next::Field => return None,
            Next::Separator => {
                let (separator, after) = self.rest?.split_at_checked(1)?;
                self.rest = Some(after);
                self.next = Next::EncodingCharacters;
                separator
            }
            Next::EncodingCharacters => {
                self.next = Next::Field;
                self.split(self.rest?)
            }
        };
        Some(Field::new(raw, Delimiters::NONE))
    }

    /// The fields that are still to come, with their separators.
    pub(crate) fn rest(&self) -> Option<&'a [u8]> {
        self.rest
    }

    fn split(&mut self, rest: &'a [u8]) -> &'a [u8] {
        let (field, rest) = split_off(rest, self.delimiters.field());
        self.rest = rest;
        field
    }
}

impl fmt::Debug for Fields<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "Fields({} bytes left)",
            self.rest.map_or(0, <[u8]>::len)
        )
    }
}
