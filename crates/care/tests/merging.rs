//! `merge`: each field keeps what the newest message said of it, in whatever order they arrive.
#![cfg(test)]

use cistern_care::{Change, Edit, Merge, Patch, Record, Source, Stamp, Value, merge, record_type};
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// A change of the client by a message of this time: field, value (`None` clears) and path.
fn change(fields: &[(&'static str, Option<&str>, &str)]) -> Change {
    let client = record_type("client").unwrap();
    let mut change = Change::new(client, "demographics");
    for (field, value, path) in fields {
        let patch = value.map_or(Patch::Clear, |text| Patch::Set(Value::text(text)));
        change.assign(client.field(field).unwrap(), patch, *path);
    }
    change
}

fn jane(city: Option<&str>) -> Change {
    change(&[
        ("last_name", Some("Doe"), "PID-5.1"),
        ("first_name", Some("Jane"), "PID-5.2"),
        ("birth_date", Some("1994-07-14"), "PID-7"),
        ("city", city, "PID-11.3"),
    ])
}

fn at(as_of: i64) -> Stamp {
    Stamp {
        tier: 1,
        as_of,
        message_id: as_of,
    }
}

fn edit(field: &str, before: Option<&str>, after: Option<&str>) -> Edit {
    Edit {
        field: record_type("client").unwrap().field(field).unwrap(),
        before: before.map(Value::text),
        after: after.map(Value::text),
    }
}

fn cell(record: &Record, field: &str) -> (Option<Value>, Option<Source>) {
    let fields = record.record_type().fields.iter();
    let mut named = fields.zip(record.cells());
    let (_, cell) = named.find(|(own, _)| own.name == field).unwrap();
    (cell.value.clone(), cell.source.clone())
}

#[test]
fn a_record_begins_with_all_that_was_said() {
    let mut stored = None;
    let added = merge(&mut stored, &jane(Some("Salem")), at(10));
    let expected = vec![
        edit("last_name", None, Some("Doe")),
        edit("first_name", None, Some("Jane")),
        edit("birth_date", None, Some("1994-07-14")),
        edit("city", None, Some("Salem")),
    ];
    assert_eq!(added, Merge::Added(expected));
    let record = stored.unwrap();
    let source = Source::new(at(10), "PID-11.3");
    assert_eq!(
        cell(&record, "city"),
        (Some(Value::text("Salem")), Some(source))
    );
    assert_eq!(cell(&record, "state"), (None, None));
    assert_eq!((record.status(), record.newest()), ("active", Some(at(10))));
}

#[test]
fn what_becomes_of_a_stored_city() {
    let (salem, dover) = (Some("Salem"), Some("Dover"));
    let changed = |after| Merge::Changed(vec![edit("city", salem, after)]);
    let cases = [
        ("newer, other", dover, 20, changed(dover), dover, 20),
        ("newer, null", None, 20, changed(None), None, 20),
        ("newer, same", salem, 20, Merge::Confirmed, salem, 20),
        ("older, other", dover, 5, Merge::Late, salem, 10),
        ("older, null", None, 5, Merge::Late, salem, 10),
        ("itself", salem, 10, Merge::Unchanged, salem, 10),
        ("itself, mapped anew", dover, 10, changed(dover), dover, 10),
    ];
    for (name, said, as_of, outcome, value, newest) in cases {
        let mut stored = None;
        merge(&mut stored, &jane(salem), at(10));
        let change = change(&[("city", said, "PID-11.3")]);
        assert_eq!(merge(&mut stored, &change, at(as_of)), outcome, "{name}");
        let source = Source::new(at(newest), "PID-11.3");
        let expected = (value.map(Value::text), Some(source));
        assert_eq!(cell(&stored.unwrap(), "city"), expected, "{name}");
    }
}

#[test]
fn a_change_of_nothing_changes_nothing() {
    let mut stored = None;
    merge(&mut stored, &jane(None), at(10));
    let before = stored.clone();
    assert_eq!(merge(&mut stored, &change(&[]), at(20)), Merge::Unchanged);
    assert_eq!(stored, before);
}

#[test]
fn equal_times_are_decided_by_arrival() {
    let stamp = |message_id| Stamp {
        tier: 1,
        as_of: 10,
        message_id,
    };
    for order in [[1, 2], [2, 1]] {
        let mut stored = None;
        for id in order {
            merge(&mut stored, &jane(Some(&format!("City {id}"))), stamp(id));
        }
        assert_eq!(stored.unwrap().text("city"), "City 2");
    }
}

#[test]
fn null_in_a_required_field_does_nothing() {
    let mut stored = None;
    merge(&mut stored, &jane(None), at(10));
    let before = stored.clone();
    let null = change(&[
        ("last_name", None, "PID-5.1"),
        ("birth_date", None, "PID-7"),
    ]);
    assert_eq!(merge(&mut stored, &null, at(20)), Merge::Unchanged);
    assert_eq!(stored, before);
}

#[test]
fn a_new_record_needs_what_is_required() {
    let client = record_type("client").unwrap();
    let field = |name| client.field(name).unwrap();
    let mut stored = None;
    let partial = change(&[
        ("first_name", Some("Jane"), "PID-5.2"),
        ("last_name", None, "PID-5.1"),
    ]);
    let missing = vec![field("last_name"), field("birth_date")];
    assert_eq!(
        merge(&mut stored, &partial, at(10)),
        Merge::Incomplete(missing)
    );
    assert_eq!(stored, None);
}

#[test]
fn a_preliminary_result_never_replaces_a_final_one() {
    let lab = record_type("lab").unwrap();
    let result = |text: &str| {
        let mut change = Change::new(lab, "results");
        for (field, value) in [
            ("test", "CD4 count"),
            ("date", "2024-05-03"),
            ("result_text", text),
        ] {
            change.set(lab.field(field).unwrap(), Value::text(value), "OBX");
        }
        change
    };
    let preliminary = (
        result("400"),
        Stamp {
            tier: 0,
            as_of: 99,
            message_id: 1,
        },
    );
    let settled = (
        result("412"),
        Stamp {
            tier: 1,
            as_of: 10,
            message_id: 2,
        },
    );
    for order in [[&preliminary, &settled], [&settled, &preliminary]] {
        let mut stored = None;
        for (change, stamp) in order {
            merge(&mut stored, change, *stamp);
        }
        assert_eq!(stored.unwrap().text("result_text"), "412");
    }
}

/// One message: its tier, its time, and what it says of three fields.
#[derive(Clone, Debug)]
struct Said {
    tier: u8,
    as_of: i64,
    city: Option<Patch>,
    state: Option<Patch>,
    last_name: String,
}

fn said() -> impl Strategy<Value = Said> {
    let value = prop_oneof![
        Just(None),
        Just(Some(Patch::Clear)),
        select(vec!["A", "B", "C"]).prop_map(|text| Some(Patch::Set(Value::text(text)))),
    ];
    let names = select(vec!["Doe".to_owned(), "Roe".to_owned()]);
    (0..2_u8, 0..4_i64, value.clone(), value, names).prop_map(
        |(tier, as_of, city, state, last_name)| Said {
            tier,
            as_of,
            city,
            state,
            last_name,
        },
    )
}

impl Said {
    fn change(&self) -> Change {
        let client = record_type("client").unwrap();
        let mut change = jane(None);
        change.assignments.pop();
        change.set(
            client.field("last_name").unwrap(),
            Value::text(&*self.last_name),
            "PID-5.1",
        );
        for (field, patch) in [("city", &self.city), ("state", &self.state)] {
            if let Some(patch) = patch {
                change.assign(client.field(field).unwrap(), patch.clone(), "PID-11");
            }
        }
        change
    }

    fn stamp(&self, message_id: usize) -> Stamp {
        let message_id = i64::try_from(message_id).unwrap();
        Stamp {
            tier: self.tier,
            as_of: self.as_of,
            message_id,
        }
    }
}

/// What the greatest stamp says of a field, found the slow way.
fn newest<'a>(messages: &'a [Said], said: impl Fn(&'a Said) -> Option<Patch>) -> Option<Value> {
    let spoken = messages
        .iter()
        .enumerate()
        .filter_map(|(id, m)| Some((m.stamp(id), said(m)?)));
    match spoken.max_by_key(|(stamp, _)| *stamp)?.1 {
        Patch::Set(value) => Some(value),
        Patch::Clear => None,
    }
}

proptest! {
    #[test]
    fn any_order_gives_the_same_record(
        messages in prop::collection::vec(said(), 1..8),
        swaps in prop::collection::vec((any::<Index>(), any::<Index>()), 8),
    ) {
        let mut order: Vec<usize> = (0..messages.len()).collect();
        for (a, b) in &swaps {
            order.swap(a.index(messages.len()), b.index(messages.len()));
        }
        let mut stored = None;
        let mut history = Record::new(record_type("client").unwrap());
        for id in order {
            let outcome = merge(&mut stored, &messages[id].change(), messages[id].stamp(id));
            if let Merge::Added(edits) | Merge::Changed(edits) = outcome {
                history = replay(&history, &edits)?;
            }
        }
        let record = stored.unwrap();
        let city = newest(&messages, |m| m.city.clone());
        let state = newest(&messages, |m| m.state.clone());
        let name = newest(&messages, |m| Some(Patch::Set(Value::text(&*m.last_name))));
        prop_assert_eq!(cell(&record, "city").0, city);
        prop_assert_eq!(cell(&record, "state").0, state);
        prop_assert_eq!(cell(&record, "last_name").0, name);
        let values = |record: &Record| record.cells().iter().map(|c| c.value.clone()).collect::<Vec<_>>();
        prop_assert_eq!(values(&history), values(&record), "the history ends at the record");

        let mut in_order = None;
        for (id, message) in messages.iter().enumerate() {
            merge(&mut in_order, &message.change(), message.stamp(id));
        }
        prop_assert_eq!(in_order, Some(record), "values and sources alike");
    }
}

/// The record after these edits, each of which must begin where the record stands.
fn replay(record: &Record, edits: &[Edit]) -> Result<Record, TestCaseError> {
    let mut cells = record.cells().to_vec();
    for edit in edits {
        let fields = record.record_type().fields;
        let place = fields.iter().position(|field| field == edit.field).unwrap();
        prop_assert_eq!(&cells[place].value, &edit.before);
        prop_assert_ne!(&edit.before, &edit.after);
        cells[place].value.clone_from(&edit.after);
    }
    Ok(Record::from_cells(record.record_type(), cells).unwrap())
}
