//! What lies below a segment: fields, their repetitions, components and subcomponents.

use std::fmt;

use memchr::memchr;

use crate::delimiters::Delimiters;
use crate::value::{Presence, Value};

/// The bytes before the first separator, and those after it if there is one.
pub(crate) fn split_off(raw: &[u8], separator: u8) -> (&[u8], Option<&[u8]>) {
    match memchr(separator, raw).and_then(|at| raw.split_at_checked(at)) {
        Some((piece, rest)) => (piece, rest.get(1..)),
        None => (raw, None),
    }
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
    Field
}
level! {
    /// One repetition of a field: one or more components.
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
