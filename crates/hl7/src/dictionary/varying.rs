//! Fields whose type another field of the segment states.

use super::segment::FieldDefinition;

/// The type of such a field.
pub(super) const VARIES: &str = "varies";

/// Segment, number of the field, and number of the field that states its type.
const VARYING: [(&str, u16, u16); 3] = [("OBX", 5, 2), ("MFE", 4, 5), ("MFA", 5, 6)];

/// The field that states the type of another one, if that varies.
pub(crate) fn stating_field(segment: &str, field: FieldDefinition) -> Option<u16> {
    let varying = VARYING
        .iter()
        .filter(|_| field.data_type() == VARIES)
        .find(|(name, number, _)| *name == segment && *number == field.number());
    varying.map(|(_, _, stating)| *stating)
}
