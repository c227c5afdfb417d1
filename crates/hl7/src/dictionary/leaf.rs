//! What the standard says of the place of a leaf.

use std::str;

use super::Dictionary;
use super::data_type::TypeDefinition;
use super::place::Place;
use super::varying::stating_field;
use crate::leaves::Leaf;

/// The place of a leaf, as one version defines it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LeafDefinition {
    name: &'static str,
    data_type: Option<&'static str>,
    table: Option<u16>,
}

impl LeafDefinition {
    /// What the place is called, such as `family name`. A first subcomponent has the name of its
    /// component: nobody can see whether it is a part or the whole.
    pub fn name(self) -> &'static str {
        self.name
    }

    /// The name of its data type; nothing where another field states the type and that is not
    /// known.
    pub fn data_type(self) -> Option<&'static str> {
        self.data_type
    }

    /// The number of the table that lists its codes.
    pub fn table(self) -> Option<u16> {
        self.table
    }
}

impl Dictionary {
    /// What a leaf of a message is. Where its field varies, the type is the one that the segment
    /// itself states, as OBX-2 does for OBX-5.
    ///
    /// ```
    /// use cistern_hl7::{Dictionary, Message};
    ///
    /// let message = Message::parse(b"MSH|^~\\&|LAB\rOBX|1|CE|||POS^Positive\r")?;
    /// let dictionary = Dictionary::of_message(&message);
    /// let text = message.leaves().last().unwrap();
    /// let definition = dictionary.leaf(text).unwrap();
    /// assert_eq!((definition.name(), definition.data_type()), ("text", Some("ST")));
    /// # Ok::<(), cistern_hl7::ParseError>(())
    /// ```
    pub fn leaf(self, leaf: Leaf<'_>) -> Option<LeafDefinition> {
        let name = str::from_utf8(leaf.segment().name()).ok()?;
        let field = self.field(name, leaf.field().try_into().ok()?)?;
        let stated = stating_field(name, field)
            .and_then(|number| str::from_utf8(leaf.segment().field(number.into())?.raw()).ok());
        let field = Place::of(field, stated.unwrap_or_default(), self);
        let is_first = leaf.component() == 1 && leaf.subcomponent() == 1;
        if field.data_type.is_none() && is_first {
            return Some(LeafDefinition::new(field.name, field));
        }
        let component = field.part(leaf.component().try_into().ok()?)?;
        let part = component.part(leaf.subcomponent().try_into().ok()?)?;
        let name = match leaf.subcomponent() {
            1 => component.name,
            _ => part.name,
        };
        Some(LeafDefinition::new(name, part))
    }
}

impl LeafDefinition {
    fn new(name: &'static str, place: Place) -> LeafDefinition {
        LeafDefinition {
            name,
            data_type: place.data_type.map(TypeDefinition::id),
            table: place.table,
        }
    }
}
