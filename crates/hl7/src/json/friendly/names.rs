//! The names that are known in an object, and the places that they mean.

use std::collections::BTreeMap;
use std::mem;

use super::SEGMENT;
use super::key::{Key, number};
use super::nearest::nearest;
use super::problem::NamedProblem;
use crate::dictionary::{
    ComponentDefinition, Dictionary, FieldDefinition, SegmentDefinition, TypeDefinition,
};
use crate::json::fault::{Fault, Problem};
use crate::json::place::At;

/// What an object holds, by the numbers of fields or components.
pub(super) type Places<'a> = BTreeMap<u16, At<'a>>;

/// What an object is, and so where its names come from. Numbers are known everywhere.
#[derive(Clone, Copy)]
pub(super) enum Names {
    Segment(Option<SegmentDefinition>),
    Type(Option<TypeDefinition>),
}

impl Names {
    /// What the keys of an object mean, but for the name of a segment.
    pub(super) fn places<'a>(
        self,
        at: &'a At<'a>,
        dictionary: Dictionary,
    ) -> Result<Places<'a>, Fault> {
        let mut places = BTreeMap::new();
        let mut is_named = false;
        for (ordinal, (key, value)) in (1..).zip(at.entries()?) {
            if key == SEGMENT && matches!(self, Names::Segment(_)) {
                if mem::replace(&mut is_named, true) {
                    return Err(at.fault(Problem::KeyTwice(SEGMENT)));
                }
                continue;
            }
            let number = self.number(key, dictionary);
            let number = number.ok_or_else(|| at.fault(self.unknown(key, ordinal)))?;
            if places.insert(number, value).is_some() {
                return Err(at.fault(NamedProblem::PlaceTwice(self.key(number)).into()));
            }
        }
        Ok(places)
    }

    fn number(self, key: &str, dictionary: Dictionary) -> Option<u16> {
        let named = match self {
            Names::Segment(known) => known.and_then(|it| dictionary.field_named(it.id(), key)),
            Names::Type(known) => known.and_then(|it| dictionary.component_named(it.id(), key)),
        };
        named.or_else(|| number(key))
    }

    fn unknown(self, key: &str, ordinal: usize) -> Problem {
        let nearest = match self {
            Names::Segment(known) => {
                let fields = known.into_iter().flat_map(SegmentDefinition::fields);
                nearest(key, fields.map(FieldDefinition::name))
            }
            Names::Type(known) => {
                let components = known.into_iter().flat_map(TypeDefinition::components);
                nearest(key, components.map(ComponentDefinition::name))
            }
        };
        match nearest {
            Some(name) => NamedProblem::MisspeltKey(ordinal, Key::Name(name)).into(),
            None => Problem::UnknownKey(ordinal),
        }
    }

    /// The key that is written for a number.
    fn key(self, number: u16) -> Key {
        let name = match self {
            Names::Segment(known) => known
                .and_then(|it| it.field(number))
                .map(FieldDefinition::name),
            Names::Type(known) => known
                .and_then(|it| it.component(number))
                .map(ComponentDefinition::name),
        };
        Key::of(name, number.into())
    }
}
