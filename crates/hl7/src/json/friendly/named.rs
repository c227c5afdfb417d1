//! Segments as objects, by the names of the dictionary.

use std::str;

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use super::key::Key;
use super::text::Text;
use super::{SEGMENT, charset, encoding};
use crate::charset::Charset;
use crate::delimiters::Delimiters;
use crate::dictionary::{
    ComponentDefinition, Dictionary, FieldDefinition, TypeDefinition, stating_field,
};
use crate::json::leaf::Leaf;
use crate::json::tree::separators;
use crate::levels::Field;
use crate::message::Message;
use crate::segment::Segment;
use crate::value::{NULL, Presence};
use crate::version::Version;

/// A message, and what says how its parts are called and read.
pub(super) struct Named<'a> {
    message: &'a Message<'a>,
    version: Version,
    dictionary: Dictionary,
    delimiters: Delimiters,
    /// Those below fields.
    separators: [Option<u8>; 3],
    charset: Charset,
}

impl<'a> Named<'a> {
    pub(super) fn new(message: &'a Message<'a>) -> Named<'a> {
        let stated = message.header().version_number();
        let version = stated.unwrap_or(Dictionary::default().version());
        Named {
            message,
            version,
            dictionary: Dictionary::of(version),
            delimiters: message.delimiters(),
            separators: separators(message.delimiters()),
            charset: charset(message.charset()),
        }
    }

    /// The version whose names these are.
    pub(super) fn version(&self) -> Version {
        self.version
    }
}

impl Serialize for Named<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let named = |segment| NamedSegment {
            segment,
            context: self,
        };
        serializer.collect_seq(self.message.segments().map(named))
    }
}

struct NamedSegment<'a> {
    segment: Segment<'a>,
    context: &'a Named<'a>,
}

impl Serialize for NamedSegment<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(SEGMENT, &self.unsplit(self.segment.name()))?;
        let (unsplit, _) = self.segment.unsplit_and_rest();
        let name = str::from_utf8(self.segment.name()).unwrap_or_default();
        let definition = self.context.dictionary.segment(name);
        for (number, field) in (1..).zip(self.segment.fields()) {
            let known = definition.and_then(|segment| segment.field(u16::try_from(number).ok()?));
            let key = Key::of(known.map(FieldDefinition::name), number);
            if number <= unsplit {
                map.serialize_entry(&key, &self.unsplit(field.raw()))?;
            } else if field.presence() != Presence::Empty {
                map.serialize_entry(&key, &self.field(name, field, known))?;
            }
        }
        map.end()
    }
}

impl<'a> NamedSegment<'a> {
    fn unsplit(&self, raw: &'a [u8]) -> Leaf<'a> {
        Leaf {
            raw,
            charset: encoding(self.context.charset),
        }
    }

    fn field(
        &self,
        segment: &str,
        field: Field<'a>,
        known: Option<FieldDefinition>,
    ) -> NamedField<'a> {
        let stating = known.and_then(|known| stating_field(segment, known));
        let stated = stating.and_then(|number| self.segment.field(number.into()));
        let data_type = match stated {
            Some(stated) => str::from_utf8(stated.raw()).ok(),
            None => known.map(FieldDefinition::data_type),
        };
        NamedField {
            raw: field.raw(),
            repeats: known.is_some_and(FieldDefinition::repeats),
            data_type: data_type.and_then(|name| composite(self.context.dictionary, name)),
            context: self.context,
        }
    }
}

/// A field: its repetitions, or the one that there is.
struct NamedField<'a> {
    raw: &'a [u8],
    repeats: bool,
    data_type: Option<TypeDefinition>,
    context: &'a Named<'a>,
}

impl Serialize for NamedField<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let [repetition, below @ ..] = &self.context.separators;
        let part = |raw| NamedPart {
            raw,
            separators: below,
            data_type: self.data_type,
            context: self.context,
        };
        let separates = |byte: &u8| Some(*byte) == *repetition;
        let is_list = self.repeats || self.raw.iter().any(separates);
        match self.raw {
            raw if is_list && raw != NULL => serializer.collect_seq(raw.split(separates).map(part)),
            raw => part(raw).serialize(serializer),
        }
    }
}

/// A repetition or a component, with the separators of the levels below it.
struct NamedPart<'a> {
    raw: &'a [u8],
    separators: &'a [Option<u8>],
    data_type: Option<TypeDefinition>,
    context: &'a Named<'a>,
}

impl Serialize for NamedPart<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let said = self.without_end();
        let is_split = said.iter().any(|byte| self.separates(*byte));
        match self.separators.split_first() {
            _ if self.raw == NULL => serializer.serialize_unit(),
            Some((separator, below)) if is_split || self.data_type.is_some() => {
                let mut map = serializer.serialize_map(None)?;
                let pieces = said.split(|byte| Some(*byte) == *separator);
                for (number, raw) in (1..).zip(pieces) {
                    let (key, part) = self.part(number, raw, below);
                    if !part.without_end().is_empty() {
                        map.serialize_entry(&key, &part)?;
                    }
                }
                map.end()
            }
            _ if said == NULL => serializer.serialize_unit(),
            _ => self.text(said).serialize(serializer),
        }
    }
}

impl<'a> NamedPart<'a> {
    fn separates(&self, byte: u8) -> bool {
        self.separators.contains(&Some(byte))
    }

    /// The bytes without the separators at their end, which say nothing.
    fn without_end(&self) -> &'a [u8] {
        let end = self.raw.iter().rev();
        let length = self.raw.len() - end.take_while(|byte| self.separates(**byte)).count();
        self.raw.get(..length).unwrap_or_default()
    }

    fn part(
        &self,
        number: usize,
        raw: &'a [u8],
        separators: &'a [Option<u8>],
    ) -> (Key, NamedPart<'a>) {
        let known = self
            .data_type
            .and_then(|known| known.component(u16::try_from(number).ok()?));
        let data_type = known.map(ComponentDefinition::data_type);
        let part = NamedPart {
            raw,
            separators,
            data_type: data_type.and_then(|name| composite(self.context.dictionary, name)),
            context: self.context,
        };
        (Key::of(known.map(ComponentDefinition::name), number), part)
    }

    fn text(&self, raw: &'a [u8]) -> Text<'a> {
        Text {
            raw,
            delimiters: self.context.delimiters,
            charset: self.context.charset,
        }
    }
}

/// A type that is written as an object.
fn composite(dictionary: Dictionary, name: &str) -> Option<TypeDefinition> {
    let data_type = dictionary.data_type(name)?;
    data_type.is_split().then_some(data_type)
}
