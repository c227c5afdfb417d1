//! A settled result that another replaces is shown as corrected, in whatever order they arrive.
#![cfg(test)]

use cistern_care::{Change, Merge, Record, Stamp, Value, merge, record_type};

/// A lab message: its status, its result, and the time it speaks of.
type Said = (&'static str, &'static str, i64);

fn import(messages: &[Said]) -> (Record, Merge) {
    let lab = record_type("lab").unwrap();
    let mut stored = None;
    let mut last = Merge::Unchanged;
    for (status, result, as_of) in messages {
        let mut change = Change::new(lab, "lab results");
        for (field, value) in [
            ("test", "CD4 count"),
            ("date", "2026-03-03"),
            ("result_text", result),
            ("result_status", status),
        ] {
            change.set(lab.field(field).unwrap(), Value::text(value), "OBX");
        }
        let tier = u8::from(*status != "preliminary");
        last = merge(
            &mut stored,
            &change,
            Stamp {
                tier,
                as_of: *as_of,
                message_id: *as_of,
            },
        );
    }
    (stored.unwrap(), last)
}

fn check(messages: &[Said], result: &str, status: &str) {
    for first in 0..messages.len() {
        for second in 0..messages.len() {
            let mut order = messages.to_vec();
            order.swap(0, first);
            order.swap(messages.len() - 1, second);
            let (record, _) = import(&order);
            let found = (record.text("result_text"), record.status());
            assert_eq!(found, (result, status), "{order:?}");
        }
    }
}

#[test]
fn a_final_result_stays_final_while_its_value_stays() {
    check(
        &[
            ("preliminary", "410", 1),
            ("final", "415", 2),
            ("final", "415", 3),
        ],
        "415",
        "final",
    );
}

#[test]
fn another_final_value_is_a_correction() {
    check(
        &[("final", "12.9", 1), ("final", "11.4", 2)],
        "11.4",
        "corrected",
    );
    check(
        &[
            ("final", "12.9", 1),
            ("final", "11.4", 2),
            ("final", "11.4", 3),
        ],
        "11.4",
        "corrected",
    );
    check(
        &[("final", "1", 1), ("final", "2", 2), ("final", "1", 3)],
        "1",
        "corrected",
    );
}

#[test]
fn a_corrected_result_stays_corrected() {
    check(
        &[("corrected", "118", 2), ("final", "118", 3)],
        "118",
        "corrected",
    );
}

#[test]
fn history_tells_the_final_value_and_state_before_the_correction() {
    let (_, last) = import(&[("final", "12.9", 1), ("final", "11.4", 2)]);
    let Merge::Changed(edits) = last else {
        panic!("{last:?}")
    };
    let told: Vec<_> = edits
        .iter()
        .map(|e| (e.field.name, e.before.clone(), e.after.clone()))
        .collect();
    let text = |text| Some(Value::text(text));
    assert_eq!(
        told,
        [
            ("result_text", text("12.9"), text("11.4")),
            ("result_status", text("final"), text("corrected")),
        ]
    );
}
