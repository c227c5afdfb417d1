//! The record types: their fields, kinds, required fields and life cycles, as data.

mod client;
mod lab;

use std::fmt;

use crate::value::Kind;

/// Every record type, in the order in which a message's records are written.
pub fn catalogue() -> &'static [RecordType] {
    &[client::CLIENT, lab::LAB]
}

/// The record type of this name (`client`, `lab`).
pub fn record_type(name: &str) -> Option<&'static RecordType> {
    catalogue().iter().find(|record| record.name == name)
}

/// One type of care record. Its table has the type's name and one column per field.
#[non_exhaustive]
pub struct RecordType {
    /// The name, in the singular; also the table's.
    pub name: &'static str,
    /// What one record is, for people.
    pub about: &'static str,
    /// The fields in the order of the columns.
    pub fields: &'static [Field],
    /// The field from which the record's life-cycle state comes; without one it stays `active`.
    pub status_field: Option<&'static str>,
    /// How a correction that the sender does not call one is recognised.
    pub correction: Option<Correction>,
    /// States that a newer state of any other value replaces, but that never replace one:
    /// a preliminary result does not overwrite a final one, however late it was sent.
    pub provisional: &'static [&'static str],
}

impl RecordType {
    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The place of a field in [`RecordType::fields`].
    pub(crate) fn place(&self, field: &Field) -> Option<usize> {
        self.fields.iter().position(|own| own.name == field.name)
    }
}

impl fmt::Debug for RecordType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordType({})", self.name)
    }
}

impl PartialEq for RecordType {
    fn eq(&self, other: &RecordType) -> bool {
        self.name == other.name
    }
}

impl Eq for RecordType {}

/// A settled value that another settled value replaces was wrong: the record says so, whatever
/// the message calls itself, and in whichever order the two arrive.
#[derive(Debug)]
#[non_exhaustive]
pub struct Correction {
    /// The field whose value counts.
    pub value_field: &'static str,
    /// The state that becomes [`Correction::corrected`].
    pub settled: &'static str,
    /// The state of a record whose value was replaced.
    pub corrected: &'static str,
}

/// One field of a record type.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Field {
    /// The column's name.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether a record can be added without it, and whether it can be cleared.
    pub required: bool,
    /// What it is, for people.
    pub about: &'static str,
    /// The words that it may hold, where rules depend on them; empty where any may be.
    pub choices: &'static [&'static str],
}

const fn field(name: &'static str, kind: Kind, about: &'static str) -> Field {
    Field {
        name,
        kind,
        required: false,
        about,
        choices: &[],
    }
}

const fn required(name: &'static str, kind: Kind, about: &'static str) -> Field {
    Field {
        name,
        kind,
        required: true,
        about,
        choices: &[],
    }
}

const fn one_of(
    name: &'static str,
    choices: &'static [&'static str],
    about: &'static str,
) -> Field {
    let kind = Kind::Code;
    Field {
        name,
        kind,
        required: false,
        about,
        choices,
    }
}
