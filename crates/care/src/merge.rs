//! The one rule of change: each field keeps what the newest message said of it.

use std::cmp::Ordering;

use crate::catalogue::Field;
use crate::change::{Assignment, Change, Patch};
use crate::lifecycle::{self, life_after};
use crate::record::{Cell, Record, Source, Stamp};
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
/// that is required is never cleared. What is provisional gives way to what is settled, and a
/// settled value that another replaces makes the record a corrected one.
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
    record.set_life(life_after(&record, change, stamp));
    *stored = Some(record);
    Merge::Added(edits)
}

fn revise(record: &mut Record, change: &Change, stamp: Stamp) -> Merge {
    if lifecycle::is_overtaken(record, stamp) {
        return Merge::Late;
    }
    let before = record.life();
    let life = life_after(record, change, stamp);
    let mut written = write(record, change, stamp);
    record.set_life(life);
    lifecycle::apply(record, stamp, &mut written.edits);
    if !written.edits.is_empty() {
        Merge::Changed(written.edits)
    } else if written.confirmed > 0 || record.life() != before {
        Merge::Confirmed
    } else if written.late > 0 {
        Merge::Late
    } else {
        Merge::Unchanged
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
        cell.source = Some(Source::new(stamp, path.clone()));
        written.edits.extend(replace(field, cell, after));
    }
    written
}

/// Gives a cell a value; the edit, where it is another than before.
pub(crate) fn replace(
    field: &'static Field,
    cell: &mut Cell,
    after: Option<Value>,
) -> Option<Edit> {
    if cell.value == after {
        return None;
    }
    let before = std::mem::replace(&mut cell.value, after.clone());
    Some(Edit {
        field,
        before,
        after,
    })
}
