//! Every leaf of a message with its place, in one pass.

use std::fmt;

use crate::delimiters::Delimiters;
use crate::levels::Subcomponent;
use crate::message::Message;
use crate::scan::Places;
use crate::segment::{Fields, Segment};
use crate::value::Presence;

impl<'a> Message<'a> {
    /// Every leaf of every segment, in order.
    #[inline]
    pub fn leaves(&self) -> impl Iterator<Item = Leaf<'a>> + Clone {
        self.segments().flat_map(Segment::leaves)
    }
}

impl<'a> Segment<'a> {
    /// Every subcomponent of every component of every repetition of every field, in order: what
    /// four nested loops visit, but much faster.
    #[inline]
    pub fn leaves(self) -> Leaves<'a> {
        let header = self.fields();
        let mut split = header.clone();
        while split.next_whole().is_some() {}
        let text = split.rest();
        Leaves {
            segment: self,
            header,
            text: text.unwrap_or_default(),
            start: usize::from(text.is_none()),
            ends: Places::new(text.unwrap_or_default(), self.delimiters().separators()),
            place: Place::FIRST,
        }
    }
}

/// A subcomponent and where it stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Leaf<'a> {
    segment: Segment<'a>,
    place: Place,
    part: Subcomponent<'a>,
}

/// All numbers count from 1.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Place {
    field: usize,
    repetition: usize,
    component: usize,
    subcomponent: usize,
}

impl<'a> Leaf<'a> {
    /// The segment that it stands in.
    pub fn segment(self) -> Segment<'a> {
        self.segment
    }

    /// The number of its field.
    pub fn field(self) -> usize {
        self.place.field
    }

    /// The number of its repetition, counted from 1.
    pub fn repetition(self) -> usize {
        self.place.repetition
    }

    /// The number of its component, counted from 1.
    pub fn component(self) -> usize {
        self.place.component
    }

    /// Its own number, counted from 1.
    pub fn subcomponent(self) -> usize {
        self.place.subcomponent
    }

    /// The bytes as they came, with escapes.
    pub fn raw(self) -> &'a [u8] {
        self.part.raw()
    }

    /// Empty, null or a value; never [`Presence::Absent`], for this is here.
    pub fn presence(self) -> Presence<'a> {
        self.part.presence()
    }
}

impl fmt::Debug for Leaf<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place {
            field,
            repetition,
            component,
            subcomponent,
        } = self.place;
        let length = self.raw().len();
        write!(
            out,
            "Leaf({field}[{repetition}].{component}.{subcomponent}, {length} bytes)"
        )
    }
}

/// The leaves of a segment, in order.
#[derive(Clone)]
pub struct Leaves<'a> {
    segment: Segment<'a>,
    /// MSH-1 and MSH-2 while they are still to come.
    header: Fields<'a>,
    /// The other fields.
    text: &'a [u8],
    /// Where the next leaf starts; beyond the text after the last one.
    start: usize,
    ends: Places<'a, 4>,
    place: Place,
}

impl<'a> Iterator for Leaves<'a> {
    type Item = Leaf<'a>;

    #[inline]
    fn next(&mut self) -> Option<Leaf<'a>> {
        let place = self.place;
        let part = match self.header.next_whole() {
            Some(field) => {
                self.place = place.next_field();
                Subcomponent::new(field.raw(), Delimiters::NONE)
            }
            None => Subcomponent::new(self.next_split()?, self.segment.delimiters()),
        };
        Some(Leaf {
            segment: self.segment,
            place,
            part,
        })
    }
}

impl<'a> Leaves<'a> {
    #[inline]
    fn next_split(&mut self) -> Option<&'a [u8]> {
        let start = self.start;
        let Some(end) = self.ends.next() else {
            self.start = self.text.len() + 1;
            return self.text.get(start..);
        };
        self.start = end + 1;
        let (separator, leaf) = self.text.get(start..=end)?.split_last()?;
        self.place = self.place.after(*separator, self.segment.delimiters());
        Some(leaf)
    }
}

impl Place {
    const FIRST: Place = Place {
        field: 1,
        repetition: 1,
        component: 1,
        subcomponent: 1,
    };

    fn next_field(self) -> Place {
        Place {
            field: self.field + 1,
            ..Place::FIRST
        }
    }

    #[inline]
    fn after(self, separator: u8, delimiters: Delimiters) -> Place {
        let Place {
            repetition,
            component,
            subcomponent,
            ..
        } = self;
        if separator == delimiters.field() {
            self.next_field()
        } else if separator == delimiters.repetition() {
            Place {
                repetition: repetition + 1,
                component: 1,
                subcomponent: 1,
                ..self
            }
        } else if separator == delimiters.component() {
            Place {
                component: component + 1,
                subcomponent: 1,
                ..self
            }
        } else {
            Place {
                subcomponent: subcomponent + 1,
                ..self
            }
        }
    }
}

impl fmt::Debug for Leaves<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let left = self.text.len().saturating_sub(self.start);
        write!(out, "Leaves({left} bytes left)")
    }
}
