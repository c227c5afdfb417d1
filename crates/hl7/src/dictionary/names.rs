//! From a place to its name and back.

use super::Dictionary;
use super::place::Place;
use super::varying::VARIES;
use crate::path::Path;

impl Dictionary {
    /// What the place that a path leads to is called: the name of its last part.
    ///
    /// The first part of what has no parts is the thing itself: `PID-8.1` of 2.5 is called what
    /// `PID-8` is, and so is `PID-7.1`, for a time (TS) is one. Nothing is said below a field whose type varies; there [`Dictionary::name_of_as`]
    /// takes the type.
    ///
    /// ```
    /// use cistern_hl7::{Dictionary, Version, path};
    ///
    /// let dictionary = Dictionary::of(Version::new(5, 1));
    /// assert_eq!(dictionary.name_of(&path!("PID-5")), Some("patient name"));
    /// assert_eq!(dictionary.name_of(&path!("PID-5.1")), Some("family name"));
    /// assert_eq!(dictionary.name_of(&path!("PID-5.1.1")), Some("surname"));
    /// assert_eq!(dictionary.name_of(&path!("OBX-5.1")), None);
    /// ```
    pub fn name_of(self, path: &Path) -> Option<&'static str> {
        self.name_of_as(path, VARIES)
    }

    /// As [`Dictionary::name_of`], with the type to use where that of the field varies: what OBX-2
    /// says for OBX-5, MFE-5 for MFE-4.
    ///
    /// ```
    /// # use cistern_hl7::{Dictionary, Version, path};
    /// let dictionary = Dictionary::of(Version::new(5, 1));
    /// assert_eq!(dictionary.name_of_as(&path!("OBX-5.2"), "CE"), Some("text"));
    /// assert_eq!(dictionary.name_of_as(&path!("PID-5.2"), "CE"), Some("given name"));
    /// ```
    pub fn name_of_as(self, path: &Path, data_type: &str) -> Option<&'static str> {
        let field = self.field(path.segment(), path.field())?;
        let mut place = Place::of(field, data_type, self);
        for number in [path.component(), path.subcomponent()]
            .into_iter()
            .flatten()
        {
            place = place.part(number)?;
        }
        Some(place.name)
    }

    /// The number of the field of a segment that is called so.
    ///
    /// Only letters and digits count, in whatever case: `patient_identifier_list` is found as
    /// `patient identifier list` is.
    ///
    /// ```
    /// use cistern_hl7::{Dictionary, Version};
    ///
    /// let dictionary = Dictionary::of(Version::new(5, 1));
    /// assert_eq!(dictionary.field_named("PID", "patient identifier list"), Some(3));
    /// assert_eq!(dictionary.field_named("PID", "mothers_maiden_name"), Some(6));
    /// assert_eq!(dictionary.field_named("PID", "shoe size"), None);
    /// ```
    pub fn field_named(self, segment: &str, name: &str) -> Option<u16> {
        let mut fields = self.segment(segment)?.fields();
        let field = fields.find(|field| is_same(field.name(), name))?;
        Some(field.number())
    }

    /// The number of the component of a data type that is called so, compared as in
    /// [`Dictionary::field_named`].
    ///
    /// ```
    /// # use cistern_hl7::{Dictionary, Version};
    /// let dictionary = Dictionary::of(Version::new(5, 1));
    /// assert_eq!(dictionary.component_named("XPN", "given_name"), Some(2));
    /// ```
    pub fn component_named(self, data_type: &str, name: &str) -> Option<u16> {
        let mut components = self.data_type(data_type)?.components();
        let component = components.find(|component| is_same(component.name(), name))?;
        Some(component.number())
    }
}

fn is_same(name: &str, other: &str) -> bool {
    letters(name).eq(letters(other))
}

fn letters(name: &str) -> impl Iterator<Item = u8> {
    let letters = name.bytes().filter(u8::is_ascii_alphanumeric);
    letters.map(|letter| letter.to_ascii_lowercase())
}
