//! Whether a line is a segment.

use hl7::Segment;

/// The name that a path can give a segment, three capitals or digits (HL7 v2, chapter 2). A line
/// of anything else is the rest of a broken text, most likely.
pub(crate) fn segment_name(segment: Segment<'_>) -> Option<&str> {
    let in_name = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    let name = str::from_utf8(segment.name()).ok()?;
    (name.len() == 3 && name.bytes().all(|byte| in_name(&byte))).then_some(name)
}
