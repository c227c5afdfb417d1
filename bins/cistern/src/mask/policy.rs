//! Which leaves a mask lets stand.

use hl7::{Dictionary, Field, Leaf, Nm};

use crate::definition::Definition;

/// What becomes of a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Treatment {
    /// It stays.
    Keep,
    /// Its letters and digits are replaced.
    Mask,
    /// It is moved to another day if it is a date, else masked.
    Move,
}

/// Fields that say how a message is to be processed, or what was measured; nothing of a person.
const KEPT: [(&str, &[usize]); 9] = [
    ("MSH", &[9, 11, 12, 15, 16, 17, 18, 20, 21]),
    ("BTS", &[1]),
    ("FTS", &[1]),
    ("EVN", &[1]),
    ("MSA", &[1]),
    ("ERR", &[2, 3, 4]),
    ("ORC", &[1, 5]),
    ("OBR", &[25]),
    ("OBX", &[2, 6, 7, 8, 11]),
];

/// Fields that say what is measured or given. Their codes and code systems stay; their texts,
/// which people write, do not.
const KEPT_CODES: [(&str, usize); 3] = [("OBR", 4), ("OBX", 3), ("RXA", 5)];

/// The components of a coded value that are code or system (HL7 v2, chapter 2A, type CWE).
const CODES: [usize; 4] = [1, 3, 4, 6];

/// The longest set id, in digits (HL7 v2, chapter 2A, type SI).
const SET_ID_MAX: usize = 4;

/// Whatever no rule lets stand is masked: Z segments and fields beyond the standard as a whole.
pub(super) fn treatment(leaf: Leaf<'_>, dictionary: Dictionary) -> Treatment {
    if is_listed(leaf) {
        return Treatment::Keep;
    }
    let Some(definition) = Definition::of(leaf, dictionary) else {
        return Treatment::Mask;
    };
    match definition.data_type {
        "SI" if is_set_id(leaf.raw()) => Treatment::Keep,
        "DT" | "DTM" | "TS" => Treatment::Move,
        _ if is_code(leaf.raw(), definition.table, dictionary) => Treatment::Keep,
        _ if is_measured(leaf) => Treatment::Keep,
        _ => Treatment::Mask,
    }
}

fn is_listed(leaf: Leaf<'_>) -> bool {
    let (segment, field) = (leaf.segment(), leaf.field());
    let whole = KEPT
        .iter()
        .any(|(name, fields)| segment.is(name) && fields.contains(&field));
    let code = KEPT_CODES
        .iter()
        .any(|(name, number)| segment.is(name) && field == *number);
    whole || (code && CODES.contains(&leaf.component()))
}

fn is_set_id(raw: &[u8]) -> bool {
    raw.len() <= SET_ID_MAX && raw.iter().all(u8::is_ascii_digit)
}

/// Whether the standard itself has the value in the table of the place: `F` of PID-8, `MR` of a
/// PID-3.5. Such a value names a kind, not a person.
fn is_code(raw: &[u8], table: Option<u16>, dictionary: Dictionary) -> bool {
    let table = table.and_then(|number| dictionary.table(number));
    let code = str::from_utf8(raw).ok();
    table
        .zip(code)
        .is_some_and(|(table, code)| table.code(code).is_some())
}

/// Whether this is a number that was measured: OBX-5 of type NM or SN.
fn is_measured(leaf: Leaf<'_>) -> bool {
    let segment = leaf.segment();
    if !segment.is("OBX") || leaf.field() != 5 {
        return false;
    }
    let number = || Nm::parse(leaf.raw()).is_some();
    let mark = || leaf.raw().iter().all(|byte| b"<>=+-/:.".contains(byte));
    match segment.field(2).map(Field::raw) {
        Some(b"NM") => number(),
        Some(b"SN") => number() || mark(),
        _ => false,
    }
}
