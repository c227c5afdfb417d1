//! Which leaves a mask lets stand: by their place, and only if they look as such a place should.

use hl7::{Dictionary, Field, Leaf, Version};

use super::form::Form;

/// What places may say of the handling of a message, or of what was measured, apart from codes of
/// the standard, which stay wherever it has them: segment, field, components, form.
const KEPT: [(&str, usize, &[usize], Form); 19] = [
    ("MSH", 9, &[2], Form::Event),
    ("MSH", 9, &[3], Form::Code(354)),
    ("MSH", 12, &[1], Form::Version),
    ("MSH", 18, &[1], Form::Charset),
    ("BTS", 1, &[1], Form::Count),
    ("FTS", 1, &[1], Form::Count),
    ("ERR", 2, &[1], Form::SegmentName),
    ("ERR", 2, &[2, 3, 4, 5, 6], Form::Count),
    ("ERR", 3, &[3, 6], Form::System),
    ("OBR", 4, &[1, 4], Form::Test),
    ("OBR", 4, &[3, 6], Form::System),
    ("OBX", 3, &[1, 4], Form::Test),
    ("OBX", 3, &[3, 6], Form::System),
    ("OBX", 6, &[1, 4], Form::Unit),
    ("OBX", 6, &[3, 6], Form::System),
    ("OBX", 7, &[1], Form::Range),
    ("OBX", 8, &[3, 6], Form::System),
    ("RXA", 5, &[1, 4], Form::Test),
    ("RXA", 5, &[3, 6], Form::System),
];

/// The table of code systems.
const SYSTEMS: u16 = 396;

/// Whether a leaf stays. Whatever no rule lets stand is masked: Z segments and fields beyond the
/// standard as a whole.
pub(super) fn is_kept(leaf: Leaf<'_>, dictionary: Dictionary) -> bool {
    let Ok(text) = str::from_utf8(leaf.raw()) else {
        return false;
    };
    listed_forms(leaf).any(|form| form.fits(text))
        || defined_form(leaf, dictionary).is_some_and(|form| form.fits(text))
        || measured_form(leaf).is_some_and(|form| form.fits(text))
}

fn listed_forms(leaf: Leaf<'_>) -> impl Iterator<Item = Form> {
    let is_here = move |(segment, field, components, _): &&(&str, usize, &[usize], Form)| {
        *field == leaf.field()
            && components.contains(&leaf.component())
            && leaf.subcomponent() == 1
            && leaf.segment().is(segment)
    };
    KEPT.iter().filter(is_here).map(|(_, _, _, form)| *form)
}

/// The number of a segment, or a code that the standard itself has in the table of the place: `F`
/// of PID-8, `MR` of a PID-3.5. Such a value names a kind, not a person.
fn defined_form(leaf: Leaf<'_>, dictionary: Dictionary) -> Option<Form> {
    let definition = dictionary.leaf(leaf)?;
    match (definition.data_type(), definition.table()) {
        (Some("SI"), _) => Some(Form::SetId),
        (_, Some(SYSTEMS)) => Some(Form::System),
        (_, table) => table.map(Form::Code),
    }
}

/// A number that was measured: OBX-5 of type NM or SN.
fn measured_form(leaf: Leaf<'_>) -> Option<Form> {
    let segment = leaf.segment();
    if !segment.is("OBX") || leaf.field() != 5 {
        return None;
    }
    match (segment.field(2).map(Field::raw)?, leaf.component()) {
        (b"NM", 1) | (b"SN", 2 | 4) => Some(Form::Number),
        (b"SN", 1 | 3) => Some(Form::Comparison),
        _ => None,
    }
}

/// The dictionary that has the facts of all versions. Senders mix them.
pub(super) fn newest() -> Dictionary {
    Dictionary::of(Version::new(8, 0))
}
