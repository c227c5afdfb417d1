//! Segments and their fields.

use std::fmt;

use super::Dictionary;
use super::part::Optionality;
use super::rows::{Part, Whole};

/// A segment, as one version defines it.
///
/// ```
/// use cistern_hl7::{Dictionary, Version};
///
/// let dictionary = Dictionary::of(Version::new(5, 1));
/// let note = dictionary.segment("NTE").unwrap();
/// assert_eq!(note.name(), "notes and comments");
/// let fields: Vec<_> = note.fields().map(|field| field.name()).collect();
/// assert_eq!(fields, ["set ID", "source of comment", "comment", "comment type"]);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SegmentDefinition {
    row: &'static Whole,
    version: u8,
}

impl SegmentDefinition {
    pub(super) fn new(row: &'static Whole, version: u8) -> SegmentDefinition {
        SegmentDefinition { row, version }
    }

    /// The three letters, such as `PID`.
    pub fn id(self) -> &'static str {
        self.row.id()
    }

    /// What it is called, such as `patient identification`.
    pub fn name(self) -> &'static str {
        self.row.name()
    }

    /// Whether an earlier version had it, and this one no longer.
    pub fn is_withdrawn(self) -> bool {
        self.row.is_withdrawn(self.version)
    }

    /// The field of a number, counted from 1 as the standard does.
    pub fn field(self, number: u16) -> Option<FieldDefinition> {
        let row = Part::find(self.row.fields(), number, self.version)?;
        Some(FieldDefinition::new(row, self.version))
    }

    /// Every field, by number, with those that are withdrawn.
    pub fn fields(self) -> impl Iterator<Item = FieldDefinition> {
        Part::all(self.row.fields(), self.version)
            .map(move |row| FieldDefinition::new(row, self.version))
    }
}

impl fmt::Debug for SegmentDefinition {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = format_args!("{}", self.id());
        Dictionary::at(self.version).show(out, "SegmentDefinition", id, self.name())
    }
}

/// A field of a segment, as one version defines it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct FieldDefinition {
    row: &'static Part,
    version: u8,
}

impl FieldDefinition {
    fn new(row: &'static Part, version: u8) -> FieldDefinition {
        FieldDefinition { row, version }
    }

    /// Its number in the segment, counted from 1.
    pub fn number(self) -> u16 {
        self.row.number.into()
    }

    /// What it is called, such as `patient identifier list`. No other field of the segment is
    /// called so in the same version.
    pub fn name(self) -> &'static str {
        self.row.name()
    }

    /// The name of its data type; `varies` where another field states it, as OBX-2 does for OBX-5.
    pub fn data_type(self) -> &'static str {
        self.row.data_type()
    }

    /// Whether it has to be valued.
    pub fn optionality(self) -> Optionality {
        if self.is_withdrawn() {
            return Optionality::Withdrawn;
        }
        self.row.optionality
    }

    /// How many repetitions are allowed at most; `None`: any number.
    pub fn repetitions_max(self) -> Option<u16> {
        Some(self.row.repetitions.into()).filter(|most| *most != 0)
    }

    /// Whether more than one repetition is allowed.
    pub fn repeats(self) -> bool {
        self.row.repetitions != 1
    }

    /// How many characters are allowed at most, where the version states it. 65,536 and 99,999 are
    /// the standard's way to write that there is no limit.
    pub fn length_max(self) -> Option<u32> {
        self.row.length()
    }

    /// The number of the table that lists its codes.
    pub fn table(self) -> Option<u16> {
        Some(self.row.table).filter(|number| *number != 0)
    }

    /// Whether an earlier version had it, and this one no longer. Its definition is then that of
    /// the last version that had it.
    pub fn is_withdrawn(self) -> bool {
        self.row.is_withdrawn(self.version)
    }
}

impl fmt::Debug for FieldDefinition {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = format_args!("{}", self.number());
        Dictionary::at(self.version).show(out, "FieldDefinition", id, self.name())
    }
}
