//! What a format holds, kept until its meaning is known.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// How deep arrays and objects stand in each other, from the message down to a subcomponent that
/// is no text.
const LEVELS_MAX: usize = 7;

/// Any value. The errors of serde show the value that they complain about, which would be patient
/// data: here every value is welcome at first.
pub(super) enum Node<'de> {
    Null,
    Text(Cow<'de, str>),
    List(Vec<Node<'de>>),
    Object(Vec<(Cow<'de, str>, Node<'de>)>),
    /// A number, a truth value, or bytes: nothing that a message is written with.
    Other,
}

impl<'de> Node<'de> {
    pub(super) fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Below(LEVELS_MAX).deserialize(deserializer)
    }
}

/// Reads a value in which so many levels are allowed.
#[derive(Clone, Copy)]
struct Below(usize);

impl Below {
    fn next<E: Error>(self) -> Result<Below, E> {
        let too_deep = || E::custom("more arrays and objects in each other than a message has");
        self.0.checked_sub(1).map(Below).ok_or_else(too_deep)
    }
}

impl<'de> DeserializeSeed<'de> for Below {
    type Value = Node<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

macro_rules! other {
    ($($visit:ident: $type:ty),*) => {
        $(fn $visit<E: Error>(self, _: $type) -> Result<Node<'de>, E> {
            Ok(Node::Other)
        })*
    };
}

impl<'de> Visitor<'de> for Below {
    type Value = Node<'de>;

    other! {
        visit_bool: bool, visit_i64: i64, visit_i128: i128, visit_u64: u64, visit_u128: u128,
        visit_f64: f64, visit_bytes: &[u8]
    }

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a part of a message")
    }

    fn visit_unit<E: Error>(self) -> Result<Node<'de>, E> {
        Ok(Node::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Node<'de>, E> {
        Ok(Node::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node<'de>, D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Node<'de>, D::Error> {
        self.deserialize(inner)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Node<'de>, E> {
        self.visit_string(text.to_owned())
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Node<'de>, E> {
        Ok(Node::Text(Cow::Borrowed(text)))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Node<'de>, E> {
        Ok(Node::Text(Cow::Owned(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node<'de>, A::Error> {
        let below = self.next()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(below)? {
            list.push(item);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node<'de>, A::Error> {
        let below = self.next()?;
        let mut object = Vec::new();
        while let Some((key, value)) = entries.next_entry_seed(Below(0), below)? {
            let Node::Text(key) = key else {
                return Err(A::Error::custom("the keys of an object are strings"));
            };
            object.push((key, value));
        }
        Ok(Node::Object(object))
    }
}
