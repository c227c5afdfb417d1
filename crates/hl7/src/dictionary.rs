//! Names of segments, fields, components and codes, in versions 2.3 to 2.8.

mod data_type;
mod leaf;
mod names;
mod part;
mod place;
mod rows;
mod segment;
mod table;
mod varying;

pub use data_type::{ComponentDefinition, TypeDefinition};
pub use leaf::LeafDefinition;
pub use part::Optionality;
pub use segment::{FieldDefinition, SegmentDefinition};
pub use table::{CodeDefinition, TableDefinition};
#[cfg(feature = "serde")]
pub(crate) use varying::stating_field;

use std::fmt;

use crate::message::Message;
use crate::version::Version;
use rows::{Table, Whole};

/// The versions that are told apart; rows name them by their index.
const VERSIONS: [Version; 8] = [
    Version::new(3, 0),
    Version::new(3, 1),
    Version::new(4, 0),
    Version::new(5, 0),
    Version::new(5, 1),
    Version::new(6, 0),
    Version::new(7, 0),
    Version::new(8, 0),
];

/// What one version of the standard calls its segments, fields, components and codes.
///
/// Everything is a table in the binary: a look-up parses and allocates nothing, and what it
/// returns is `Copy` and `'static`. Names are the standard's, in lower case but for abbreviations.
///
/// ```
/// use cistern_hl7::{Dictionary, Version, path};
///
/// let dictionary = Dictionary::of(Version::new(5, 1));
/// let list = dictionary.field("PID", 3).unwrap();
/// assert_eq!(list.name(), "patient identifier list");
/// assert_eq!(list.data_type(), "CX");
/// assert_eq!(dictionary.name_of(&path!("PID-5.1.1")), Some("surname"));
///
/// let sex = dictionary.table(1).unwrap();
/// assert_eq!(sex.code("F").map(|code| code.meaning()), Some("female"));
/// ```
///
/// # Versions
///
/// A definition is that of the version. What an earlier version had and this one withdrew is still
/// found, under its last name and marked as withdrawn: the number stays reserved (chapter 2), and
/// senders go on filling it. What only a later version has is not found.
///
/// ```
/// # use cistern_hl7::{Dictionary, Version};
/// let ssn = Dictionary::of(Version::new(8, 0)).field("PID", 19).unwrap();
/// assert_eq!(ssn.name(), "SSN number - patient");
/// assert!(ssn.is_withdrawn());
///
/// assert!(Dictionary::of(Version::new(3, 0)).field("PID", 39).is_none());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Dictionary {
    version: u8,
}

impl Dictionary {
    /// The dictionary of a version, or of the nearest one that is known.
    ///
    /// Known are 2.3, 2.3.1, 2.4, 2.5, 2.5.1, 2.6, 2.7 and 2.8. A version between two of them, such
    /// as 2.7.1, has the facts of the earlier; what 2.8.1 and 2.8.2 add counts as of 2.8.
    pub fn of(version: Version) -> Dictionary {
        let later = VERSIONS.iter().skip(1);
        let index = later.take_while(|known| **known <= version).count();
        Dictionary {
            version: u8::try_from(index).unwrap_or_default(),
        }
    }

    /// The dictionary of the version that MSH-12 of a message states; the default one where it
    /// cannot be read.
    pub fn of_message(message: &Message<'_>) -> Dictionary {
        let stated = message.header().version_number();
        stated.map(Dictionary::of).unwrap_or_default()
    }

    /// The version whose facts these are.
    ///
    /// ```
    /// # use cistern_hl7::{Dictionary, Version};
    /// let dictionary = Dictionary::of(Version::new(7, 1));
    /// assert_eq!(dictionary.version(), Version::new(7, 0));
    /// ```
    pub fn version(self) -> Version {
        let [oldest, ..] = VERSIONS;
        let version = VERSIONS.get(usize::from(self.version));
        version.copied().unwrap_or(oldest)
    }

    /// The segment of a name such as `PID`. Segments of a site's own, whose names begin with Z, are
    /// not known.
    pub fn segment(self, name: &str) -> Option<SegmentDefinition> {
        let row = Whole::find(Whole::segments(), name, self.version)?;
        Some(SegmentDefinition::new(row, self.version))
    }

    /// Every segment, by name.
    pub fn segments(self) -> impl Iterator<Item = SegmentDefinition> {
        let known = Whole::segments().iter();
        known
            .filter(move |row| row.is_known(self.version))
            .map(move |row| SegmentDefinition::new(row, self.version))
    }

    /// A field by its segment and number: `PID`, 5.
    pub fn field(self, segment: &str, number: u16) -> Option<FieldDefinition> {
        self.segment(segment)?.field(number)
    }

    /// The data type of a name such as `XPN`.
    ///
    /// Up to 2.3.1 and in part 2.4 the standard calls many types just `CM`. They stand here as `CM_`
    /// and what they are for: MSH-9 of 2.3 is a `CM_MSG`.
    pub fn data_type(self, name: &str) -> Option<TypeDefinition> {
        let row = Whole::find(Whole::types(), name, self.version)?;
        Some(TypeDefinition::new(row, self.version))
    }

    /// Every data type, by name.
    pub fn data_types(self) -> impl Iterator<Item = TypeDefinition> {
        let known = Whole::types().iter();
        known
            .filter(move |row| row.is_known(self.version))
            .map(move |row| TypeDefinition::new(row, self.version))
    }

    /// A component by its data type and number: `XPN`, 2.
    ///
    /// ```
    /// # use cistern_hl7::{Dictionary, Version};
    /// let dictionary = Dictionary::of(Version::new(5, 1));
    /// let given = dictionary.component("XPN", 2).unwrap();
    /// assert_eq!((given.name(), given.data_type()), ("given name", "ST"));
    /// ```
    pub fn component(self, data_type: &str, number: u16) -> Option<ComponentDefinition> {
        self.data_type(data_type)?.component(number)
    }

    /// The table of a number, such as 1 for 0001, administrative sex.
    ///
    /// Every table that a field or component names is found. Only the smaller ones that the standard
    /// itself fills have codes.
    pub fn table(self, number: u16) -> Option<TableDefinition> {
        let all = Table::all();
        let index = all.binary_search_by_key(&number, |row| row.number).ok()?;
        let row = all.get(index)?;
        Some(TableDefinition::new(row, self.version))
    }

    /// Every table, by number.
    pub fn tables(self) -> impl Iterator<Item = TableDefinition> {
        let all = Table::all().iter();
        all.map(move |row| TableDefinition::new(row, self.version))
    }

    fn at(version: u8) -> Dictionary {
        Dictionary { version }
    }

    /// A definition in `Debug`: what kind, its id and its name, and the version.
    fn show(
        self,
        out: &mut fmt::Formatter<'_>,
        kind: &str,
        id: fmt::Arguments<'_>,
        name: &str,
    ) -> fmt::Result {
        write!(out, "{kind}({id} {name}, {})", self.version())
    }
}

/// The dictionary of 2.5.1, for what states no version.
impl Default for Dictionary {
    fn default() -> Dictionary {
        Dictionary::of(Version::new(5, 1))
    }
}

impl fmt::Debug for Dictionary {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Dictionary({})", self.version())
    }
}
