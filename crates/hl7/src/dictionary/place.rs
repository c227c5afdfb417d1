//! The one walk from a field down to its parts.

use super::Dictionary;
use super::data_type::TypeDefinition;
use super::segment::FieldDefinition;
use super::varying::VARIES;

/// A place that the standard defines.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) name: &'static str,
    /// Nothing where it varies.
    pub(super) data_type: Option<TypeDefinition>,
    pub(super) table: Option<u16>,
    dictionary: Dictionary,
}

impl Place {
    /// A field; where its type varies, of the type that is stated.
    pub(super) fn of(field: FieldDefinition, stated: &str, dictionary: Dictionary) -> Place {
        let data_type = match field.data_type() {
            VARIES => stated,
            data_type => data_type,
        };
        Place {
            name: field.name(),
            data_type: Some(data_type)
                .filter(|name| *name != VARIES)
                .and_then(|name| dictionary.data_type(name)),
            table: field.table(),
            dictionary,
        }
    }

    /// The part of this number. What has no parts is its own first, and so is a time of type TS:
    /// what that has beside it says how exact it is.
    pub(super) fn part(self, number: u16) -> Option<Place> {
        let data_type = self.data_type?;
        if number == 1 && !data_type.is_split() {
            return Some(self);
        }
        let part = data_type.component(number)?;
        let is_code = code_of(data_type.id()) == Some(number);
        Some(Place {
            name: part.name(),
            data_type: self.dictionary.data_type(part.data_type()),
            table: part.table().or(self.table.filter(|_| is_code)),
            ..self
        })
    }
}

/// The component of a type that is a code of the table of the whole, or has one: of a quantity, its
/// units.
fn code_of(data_type: &str) -> Option<u16> {
    match data_type {
        "CE" | "CF" | "CNE" | "CWE" => Some(1),
        "CQ" => Some(2),
        _ => None,
    }
}
