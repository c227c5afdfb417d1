//! A value in JSON that is read, and the way to it.

use std::fmt;

use super::fault::{Fault, Problem};
use super::node::Node;

/// A value in the JSON, and where it stands.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    node: &'a Node<'a>,
    place: Place<'a>,
}

impl<'a> At<'a> {
    pub(super) fn whole(node: &'a Node<'a>) -> At<'a> {
        let place = Place::Whole;
        At { node, place }
    }

    pub(super) fn node(&self) -> &'a Node<'a> {
        self.node
    }

    pub(super) fn fault(&self, problem: Problem) -> Fault {
        let place = self.place.to_string();
        Fault { place, problem }
    }

    pub(super) fn text(&self) -> Result<&'a str, Fault> {
        match self.node {
            Node::Text(text) => Ok(text),
            _ => Err(self.fault(Problem::NoText)),
        }
    }

    /// The items of an array, of which there is at least one.
    pub(super) fn items(&self) -> Result<impl Iterator<Item = At<'_>> + Clone, Fault> {
        match self.node {
            Node::List(list) if list.is_empty() => Err(self.fault(Problem::EmptyList)),
            Node::List(list) => Ok(list.iter().enumerate().map(|(index, node)| At {
                node,
                place: Place::Item(&self.place, index),
            })),
            _ => Err(self.fault(Problem::NoList)),
        }
    }

    pub(super) fn item(&self, index: usize) -> Result<At<'_>, Fault> {
        let item = self.items()?.nth(index);
        item.ok_or_else(|| self.fault(Problem::EmptyList))
    }

    /// The entries of an object, in the order in which they are written.
    pub(super) fn entries(&self) -> Result<impl Iterator<Item = (&str, At<'_>)>, Fault> {
        match self.node {
            Node::Object(entries) => Ok(entries.iter().map(|(key, node)| {
                let place = Place::Key(&self.place, key);
                (&**key, At { node, place })
            })),
            _ => Err(self.fault(Problem::NoObject)),
        }
    }

    /// The values of an object that has only these keys, each once or not at all.
    pub(super) fn values<const N: usize>(
        &self,
        keys: [&'static str; N],
    ) -> Result<[Option<At<'_>>; N], Fault> {
        let mut values = [None; N];
        for (number, (key, value)) in (1..).zip(self.entries()?) {
            let known = keys
                .into_iter()
                .zip(&mut values)
                .find(|(name, _)| *name == key);
            let (name, slot) = known.ok_or_else(|| self.fault(Problem::UnknownKey(number)))?;
            if slot.replace(value).is_some() {
                return Err(self.fault(Problem::KeyTwice(name)));
            }
        }
        Ok(values)
    }
}

/// The way from the whole to a value. Keys in it are known ones.
#[derive(Clone, Copy)]
enum Place<'a> {
    Whole,
    Item(&'a Place<'a>, usize),
    Key(&'a Place<'a>, &'a str),
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Whole => out.write_str("."),
            Place::Item(Place::Whole, index) => write!(out, ".[{index}]"),
            Place::Item(above, index) => write!(out, "{above}[{index}]"),
            Place::Key(Place::Whole, key) => write!(out, ".{key}"),
            Place::Key(above, key) => write!(out, "{above}.{key}"),
        }
    }
}
