//! What the standard says of the place of a leaf.

use hl7::{Dictionary, Leaf, Message, TypeDefinition, Version};

/// The name, the data type and the table of a place, in one version of the standard.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Definition<'a> {
    pub(crate) name: &'static str,
    pub(crate) data_type: &'a str,
    pub(crate) table: Option<u16>,
}

/// For messages that state no version.
const USUAL: Version = Version::new(5, 1);

/// The type of a field whose type another field states.
const VARIES: &str = "varies";

/// The types whose first component is a code, of the table of the whole.
const CODED: [&str; 5] = ["CE", "CF", "CNE", "CQ", "CWE"];

/// The dictionary of the version of a message, by its MSH-12.
pub(crate) fn dictionary(message: Option<&Message<'_>>) -> Dictionary {
    let stated = message.and_then(|message| message.header().version_number());
    Dictionary::of(stated.unwrap_or(USUAL))
}

impl<'a> Definition<'a> {
    /// Of a leaf, where the standard defines its place. A first subcomponent is called what its
    /// component is: nobody can see whether it is a part or the whole.
    pub(crate) fn of(leaf: Leaf<'a>, dictionary: Dictionary) -> Option<Definition<'a>> {
        let segment = str::from_utf8(leaf.segment().name()).ok()?;
        let field = dictionary.field(segment, u16::try_from(leaf.field()).ok()?)?;
        let field = Definition {
            name: field.name(),
            data_type: match field.data_type() {
                VARIES => stated_type(leaf)?,
                data_type => data_type,
            },
            table: field.table(),
        };
        let component = field.part(leaf.component(), dictionary)?;
        let leaf_itself = component.part(leaf.subcomponent(), dictionary)?;
        Some(match leaf.subcomponent() {
            1 => Definition {
                name: component.name,
                ..leaf_itself
            },
            _ => leaf_itself,
        })
    }

    /// The part of this number; what has no parts is its own first. A date is one too: what a TS
    /// has beside it says how exact it is.
    fn part(self, number: usize, dictionary: Dictionary) -> Option<Definition<'a>> {
        let whole = dictionary.data_type(self.data_type);
        let is_simple = whole.is_none_or(TypeDefinition::is_primitive);
        if number == 1 && (is_simple || self.data_type == "TS") {
            return Some(self);
        }
        let part = whole?.component(u16::try_from(number).ok()?)?;
        let is_code = number == 1 && CODED.contains(&self.data_type);
        Some(Definition {
            name: part.name(),
            data_type: part.data_type(),
            table: part.table().or(self.table.filter(|_| is_code)),
        })
    }
}

/// The type of OBX-5, which OBX-2 states.
fn stated_type(leaf: Leaf<'_>) -> Option<&str> {
    let segment = leaf.segment();
    if !segment.is("OBX") || leaf.field() != 5 {
        return None;
    }
    str::from_utf8(segment.field(2)?.raw()).ok()
}
