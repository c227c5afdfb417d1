//! The data types that say whether a value has components, and what they are called.

use crate::dictionary::{Dictionary, FieldDefinition, TypeDefinition};

/// The type of a field whose type another field states.
const VARIES: &str = "varies";

/// Fields of that type, and the field of the same segment that states it.
const VARYING: [(&str, u16, u16); 3] = [("OBX", 5, 2), ("MFE", 4, 5), ("MFA", 5, 6)];

/// A time, and how precise it is: a second component that was superseded in 2.3.
const TIME_STAMP: &str = "TS";

/// The field that states the type of another one, if that varies.
pub(super) fn stating_field(segment: &str, field: FieldDefinition) -> Option<u16> {
    let varying = VARYING
        .iter()
        .filter(|_| field.data_type() == VARIES)
        .find(|(name, number, _)| *name == segment && *number == field.number());
    varying.map(|(_, _, stating)| *stating)
}

/// A type that is written as an object.
pub(super) fn composite(dictionary: Dictionary, name: &str) -> Option<TypeDefinition> {
    let data_type = dictionary.data_type(name)?;
    Some(data_type).filter(|_| !data_type.is_primitive() && name != TIME_STAMP)
}
