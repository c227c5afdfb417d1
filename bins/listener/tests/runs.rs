//! `Runs`: what is told of missing numbers, against sets of numbers.
#![cfg(test)]

use std::collections::BTreeSet;

use cistern_listener::{Gap, Runs};
use proptest::collection::vec;
use proptest::prelude::*;

/// What is believed to be missing after messages of these ids, and all that was ever told.
fn told(runs: &mut Runs, ids: impl IntoIterator<Item = String>) -> (BTreeSet<u64>, Vec<Gap>) {
    let (mut missing, mut all) = (BTreeSet::new(), Vec::new());
    for id in ids {
        let Some(gap) = runs.see("EHR", "", &id) else {
            continue;
        };
        match &gap {
            Gap::Missing(numbers) => missing.extend(numbers.first..=numbers.last),
            Gap::Late(numbers) => missing.retain(|number| *number != numbers.first),
        }
        all.push(gap);
    }
    (missing, all)
}

fn after(ids: impl IntoIterator<Item = String>) -> Vec<String> {
    let (_, all) = told(&mut Runs::default(), ids);
    let text = |gap: &Gap| match gap {
        Gap::Missing(it) => format!("{} to {} missing", it.first_id(), it.last_id()),
        Gap::Late(it) => format!("{} late", it.first_id()),
    };
    all.iter().map(text).collect()
}

fn ids(prefix: &str, numbers: impl IntoIterator<Item = u64>) -> Vec<String> {
    let numbers = numbers.into_iter();
    numbers.map(|number| format!("{prefix}{number}")).collect()
}

#[test]
fn a_gap_is_told_once_ten_numbers_have_followed() {
    let run = |steps: u64| ids("A-", (1..=steps + 1).chain([steps + 4]));
    assert_eq!(after(run(9)), [""; 0]);
    assert_eq!(after(run(10)), ["A-12 to A-13 missing"]);
}

#[test]
fn zeros_in_front_stay() {
    let padded = |number: u64| format!("HSC{number:05}");
    let late = (990..=1_001).chain([1_004, 1_002]).map(padded);
    let expected = ["HSC01002 to HSC01003 missing", "HSC01002 late"];
    assert_eq!(after(late), expected);
    let grown = ids("", (90..=101).filter(|number| *number != 100));
    assert_eq!(
        after([ids("", 70..90), grown].concat()),
        ["100 to 100 missing"]
    );
}

#[test]
fn a_sender_may_begin_anew() {
    let again = |prefix, first| ids(prefix, first..first + 12);
    let gap = |prefix, first| ids(prefix, [first + 14]);
    for (before, then, first) in [("A", "A", 1), ("A", "B", 1), ("A", "A", 900_417)] {
        let stream = [ids(before, 500..520), again(then, first), gap(then, first)];
        let (low, high) = (first + 12, first + 13);
        let expected = format!("{then}{low} to {then}{high} missing");
        assert_eq!(
            after(stream.concat()),
            [expected],
            "{before} {then} {first}"
        );
    }
}

#[test]
fn whose_messages_overtake_each_other_is_still_believed() {
    let block = |n: u64| [1, 2, 3, 4, 6, 5].map(|place| n * 6 + place);
    let stream = (0..4).flat_map(|n| n * 6 + 1..n * 6 + 7);
    let stream = stream.chain((4..40).flat_map(block)).chain([250]);
    let told = after(ids("A", stream));
    let swaps = (4..40).flat_map(|n| {
        let number = n * 6 + 5;
        [
            format!("A{number} to A{number} missing"),
            format!("A{number} late"),
        ]
    });
    let expected = swaps.chain(["A241 to A249 missing".to_owned()]);
    assert_eq!(told, expected.collect::<Vec<_>>());
}

#[test]
fn what_was_missing_before_a_new_beginning_does_not_come_late_after_it() {
    let stream = (1..=20).chain([25]).chain(1..=30);
    assert_eq!(after(ids("A", stream)), ["A21 to A24 missing"]);
}

#[test]
fn the_day_in_a_number_is_no_gap() {
    let day = |day: u64| ids("", (1..=40).map(|n| 20_260_300_000 + day * 1_000 + n));
    assert_eq!(after((1..20).flat_map(day)), [""; 0]);
    let short = |day: u64| ids("", (1..=300).map(|n| 260_300_000 + day * 1_000 + n));
    assert_eq!(after((1..20).flat_map(short)), [""; 0]);
}

#[test]
fn whoever_does_not_count_is_not_spoken_of() {
    let streams = [
        ("constant", ids("A", [7; 200])),
        ("steps of two", ids("A", (0..400).step_by(2))),
        (
            "every third not ours",
            ids("A", (0..600).filter(|n| n % 3 > 0)),
        ),
        (
            "no digits",
            ids("A", 0..200).iter().map(|id| format!("{id}x")).collect(),
        ),
        (
            "two in turn",
            (0..200).flat_map(|n| ids("A", [n, 900_000 + n])).collect(),
        ),
        ("downwards", ids("A", (0..200).rev())),
        ("too long", ids(&"A".repeat(100), (0..100).chain([105]))),
    ];
    for (name, stream) in streams {
        assert_eq!(after(stream), [""; 0], "{name}");
    }
}

#[test]
fn a_number_goes_before_an_id_where_it_counts() {
    let mut runs = Runs::default();
    for number in 1..=20 {
        assert_eq!(
            runs.see("EHR", &number.to_string(), &format!("{:x}", number * 7_919)),
            None
        );
    }
    let gap = runs.see("EHR", "23", "x");
    assert!(matches!(gap, Some(Gap::Missing(it)) if (it.first, it.last) == (21, 22)));
    // Each sender has numbers of its own.
    assert_eq!(runs.see("LAB", "40", "y"), None);
}

#[test]
fn a_repeat_fills_and_goes_on_but_is_no_sign_of_a_new_beginning() {
    let mut runs = Runs::default();
    for id in ids("A", 100..120) {
        assert_eq!(runs.see("EHR", "", &id), None);
    }
    for id in ids("A", 105..118) {
        assert_eq!(runs.see_again("EHR", "", &id), None);
    }
    assert_eq!(runs.see_again("EHR", "", "A120"), None);
    assert!(matches!(runs.see("EHR", "", "A122"), Some(Gap::Missing(it)) if it.count() == 1));
    assert!(matches!(
        runs.see_again("EHR", "", "A121"),
        Some(Gap::Late(_))
    ));
    assert_eq!(runs.see("EHR", "", "A123"), None);
}

#[test]
fn a_sender_that_is_silent_makes_room() {
    let mut runs = Runs::default();
    let see = |runs: &mut Runs, sender: &str, number: u64| {
        runs.see(sender, &number.to_string(), "").is_some()
    };
    for number in 1..=20 {
        assert!(!see(&mut runs, "first", number) && !see(&mut runs, "second", number));
    }
    for sender in 2..Runs::SENDERS_MAX {
        see(&mut runs, &sender.to_string(), 1);
    }
    assert!(!see(&mut runs, "first", 21), "seen just now");
    assert!(!see(&mut runs, "one more", 1));
    assert!(see(&mut runs, "first", 30), "still known");
    assert!(!see(&mut runs, "second", 30), "forgotten");
    assert_eq!(format!("{runs:?}"), "Runs { senders: 1024, .. }");
}

/// The numbers of a sender in the order in which they come, and those that never do: gaps of a few
/// numbers with twenty and more between them, some of which come late, so many messages later.
fn lossy() -> impl Strategy<Value = (Vec<u64>, BTreeSet<u64>)> {
    let late = prop_oneof![Just(None), (1..300_usize).prop_map(Some)];
    let gap = (20..80_u64, vec(late, 1..6));
    vec(gap, 0..20).prop_map(|gaps| {
        let (mut stream, mut never, mut next) =
            ((0..20).collect::<Vec<u64>>(), BTreeSet::new(), 20);
        let mut late = Vec::new();
        for (steps, lost) in gaps {
            stream.extend(next..next + steps);
            next += steps;
            for delay in lost {
                late.extend(delay.map(|delay| (stream.len() + delay, next)));
                never.extend(delay.is_none().then_some(next));
                next += 1;
            }
        }
        stream.extend(next..next + 400);
        for (place, number) in late.into_iter().rev() {
            stream.insert(place, number);
        }
        (stream, never)
    })
}

proptest! {
    /// What is missing in the end is what never came, however late the rest was.
    #[test]
    fn what_is_missing_is_what_never_came((stream, never) in lossy(), first in 0..10_000_u64) {
        let stream = stream.into_iter().map(|number| format!("N{}", first + number));
        let (missing, _) = told(&mut Runs::default(), stream);
        let never: BTreeSet<u64> = never.into_iter().map(|number| first + number).collect();
        prop_assert_eq!(missing, never);
    }

    /// Whose ids are drawn at random is never spoken of.
    #[test]
    fn random_ids_are_no_run(stream in vec("[A-C]?[0-9]{1,4}", 0..400)) {
        prop_assert_eq!(after(stream), [""; 0]);
    }

    /// Any text may be an id.
    #[test]
    fn no_id_is_too_odd(stream in vec((".{0,80}", ".{0,30}[0-9]{0,30}"), 0..50)) {
        let mut runs = Runs::default();
        for (number, id) in stream {
            runs.see("EHR", &number, &id);
            runs.see_again("EHR", &id, &number);
        }
    }
}
