//! One segment of a message, and the one place that knows how fields are numbered.

use std::fmt;
use std::iter::FusedIterator;

use crate::delimiters::Delimiters;
use crate::levels::{Field, split_off};
use crate::scan::{Pieces, nth_piece};

/// A segment: a name and its fields.
///
/// A line that has no proper name (free text after a stray line break, say) is a segment too,
/// whose name is whatever stands before the first field separator.
///
/// ```
/// use cistern_hl7::Message;
///
/// let message = Message::parse(b"MSH|^~\\&|LAB\rPID|1||4711~17\r")?;
/// let pid = message.segment("PID").unwrap();
/// assert_eq!(pid.field(3).unwrap().raw(), b"4711~17");
/// assert_eq!(pid.field(4), None);
/// assert_eq!(message.segment("MSH").unwrap().field(3).unwrap().raw(), b"LAB");
/// # Ok::<(), cistern_hl7::ParseError>(())
/// ```
///
/// Two are equal where bytes, delimiters and [position](Segment::position) are: the same line at
/// another place of a message is another segment.
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
            Some((first, rest)) => *first == name && self.starts_field(rest),
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
        let is_header = self.is_header();
        let (raw, delimiters) = match number {
            0 => return None,
            1 if is_header => (self.raw.get("MSH".len().."MSH|".len())?, Delimiters::NONE),
            _ => {
                let before = number - usize::from(is_header);
                let raw = nth_piece(self.raw, self.delimiters.field(), before)?;
                let is_unsplit = is_header && number == 2;
                let delimiters = if is_unsplit {
                    Delimiters::NONE
                } else {
                    self.delimiters
                };
                (raw, delimiters)
            }
        };
        Some(Field::new(raw, delimiters))
    }

    /// All fields, the first being number 1.
    pub fn fields(self) -> Fields<'a> {
        let (unsplit, rest) = self.unsplit_and_rest();
        Fields {
            segment: self,
            next: 1,
            unsplit,
            pieces: Pieces::new(rest, [self.delimiters.field()]),
        }
    }

    /// How many fields come first that are split no further, and the text of the others.
    ///
    /// A header's first field is the separator that follows its name, and its second holds the
    /// other delimiters (HL7 v2, chapter 2, MSH-1 and MSH-2).
    pub(crate) fn unsplit_and_rest(self) -> (usize, Option<&'a [u8]>) {
        let after_piece = |text| split_off(text, self.delimiters.field()).1;
        let rest = after_piece(self.raw);
        if self.is_header() {
            return (2, rest.and_then(after_piece));
        }
        (0, rest)
    }

    /// The name, if a path can name it: a capital, then two capitals or digits. Any other line is
    /// what a line break in a text has left, most likely.
    ///
    /// ```
    /// use cistern_hl7::Message;
    ///
    /// let message = Message::parse(b"MSH|^~\\&|LAB\rNTE|1||seen\rat noon\r")?;
    /// let names: Vec<_> = message.segments().map(|line| line.proper_name()).collect();
    /// assert_eq!(names, [Some("MSH"), Some("NTE"), None]);
    /// # Ok::<(), cistern_hl7::ParseError>(())
    /// ```
    pub fn proper_name(self) -> Option<&'a str> {
        let name = self.name();
        let is_proper = name.try_into().is_ok_and(can_name);
        str::from_utf8(name).ok().filter(|_| is_proper)
    }

    fn is_header(self) -> bool {
        match self.raw.split_first_chunk() {
            Some((b"MSH" | b"FHS" | b"BHS", rest)) => self.starts_field(rest),
            _ => false,
        }
    }

    /// Whether a name ends here.
    fn starts_field(self, rest: &[u8]) -> bool {
        rest.first()
            .is_none_or(|next| *next == self.delimiters.field())
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

/// Whether a segment can be called so: a capital, then capitals or digits (HL7 v2, chapter 2,
/// "Segments").
pub(crate) const fn can_name([first, second, third]: [u8; 3]) -> bool {
    first.is_ascii_uppercase() && capital_or_digit(second) && capital_or_digit(third)
}

const fn capital_or_digit(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

/// The fields of a segment, in order.
#[derive(Clone)]
pub struct Fields<'a> {
    segment: Segment<'a>,
    /// The number of the next field.
    next: usize,
    /// How many fields come first that are split no further.
    unsplit: usize,
    /// The other fields.
    pieces: Pieces<'a, 1>,
}

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    #[inline]
    fn next(&mut self) -> Option<Field<'a>> {
        let number = self.next;
        self.next += 1;
        if number <= self.unsplit {
            return self.segment.field(number);
        }
        let (raw, _) = self.pieces.next()?;
        Some(Field::new(raw, self.segment.delimiters))
    }
}

impl FusedIterator for Fields<'_> {}

impl fmt::Debug for Fields<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Fields(from number {})", self.next)
    }
}
