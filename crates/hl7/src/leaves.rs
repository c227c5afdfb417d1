//! Every leaf of a message with its place, in one pass.

use std::fmt;
use std::iter::{self, FusedIterator};

use crate::delimiters::Delimiters;
use crate::levels::Subcomponent;
use crate::message::Message;
use crate::scan::Pieces;
use crate::segment::Segment;
use crate::value::Presence;

impl<'a> Message<'a> {
    /// Every leaf of every segment, in order.
    #[inline]
    pub fn leaves(&self) -> impl Iterator<Item = Leaf<'a>> + Clone {
        let mut segments = self.segments();
        let mut leaves = Segment::new(b"", self.delimiters(), 0).leaves();
        // Not flat_map, which is four times slower in a loop: it is too large to be inlined.
        iter::from_fn(move || {
            loop {
                if let Some(leaf) = leaves.next() {
                    return Some(leaf);
                }
                leaves = segments.next()?.leaves();
            }
        })
    }
}

impl<'a> Segment<'a> {
    /// Every subcomponent of every component of every repetition of every field, in order: what
    /// four nested loops visit, but much faster.
    #[inline]
    pub fn leaves(self) -> Leaves<'a> {
        let (unsplit, rest) = self.unsplit_and_rest();
        Leaves {
            segment: self,
            unsplit,
            place: Place::FIRST,
            pieces: Pieces::new(rest, self.delimiters().separators()),
        }
    }
}

/// A subcomponent and where it stands.
///
/// ```
/// use cistern_hl7::Message;
///
/// let message = Message::parse(b"MSH|^~\\&|\rPID|1||4711^^^CITY&1.2.3&ISO~17\r")?;
/// let found = message.leaves().find(|leaf| leaf.raw() == b"1.2.3").unwrap();
/// assert!(found.segment().is("PID"));
/// let place = [found.field(), found.repetition(), found.component(), found.subcomponent()];
/// assert_eq!(place, [3, 1, 4, 2]);
/// # Ok::<(), cistern_hl7::ParseError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Leaf<'a> {
    segment: Segment<'a>,
    place: Place,
    part: Subcomponent<'a>,
}

/// All numbers count from 1. They are far from overflowing, and since adding cannot fail, those
/// that nobody asks for are not even counted.
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
    /// The place of the next leaf.
    place: Place,
    /// How many of the next fields are leaves as they are: MSH-1 and MSH-2.
    unsplit: usize,
    /// The leaves of the other fields.
    pieces: Pieces<'a, 4>,
}

impl<'a> Iterator for Leaves<'a> {
    type Item = Leaf<'a>;

    #[inline]
    fn next(&mut self) -> Option<Leaf<'a>> {
        let (segment, place) = (self.segment, self.place);
        let delimiters = segment.delimiters();
        let part = if self.unsplit > 0 {
            self.unsplit -= 1;
            self.place = place.next_field();
            Subcomponent::new(segment.field(place.field)?.raw(), Delimiters::NONE)
        } else {
            let (raw, separator) = self.pieces.next()?;
            if let Some(separator) = separator {
                self.place = place.after(separator, delimiters);
            }
            Subcomponent::new(raw, delimiters)
        };
        Some(Leaf {
            segment,
            place,
            part,
        })
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
            field: self.field.wrapping_add(1),
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
        } else if separator == delimiters.component() {
            Place {
                component: component.wrapping_add(1),
                subcomponent: 1,
                ..self
            }
        } else if separator == delimiters.repetition() {
            Place {
                repetition: repetition.wrapping_add(1),
                component: 1,
                subcomponent: 1,
                ..self
            }
        } else {
            Place {
                subcomponent: subcomponent.wrapping_add(1),
                ..self
            }
        }
    }
}

impl FusedIterator for Leaves<'_> {}

impl fmt::Debug for Leaves<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let left = self.pieces.rest().map_or(0, <[u8]>::len);
        write!(out, "Leaves({left} bytes left)")
    }
}
