//! The one rule of change: each field keeps what the newest message said of it.

use std::cmp::Ordering;

use crate::catalogue::{Correction, Field};
use crate::change::{Assignment, Change, Patch};
use crate::record::{Record, Source, Stamp};
use crate::value::Value;

/// What a change did to a record.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "every importer must treat each")]
pub enum Merge {
    /// The record is new.
    Added(Vec<Edit>),
    /// Some fields have other values now.
    Changed(Vec<Edit>),
    /// It said what was stored already, and is the newest to say so.
    Confirmed,
    /// It said what was stored already; nothing is to be written.
    Unchanged,
    /// It is older than all that is stored, and changed nothing.
    Late,
    /// A new record would lack these fields, so nothing was written.
    Incomplete(Vec<&'static Field>),
}

impl Merge {
    /// Whether the record must be written.
    pub(crate) fn is_write(&self) -> bool {
        matches!(self, Merge::Added(_) | Merge::Changed(_) | Merge::Confirmed)
    }

    /// Whether a value is another than before.
    pub(crate) fn is_edit(&self) -> bool {
        matches!(self, Merge::Added(_) | Merge::Changed(_))
    }
}

/// One field that has another value now.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "one line of history")]
pub struct Edit {
    /// The field.
    pub field: &'static Field,
    /// The value before.
    pub before: Option<Value>,
    /// The value after.
    pub after: Option<Value>,
}

/// Applies a change to a stored record, or makes the record.
///
/// Field by field the greater stamp wins, so any order of arrival gives the same record. A field
/// that is required is never cleared.
pub fn merge(stored: &mut Option<Record>, change: &Change, stamp: Stamp) -> Merge {
    match stored {
        Some(record) => revise(record, change, stamp),
        None => add(stored, change, stamp),
    }
}

fn add(stored: &mut Option<Record>, change: &Change, stamp: Stamp) -> Merge {
    let mut record = Record::new(change.record);
    let edits = write(&mut record, change, stamp).edits;
    let missing = |field: &&'static Field| field.required && record.value(field).is_none();
    let missing: Vec<_> = change.record.fields.iter().filter(missing).collect();
    if !missing.is_empty() {
        return Merge::Incomplete(missing);
    }
    *stored = Some(record);
    Merge::Added(edits)
}

fn revise(record: &mut Record, change: &Change, stamp: Stamp) -> Merge {
    let corrected = correction(record, change, stamp);
    let mut written = write(record, change, stamp);
    if let Some(correction) = corrected {
        mark_corrected(record, correction, &mut written.edits);
    }
    if !written.edits.is_empty() {
        Merge::Changed(written.edits)
    } else if written.confirmed > 0 {
        Merge::Confirmed
    } else if written.late > 0 {
        Merge::Late
    } else {
        Merge::Unchanged
    }
}

/// Whether this change and what is stored show that a settled value was wrong.
fn correction(record: &Record, change: &Change, stamp: Stamp) -> Option<&'static Correction> {
    let record_type = record.record_type();
    let correction = record_type.correction.as_ref()?;
    let stored = record.cell(record_type.field(correction.value_field)?)?;
    if stamp.tier == 0 || stored.source.as_ref()?.stamp.tier == 0 {
        return None;
    }
    let said = record_type
        .status_field
        .and_then(|field| change.text(field));
    let differs = match (change.patch(correction.value_field), &stored.value) {
        (Some(Patch::Set(incoming)), Some(stored)) => incoming != stored,
        _ => false,
    };
    let named = [Some(record.status()), said].contains(&Some(correction.corrected));
    (differs || named).then_some(correction)
}

/// A settled record becomes a corrected one, and one that was corrected stays so.
fn mark_corrected(record: &mut Record, correction: &Correction, edits: &mut Vec<Edit>) {
    let status = record.record_type().status_field;
    let field = status.and_then(|name| record.record_type().field(name));
    let Some((field, cell)) = field.and_then(|f| Some((f, record.cell_mut(f)?))) else {
        return;
    };
    if cell.value != Some(Value::text(correction.settled)) {
        return;
    }
    let after = Some(Value::text(correction.corrected));
    let before = std::mem::replace(&mut cell.value, after.clone());
    let earlier = edits.iter().position(|edit| edit.field == field);
    let before = earlier.map_or(before, |place| edits.swap_remove(place).before);
    if before != after {
        edits.push(Edit {
            field,
            before,
            after,
        });
    }
}

struct Written {
    edits: Vec<Edit>,
    confirmed: usize,
    late: usize,
}

fn write(record: &mut Record, change: &Change, stamp: Stamp) -> Written {
    let mut written = Written {
        edits: Vec::new(),
        confirmed: 0,
        late: 0,
    };
    for Assignment { field, patch, path } in &change.assignments {
        let after = match patch {
            Patch::Set(value) => Some(value.clone()),
            Patch::Clear if field.required => continue,
            Patch::Clear => None,
        };
        let Some(cell) = record.cell_mut(field) else {
            continue;
        };
        match cell.source.as_ref().map(|source| source.stamp.cmp(&stamp)) {
            Some(Ordering::Greater) => {
                written.late += 1;
                continue;
            }
            Some(Ordering::Equal) if cell.value == after => continue,
            _ => written.confirmed += 1,
        }
        cell.source = Some(Source {
            stamp,
            path: path.clone(),
        });
        if cell.value != after {
            let before = std::mem::replace(&mut cell.value, after.clone());
            written.edits.push(Edit {
                field,
                before,
                after,
            });
        }
    }
    written
}
