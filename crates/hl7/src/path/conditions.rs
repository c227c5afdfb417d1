//! What a repetition must hold to be chosen: `[5=MR][4.1=HOSP]`.

use std::fmt;
use std::str;

/// How many conditions a path can have.
pub(super) const CONDITIONS_MAX: usize = 3;
/// How many bytes the values of a path's conditions can have together.
pub(super) const VALUES_MAX_BYTES: usize = 96;

/// Up to three conditions, all of which must hold for the same repetition.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Conditions {
    count: u8,
    places: [Place; CONDITIONS_MAX],
    values: [u8; VALUES_MAX_BYTES],
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Place {
    component: u16,
    /// 0 where it is not written.
    subcomponent: u16,
    /// Where the value ends among the values; it starts where the one before ends.
    value_end: u8,
}

/// One condition: a component has exactly this raw text, or nothing, `[3=""]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Condition<'p> {
    component: u16,
    subcomponent: u16,
    value: &'p str,
}

impl<'p> Condition<'p> {
    /// The number of the component.
    pub fn component(self) -> u16 {
        self.component
    }

    /// The number of the subcomponent, if it is written; else the first is meant.
    pub fn subcomponent(self) -> Option<u16> {
        Some(self.subcomponent).filter(|number| *number != 0)
    }

    /// The text that must stand there; `""` where nothing must.
    pub fn value(self) -> &'p str {
        self.value
    }
}

impl Conditions {
    pub(super) const NONE: Conditions = Conditions {
        count: 0,
        places: [Place {
            component: 0,
            subcomponent: 0,
            value_end: 0,
        }; CONDITIONS_MAX],
        values: [0; VALUES_MAX_BYTES],
    };

    /// The conditions in the order in which they are written.
    pub fn iter(&self) -> impl Iterator<Item = Condition<'_>> {
        let mut start = 0;
        self.places
            .iter()
            .take(self.count.into())
            .map(move |place| {
                let end = usize::from(place.value_end);
                let value = self.values.get(start..end).unwrap_or_default();
                start = end;
                Condition {
                    component: place.component,
                    subcomponent: place.subcomponent,
                    value: str::from_utf8(value).unwrap_or_default(),
                }
            })
    }

    /// With one more, or nothing if there are too many or their values are too long.
    #[expect(
        clippy::indexing_slicing,
        reason = "get_mut is not const; both indices are checked"
    )]
    pub(super) const fn with(
        mut self,
        component: u16,
        subcomponent: u16,
        mut value: &[u8],
    ) -> Option<Conditions> {
        let count = self.count as usize;
        let mut end = if count == 0 {
            0
        } else {
            self.places[count - 1].value_end
        };
        if count == CONDITIONS_MAX || end as usize + value.len() > VALUES_MAX_BYTES {
            return None;
        }
        while let Some((byte, rest)) = value.split_first() {
            self.values[end as usize] = *byte;
            end += 1;
            value = rest;
        }
        self.places[count] = Place {
            component,
            subcomponent,
            value_end: end,
        };
        self.count += 1;
        Some(self)
    }
}

impl fmt::Display for Conditions {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for condition in self.iter() {
            write!(out, "[{}", condition.component)?;
            if let Some(subcomponent) = condition.subcomponent() {
                write!(out, ".{subcomponent}")?;
            }
            write!(out, "={}]", condition.value)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Conditions {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Conditions({self})")
    }
}
