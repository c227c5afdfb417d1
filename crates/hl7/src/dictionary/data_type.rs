//! Data types and their components.

use std::fmt;

use super::Dictionary;
use super::part::Optionality;
use super::rows::{Part, Whole};

/// A data type, as one version defines it.
///
/// ```
/// use cistern_hl7::{Dictionary, Version};
///
/// let dictionary = Dictionary::of(Version::new(5, 1));
/// let designator = dictionary.data_type("HD").unwrap();
/// assert_eq!(designator.name(), "hierarchic designator");
/// let parts: Vec<_> = designator.components().map(|part| part.name()).collect();
/// assert_eq!(parts, ["namespace ID", "universal ID", "universal ID type"]);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TypeDefinition {
    row: &'static Whole,
    version: u8,
}

impl TypeDefinition {
    pub(super) fn new(row: &'static Whole, version: u8) -> TypeDefinition {
        TypeDefinition { row, version }
    }

    /// The short name, such as `XPN`.
    pub fn id(self) -> &'static str {
        self.row.id()
    }

    /// What it is called, such as `extended person name`.
    pub fn name(self) -> &'static str {
        self.row.name()
    }

    /// Whether an earlier version had it, and this one no longer.
    pub fn is_withdrawn(self) -> bool {
        self.row.is_withdrawn(self.version)
    }

    /// Whether it has no components, as `ST` and `NM`.
    pub fn is_primitive(self) -> bool {
        self.row.components().is_empty()
    }

    /// Whether senders split it. TS has a second component, which was superseded in 2.3.
    pub(crate) fn is_split(self) -> bool {
        !self.is_primitive() && self.id() != "TS"
    }

    /// The component of a number, counted from 1.
    pub fn component(self, number: u16) -> Option<ComponentDefinition> {
        let row = Part::find(self.row.components(), number, self.version)?;
        Some(ComponentDefinition::new(row, self.version))
    }

    /// Every component, by number, with those that are withdrawn; none where it is primitive.
    pub fn components(self) -> impl Iterator<Item = ComponentDefinition> {
        Part::all(self.row.components(), self.version)
            .map(move |row| ComponentDefinition::new(row, self.version))
    }
}

impl fmt::Debug for TypeDefinition {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = format_args!("{}", self.id());
        Dictionary::at(self.version).show(out, "TypeDefinition", id, self.name())
    }
}

/// A component of a data type, as one version defines it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ComponentDefinition {
    row: &'static Part,
    version: u8,
}

impl ComponentDefinition {
    fn new(row: &'static Part, version: u8) -> ComponentDefinition {
        ComponentDefinition { row, version }
    }

    /// Its number in the data type, counted from 1.
    pub fn number(self) -> u16 {
        self.row.number.into()
    }

    /// What it is called, such as `family name`. No other component of the type is called so in the
    /// same version.
    pub fn name(self) -> &'static str {
        self.row.name()
    }

    /// The name of its data type. Where that has components, they are the subcomponents of a field.
    pub fn data_type(self) -> &'static str {
        self.row.data_type()
    }

    /// Whether it has to be valued where the field is.
    pub fn optionality(self) -> Optionality {
        if self.is_withdrawn() {
            return Optionality::Withdrawn;
        }
        self.row.optionality
    }

    /// How many characters are allowed at most, where the version states it.
    pub fn length_max(self) -> Option<u32> {
        self.row.length()
    }

    /// The number of the table that lists its codes.
    pub fn table(self) -> Option<u16> {
        Some(self.row.table).filter(|number| *number != 0)
    }

    /// Whether an earlier version had it, and this one no longer.
    pub fn is_withdrawn(self) -> bool {
        self.row.is_withdrawn(self.version)
    }
}

impl fmt::Debug for ComponentDefinition {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = format_args!("{}", self.number());
        Dictionary::at(self.version).show(out, "ComponentDefinition", id, self.name())
    }
}
