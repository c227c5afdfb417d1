//! What lies below a segment: fields, their repetitions, components and subcomponents.

use std::fmt;

use memchr::memchr;

use crate::delimiters::Delimiters;
use crate::value::{Presence, Value};

/// How far a separator is looked for a word at a time.
const NEAR_BYTES: usize = 32;

/// The bytes before the first separator, and those after it if there is one.
#[inline]
pub(crate) fn split_off(raw: &[u8], separator: u8) -> (&[u8], Option<&[u8]>) {
    match find(raw, separator).and_then(|at| raw.split_at_checked(at)) {
        Some((piece, rest)) => (piece, rest.get(1..)),
        None => (raw, None),
    }
}

/// Where the first separator stands. Most pieces are so short that setting up a vector search
/// would cost more than looking at eight bytes at a time.
#[inline]
fn find(raw: &[u8], separator: u8) -> Option<usize> {
    let (near, far) = raw.split_at_checked(NEAR_BYTES).unwrap_or((raw, b""));
    let (words, last) = near.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let marks = marks(*word, separator);
        if marks != 0 {
            return Some(index * 8 + marks.trailing_zeros() as usize / 8);
        }
    }
    let read = words.len() * 8;
    match last.iter().position(|byte| *byte == separator) {
        Some(at) => Some(read + at),
        None if far.is_empty() => None,
        None => Some(NEAR_BYTES + memchr(separator, far)?),
    }
}

/// A word whose highest bit is set in each byte that is the separator, the first byte lowest.
#[inline]
fn marks(word: [u8; 8], separator: u8) -> u64 {
    const LOW: u64 = 0x7F7F_7F7F_7F7F_7F7F;
    let differences = u64::from_le_bytes(word) ^ u64::from_le_bytes([separator; 8]);
    !(((differences & LOW) + LOW) | differences | LOW)
}

/// The pieces between separators; one piece, the whole, when there is no separator.
#[derive(Clone)]
struct Pieces<'a> {
    rest: Option<&'a [u8]>,
    separator: Option<u8>,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let rest = self.rest?;
        let (piece, rest) = match self.separator {
            Some(separator) => split_off(rest, separator),
            None => (rest, None),
        };
        self.rest = rest;
        Some(piece)
    }
}

macro_rules! level {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq)]
        pub struct $name<'a> {
            raw: &'a [u8],
            delimiters: Delimiters,
        }

        impl<'a> $name<'a> {
            pub(crate) fn new(raw: &'a [u8], delimiters: Delimiters) -> $name<'a> {
                $name { raw, delimiters }
            }

            /// The bytes as they came, with delimiters and escapes.
            pub fn raw(self) -> &'a [u8] {
                self.raw
            }

            /// Empty, null or a value; never [`Presence::Absent`], for this is here.
            pub fn presence(self) -> Presence<'a> {
                Presence::of(Value::new(self.raw, self.delimiters))
            }
        }

        impl fmt::Debug for $name<'_> {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(out, concat!(stringify!($name), "({} bytes)"), self.raw.len())
            }
        }
    };
}

macro_rules! below {
    ($upper:ident, $lower:ident, $all:ident, $one:ident, $separator:expr) => {
        impl<'a> $upper<'a> {
            #[doc = concat!("All ", stringify!($all), ", the first being number 1. There is always one.")]
            pub fn $all(self) -> impl Iterator<Item = $lower<'a>> + Clone {
                let separator: fn(&Delimiters) -> Option<u8> = $separator;
                let delimiters = self.delimiters;
                Pieces { rest: Some(self.raw), separator: separator(&delimiters) }
                    .map(move |raw| $lower::new(raw, delimiters))
            }

            #[doc = concat!("The ", stringify!($one), " with this number, counted from 1.")]
            pub fn $one(self, number: usize) -> Option<$lower<'a>> {
                self.$all().nth(number.checked_sub(1)?)
            }
        }
    };
}

level! {
    /// A field: one or more repetitions.
    ///
    /// ```
    /// use cistern_hl7::Message;
    ///
    /// let message = Message::parse(b"MSH|^~\\&|\rPID|1||4711^^^CITY~17\r")?;
    /// let list = message.segment("PID").unwrap().field(3).unwrap();
    /// let ids = list.repetitions().map(|id| id.component(1).unwrap().raw());
    /// assert_eq!(ids.collect::<Vec<_>>(), [&b"4711"[..], b"17"]);
    /// # Ok::<(), cistern_hl7::ParseError>(())
    /// ```
    Field
}
level! {
    /// One repetition of a field: one or more components.
    ///
    /// ```
    /// use cistern_hl7::Message;
    ///
    /// let message = Message::parse(b"MSH|^~\\&|\rPID|1||4711^^^CITY&1.2.3&ISO\r")?;
    /// let list = message.segment("PID").unwrap().field(3).unwrap();
    /// let authority = list.repetition(1).unwrap().component(4).unwrap();
    /// assert_eq!(authority.raw(), b"CITY&1.2.3&ISO");
    /// assert_eq!(authority.subcomponent(2).unwrap().raw(), b"1.2.3");
    /// # Ok::<(), cistern_hl7::ParseError>(())
    /// ```
    Repetition
}
level! {
    /// A component: one or more subcomponents.
    Component
}
level! {
    /// A subcomponent, the smallest part.
    Subcomponent
}

below!(Field, Repetition, repetitions, repetition, |delimiters| {
    Some(delimiters.repetition())
});
below!(Repetition, Component, components, component, |delimiters| {
    Some(delimiters.component())
});
below!(
    Component,
    Subcomponent,
    subcomponents,
    subcomponent,
    Delimiters::subcomponent
);
