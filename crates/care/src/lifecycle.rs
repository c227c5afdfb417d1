//! The life cycle of a record: provisional, settled, corrected.

use crate::catalogue::{Correction, Field};
use crate::change::{Change, Patch};
use crate::merge::{Edit, replace};
use crate::record::{Life, Record, Stamp};
use crate::value::Value;

/// Whether something settled was said before this provisional word, so that it counts no more.
pub(crate) fn is_overtaken(record: &Record, stamp: Stamp) -> bool {
    stamp.tier == 0
        && record
            .life()
            .settled_since
            .is_some_and(|since| stamp.as_of >= since)
}

/// What the record has been through once this change has come too.
pub(crate) fn life_after(record: &Record, change: &Change, stamp: Stamp) -> Life {
    let mut life = record.life();
    let (Some(correction), 1..) = (&record.record_type().correction, stamp.tier) else {
        return life;
    };
    life.corrected |= says_corrected(change, correction) || contradicts(record, change, correction);
    life.settled_since = match life.settled_since {
        Some(since) => Some(since.min(stamp.as_of)),
        None => Some(stamp.as_of),
    };
    life
}

fn says_corrected(change: &Change, correction: &Correction) -> bool {
    let status = change
        .record
        .status_field
        .and_then(|field| change.text(field));
    status == Some(correction.corrected)
}

/// Whether the change gives another value than the one that was settled.
fn contradicts(record: &Record, change: &Change, correction: &Correction) -> bool {
    if record.life().settled_since.is_none() {
        return false;
    }
    let field = record.record_type().field(correction.value_field);
    let stored = field.and_then(|field| record.value(field));
    match (change.patch(correction.value_field), stored) {
        (Some(Patch::Set(incoming)), Some(stored)) => incoming != stored,
        _ => false,
    }
}

/// Takes back what a settling message has overtaken, and shows a settled record that was
/// corrected as corrected.
pub(crate) fn apply(record: &mut Record, stamp: Stamp, edits: &mut Vec<Edit>) {
    let life = record.life();
    if let (Some(since), 1..) = (life.settled_since, stamp.tier) {
        take_back(record, since, edits);
    }
    if life.corrected {
        mark_corrected(record, edits);
    }
}

/// A provisional word that is newer than the first settled one was never confirmed.
fn take_back(record: &mut Record, since: i64, edits: &mut Vec<Edit>) {
    for (field, cell) in record.cells_mut() {
        let stamp = cell.source.as_ref().map(|source| source.stamp);
        if !field.required && stamp.is_some_and(|stamp| stamp.tier == 0 && stamp.as_of >= since) {
            edits.extend(replace(field, cell, None));
            cell.source = None;
        }
    }
}

fn mark_corrected(record: &mut Record, edits: &mut Vec<Edit>) {
    let record_type = record.record_type();
    let status = record_type
        .status_field
        .and_then(|name| record_type.field(name));
    let (Some(field), Some(correction)) = (status, &record_type.correction) else {
        return;
    };
    let Some(cell) = record.cell_mut(field) else {
        return;
    };
    if cell.value == Some(Value::text(correction.settled)) {
        let marked = replace(field, cell, Some(Value::text(correction.corrected)));
        edits.extend(marked);
        join(field, edits);
    }
}

/// Two edits of one field are one, and none where the value is the same again.
fn join(field: &Field, edits: &mut Vec<Edit>) {
    let mut own: Vec<Edit> = Vec::new();
    edits.retain(|edit| {
        let is_own = edit.field == field;
        own.extend(is_own.then(|| edit.clone()));
        !is_own
    });
    if let (Some(first), Some(last)) = (own.first(), own.last())
        && first.before != last.after
    {
        edits.push(Edit {
            before: first.before.clone(),
            ..last.clone()
        });
    }
}
