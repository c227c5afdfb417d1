//! The life cycle of a result: provisional, settled, corrected, withdrawn, in any order of arrival.
#![cfg(test)]

use cistern_care::{Change, Merge, Record, Stamp, Value, merge, record_type};
use proptest::prelude::*;
use proptest::sample::select;

/// A lab message: its status, its result (empty: none) and the time it speaks of.
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
            if !value.is_empty() {
                change.set(lab.field(field).unwrap(), Value::text(value), "OBX");
            }
        }
        let tier = u8::from(*status != "preliminary");
        let stamp = Stamp {
            tier,
            as_of: *as_of,
            message_id: *as_of,
        };
        last = merge(&mut stored, &change, stamp);
    }
    (stored.unwrap(), last)
}

/// Every order of the messages ends in the same result and status.
fn check(messages: &[Said], result: &str, status: &str) {
    for order in permutations(messages) {
        let (record, _) = import(&order);
        let found = (record.text("result_text"), record.status());
        assert_eq!(found, (result, status), "{order:?}");
    }
}

fn permutations(messages: &[Said]) -> Vec<Vec<Said>> {
    let Some((first, rest)) = messages.split_first() else {
        return vec![Vec::new()];
    };
    let mut all = Vec::new();
    for order in permutations(rest) {
        for place in 0..=order.len() {
            let mut longer = order.clone();
            longer.insert(place, *first);
            all.push(longer);
        }
    }
    all
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
    check(
        &[
            ("corrected", "118", 1),
            ("withdrawn", "", 2),
            ("final", "118", 3),
        ],
        "118",
        "corrected",
    );
    check(
        &[
            ("final", "12", 1),
            ("corrected", "12", 0),
            ("withdrawn", "", 2),
        ],
        "12",
        "withdrawn",
    );
}

#[test]
fn a_preliminary_value_never_becomes_that_of_a_final_result() {
    let confirmed = [
        ("preliminary", "410", 20),
        ("final", "", 25),
        ("preliminary", "999", 30),
    ];
    let (record, last) = import(&confirmed);
    assert_eq!(
        (record.text("result_text"), record.status()),
        ("410", "final")
    );
    assert_eq!(last, Merge::Late);
    let overtaken = [("preliminary", "999", 30), ("final", "", 25)];
    check(&overtaken, "", "final");
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

fn said() -> impl Strategy<Value = Said> {
    let status = select(vec![
        "preliminary",
        "final",
        "corrected",
        "withdrawn",
        "not_obtained",
    ]);
    let result = select(vec!["410", "415"]);
    (status, result, 0..40_i64)
}

proptest! {
    /// With a value in every message, the order never matters.
    #[test]
    fn any_order_of_results_gives_the_same_record(
        messages in prop::collection::btree_map(0..40_i64, said(), 2..6),
        seed in any::<prop::sample::Index>(),
    ) {
        let messages: Vec<Said> =
            messages.into_iter().map(|(at, (status, result, _))| (status, result, at)).collect();
        let orders = permutations(&messages);
        let order = &orders[seed.index(orders.len())];
        let (expected, found) = (import(&messages).0, import(order).0);
        prop_assert_eq!(expected.status(), found.status(), "{:?}", order);
        prop_assert_eq!(expected.text("result_text"), found.text("result_text"), "{:?}", order);
    }
}
