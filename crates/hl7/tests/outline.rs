//! Segment groups. In a case each name is one segment, MSH stands before at place 0, and what a
//! name means is written as places.
#![cfg(test)]

use cistern_hl7::{Message, Outline, Segment};
use proptest::prelude::*;

fn text(segments: &str) -> String {
    let lines = segments
        .split_whitespace()
        .map(|name| format!("{name}|1\r"));
    format!("MSH|^~\\&|LAB\r{}", lines.collect::<String>())
}

fn places<'a>(segments: impl Iterator<Item = Segment<'a>>) -> Vec<usize> {
    segments.map(Segment::position).collect()
}

/// Checks what names mean from a place.
fn means(segments: &str, at: usize, cases: &[(&str, &[usize])]) {
    let text = text(segments);
    let message = Message::parse(text.as_bytes()).unwrap();
    let outline = Outline::of(&message);
    let own = message.segment_at(at).unwrap();
    for (name, expected) in cases {
        let found = places(outline.in_scope(own, name));
        assert_eq!(found, *expected, "{name} from {at} of {segments}");
    }
}

/// Checks what stands under a place.
fn holds(segments: &str, at: usize, cases: &[(&str, &[usize])]) {
    let text = text(segments);
    let message = Message::parse(text.as_bytes()).unwrap();
    let outline = Outline::of(&message);
    let own = message.segment_at(at).unwrap();
    for (name, expected) in cases {
        let found = places(outline.under(own, name));
        assert_eq!(found, *expected, "{name} under {at} of {segments}");
    }
}

#[test]
fn an_order_holds_its_observations_and_these_their_notes() {
    //              1   2   3   4   5   6   7   8   9   10  11
    let segments = "PID PV1 ORC OBR NTE OBX NTE NTE OBX OBR OBX";
    holds(
        segments,
        1,
        &[
            ("PID", &[]),
            ("PV1", &[2]),
            ("OBR", &[4, 10]),
            ("OBX", &[6, 9, 11]),
            ("NTE", &[]),
        ],
    );
    holds(segments, 3, &[("OBR", &[4]), ("OBX", &[6, 9])]);
    holds(
        segments,
        4,
        &[("OBX", &[6, 9]), ("NTE", &[5]), ("PID", &[]), ("ORC", &[])],
    );
    holds(segments, 6, &[("NTE", &[7, 8]), ("OBX", &[]), ("OBR", &[])]);
    holds(segments, 9, &[("NTE", &[])]);
    holds(segments, 10, &[("OBX", &[11])]);
}

#[test]
fn a_patient_holds_nothing_of_the_next() {
    //              1   2   3   4   5   6   7   8   9
    let segments = "PID PV1 OBR OBX PID OBR OBX NTE PV1";
    holds(segments, 1, &[("PV1", &[2]), ("OBX", &[4])]);
    holds(segments, 5, &[("PV1", &[9]), ("OBX", &[7])]);
    holds(segments, 3, &[("OBX", &[4])]);
    holds(segments, 7, &[("NTE", &[8])]);
}

#[test]
fn other_groups_of_the_standard() {
    //              1   2   3   4   5   6   7   8   9
    let segments = "PID IN1 IN2 IN3 IN1 FT1 PR1 PR1 FT1";
    holds(segments, 2, &[("IN2", &[3]), ("IN3", &[4])]);
    holds(segments, 5, &[("IN2", &[])]);
    holds(segments, 6, &[("PR1", &[7, 8])]);
    holds(segments, 9, &[("PR1", &[])]);
    //              1   2   3   4   5   6   7   8
    let segments = "PID ORC RXA RXR OBX ORC RXA OBX";
    holds(segments, 2, &[("RXA", &[3]), ("OBX", &[5])]);
    holds(segments, 3, &[("RXR", &[4]), ("OBX", &[5])]);
    holds(segments, 7, &[("RXR", &[]), ("OBX", &[8])]);
}

#[test]
fn a_treatment_holds_its_routes_and_components() {
    //              1   2   3   4   5   6   7   8   9   10  11  12  13
    let segments = "PID ORC RXO RXR RXC RXE RXR RXC RXC RXD RXR ORC RXE";
    holds(
        segments,
        2,
        &[
            ("RXO", &[3]),
            ("RXE", &[6]),
            ("RXD", &[10]),
            ("RXR", &[4, 7, 11]),
            ("RXC", &[5, 8, 9]),
            ("RXG", &[]),
        ],
    );
    holds(segments, 3, &[("RXR", &[4]), ("RXC", &[5])]);
    holds(segments, 6, &[("RXR", &[7]), ("RXC", &[8, 9])]);
    holds(segments, 10, &[("RXR", &[11]), ("RXC", &[])]);
    holds(segments, 13, &[("RXR", &[])]);
    means(
        segments,
        11,
        &[("RXD", &[10]), ("RXE", &[6]), ("ORC", &[2])],
    );
    means(segments, 13, &[("RXO", &[]), ("RXD", &[]), ("ORC", &[12])]);
    //              1   2   3   4   5   6   7   8
    let segments = "PID RXO RXE RXA RXR RXA OBX RXE";
    holds(segments, 4, &[("RXR", &[5]), ("OBX", &[])]);
    means(segments, 4, &[("RXE", &[3]), ("RXO", &[2])]);
    means(segments, 7, &[("RXA", &[6]), ("RXE", &[])]);
    means(segments, 8, &[("RXA", &[])]);
    //              1   2   3   4   5   6
    let segments = "PID ORC RXG RXR RXG RXR";
    holds(segments, 2, &[("RXG", &[3, 5])]);
    holds(segments, 3, &[("RXR", &[4])]);
    holds(segments, 5, &[("RXR", &[6])]);
}

#[test]
fn charges_and_diagnoses_follow_their_orders_or_lead_them() {
    //              1   2   3   4   5   6   7   8   9   10
    let segments = "PID DG1 ORC OBR DG1 FT1 ORC OBR FT1 PR1";
    holds(segments, 1, &[("DG1", &[2, 5]), ("FT1", &[6, 9])]);
    holds(segments, 3, &[("DG1", &[5]), ("FT1", &[6])]);
    holds(segments, 4, &[("DG1", &[5]), ("FT1", &[6])]);
    holds(segments, 7, &[("DG1", &[]), ("FT1", &[9])]);
    means(segments, 8, &[("DG1", &[2]), ("FT1", &[9])]);
    //              1   2   3   4   5   6   7
    let segments = "PID FT1 ORC OBR FT1 ORC OBR";
    holds(segments, 1, &[("FT1", &[2, 5])]);
    holds(segments, 3, &[("FT1", &[])]);
    means(segments, 3, &[("FT1", &[2])]);
    means(segments, 4, &[("FT1", &[2])]);
    means(segments, 7, &[("FT1", &[5])]);
    holds(
        "PID ROL PV1 ROL ACC PID ACC",
        1,
        &[("ROL", &[2, 4]), ("ACC", &[5])],
    );
}

#[test]
fn the_diagnoses_of_a_patient_are_meant_in_orders_without_their_own() {
    //              1   2   3   4   5
    let segments = "PID DG1 ORC OBR OBX";
    for at in 3..=5 {
        means(segments, at, &[("DG1", &[2])]);
    }
    holds(segments, 3, &[("DG1", &[])]);
    //              1   2   3   4   5   6   7   8   9   10
    let segments = "PID DG1 ORC OBR OBX DG1 ORC OBR OBX FT1";
    for at in [3, 4, 5] {
        means(segments, at, &[("DG1", &[6]), ("FT1", &[])]);
    }
    for at in [7, 8, 9, 10] {
        means(segments, at, &[("DG1", &[2]), ("FT1", &[10])]);
    }
    //              1   2   3   4   5   6   7
    let segments = "ORC OBR DG1 FT1 ORC OBR OBX";
    for at in [5, 6, 7] {
        means(segments, at, &[("DG1", &[]), ("FT1", &[])]);
    }
    means("PID DG1 PID ORC OBR", 5, &[("DG1", &[])]);
    means("PID SPM SPM DG1 OBR SPM OBR", 7, &[("DG1", &[4])]);
}

#[test]
fn several_administrations_are_of_one_order() {
    //              1   2   3   4   5   6   7   8   9   10
    let segments = "PID ORC RXO RXE RXA RXA RXR OBX ORC RXA";
    holds(
        segments,
        2,
        &[("RXA", &[5, 6]), ("RXR", &[7]), ("OBX", &[8])],
    );
    holds(segments, 5, &[("RXR", &[]), ("OBX", &[])]);
    holds(segments, 6, &[("RXR", &[7]), ("OBX", &[8])]);
    means(segments, 6, &[("ORC", &[2]), ("RXE", &[4])]);
    means(segments, 8, &[("ORC", &[2]), ("RXA", &[6])]);
    means(segments, 10, &[("ORC", &[9]), ("RXE", &[])]);
    //              1   2   3   4   5   6
    let segments = "PID ORC RXA OBR RXA RXA";
    holds(segments, 2, &[("RXA", &[3])]);
    means(segments, 5, &[("OBR", &[]), ("ORC", &[])]);
    means(segments, 6, &[("RXA", &[6]), ("OBR", &[])]);
}

#[test]
fn a_treatment_lends_nothing_to_the_next() {
    //              1   2   3   4   5   6   7
    let segments = "ORC RXE RXR ORC RXE RXR OBX";
    for at in [1, 2, 3] {
        means(segments, at, &[("OBX", &[])]);
    }
    means(segments, 5, &[("OBX", &[7]), ("RXR", &[6])]);
    //              1   2   3   4   5   6   7
    let segments = "PID ORC RXE RXD RXR OBX RXD";
    holds(
        segments,
        2,
        &[("RXD", &[4, 7]), ("RXR", &[5]), ("OBX", &[6])],
    );
    means(segments, 3, &[("OBX", &[])]);
    means(segments, 4, &[("OBX", &[6]), ("RXR", &[5])]);
    means(segments, 7, &[("OBX", &[]), ("RXR", &[]), ("RXE", &[3])]);
    means("PID ORC OBR OBX ORC TQ1 OBR", 6, &[("OBX", &[])]);
}

#[test]
fn an_appointment_holds_its_resources() {
    //              1   2   3   4   5   6   7   8   9   10  11  12
    let segments = "SCH NTE PID PV1 RGS AIS NTE AIP AIL RGS AIG PID";
    holds(
        segments,
        1,
        &[("RGS", &[5, 10]), ("NTE", &[2]), ("AIS", &[])],
    );
    holds(
        segments,
        5,
        &[("AIS", &[6]), ("AIP", &[8]), ("AIL", &[9]), ("AIG", &[])],
    );
    holds(segments, 6, &[("NTE", &[7])]);
    holds(segments, 10, &[("AIS", &[]), ("AIG", &[11])]);
    means(
        segments,
        11,
        &[
            ("RGS", &[10]),
            ("PID", &[3]),
            ("SCH", &[1]),
            ("AIP", &[]),
            ("AIS", &[]),
        ],
    );
    means(segments, 6, &[("AIP", &[8]), ("AIG", &[]), ("RGS", &[5])]);
}

#[test]
fn specimens_hold_orders_or_orders_specimens() {
    //              1   2   3   4   5   6   7   8
    let segments = "PID OBR OBX SPM OBX OBR OBX SPM";
    holds(segments, 2, &[("OBX", &[3, 5]), ("SPM", &[4])]);
    holds(segments, 4, &[("OBX", &[5]), ("OBR", &[])]);
    holds(segments, 6, &[("SPM", &[8])]);
    //              1   2   3   4   5   6   7   8   9   10
    let segments = "PID SPM SAC OBX OBR OBX SPM OBR OBX OBR";
    holds(
        segments,
        2,
        &[("SAC", &[3]), ("OBR", &[5]), ("OBX", &[4, 6])],
    );
    holds(
        segments,
        7,
        &[("SAC", &[]), ("OBR", &[8, 10]), ("OBX", &[9])],
    );
    holds(segments, 5, &[("OBX", &[6]), ("SPM", &[])]);
}

#[test]
fn an_observation_sees_its_own_order_and_patient() {
    //              1   2   3   4   5   6   7   8   9   10  11
    let segments = "PID PV1 ORC OBR NTE OBX NTE NTE OBX OBR OBX";
    means(
        segments,
        6,
        &[
            ("OBX", &[6]),
            ("OBR", &[4]),
            ("ORC", &[3]),
            ("NTE", &[7, 8]),
            ("PV1", &[2]),
            ("PID", &[1]),
            ("MSH", &[0]),
            ("ZXX", &[]),
        ],
    );
    means(segments, 9, &[("OBX", &[9]), ("OBR", &[4]), ("NTE", &[])]);
    // The second OBR has no ORC, and does not borrow the first one's.
    means(segments, 11, &[("OBR", &[10]), ("ORC", &[]), ("PV1", &[2])]);
    means(
        segments,
        4,
        &[("OBX", &[6, 9]), ("NTE", &[5]), ("ORC", &[3])],
    );
}

#[test]
fn the_second_patient_borrows_nothing_from_the_first() {
    //              1   2   3   4   5   6   7
    let segments = "PID PV1 OBR OBX PID OBR OBX";
    means(
        segments,
        7,
        &[("PID", &[5]), ("PV1", &[]), ("OBR", &[6]), ("MSH", &[0])],
    );
    means(segments, 4, &[("PID", &[1]), ("PV1", &[2]), ("OBR", &[3])]);
}

#[test]
fn an_observation_outside_an_order_has_none() {
    means("PID OBX ORC OBR OBX", 2, &[("OBR", &[]), ("ORC", &[])]);
    //     1   2   3   4   5   6   7
    means(
        "PID SPM OBR OBX SPM OBX OBR",
        6,
        &[("OBR", &[]), ("SPM", &[5])],
    );
}

#[test]
fn timing_may_stand_before_its_order_or_after() {
    //              1   2   3   4   5   6   7
    let segments = "PID ORC TQ1 OBR ORC OBR TQ1";
    means(segments, 4, &[("TQ1", &[3])]);
    means(segments, 6, &[("TQ1", &[7])]);
    means("PID ORC TQ1 OBR ORC OBR", 6, &[("TQ1", &[])]);
}

#[test]
fn a_specimen_follows_its_order_in_oru() {
    //              1   2   3   4   5   6   7   8   9
    let segments = "PID OBR OBX OBX SPM OBR OBX SPM OBX";
    means(segments, 3, &[("SPM", &[5])]);
    means(segments, 4, &[("SPM", &[5])]);
    means(segments, 5, &[("OBR", &[2])]);
    means(segments, 7, &[("SPM", &[8])]);
    means(segments, 9, &[("SPM", &[8])]);
    means(segments, 2, &[("SPM", &[5]), ("OBX", &[3, 4])]);
    means("PID OBR OBX OBR OBX SPM", 3, &[("SPM", &[])]);
}

#[test]
fn a_specimen_leads_its_orders_in_oul() {
    //              1   2   3   4   5   6   7   8   9
    let segments = "PID SPM OBR OBX SPM OBR OBX OBR OBX";
    means(segments, 4, &[("SPM", &[2]), ("OBR", &[3])]);
    means(segments, 7, &[("SPM", &[5]), ("OBR", &[6])]);
    means(segments, 9, &[("SPM", &[5]), ("OBR", &[8])]);
    means(segments, 3, &[("OBX", &[4]), ("SPM", &[2])]);
    means("PID SPM SAC OBR SPM OBR", 5, &[("SAC", &[])]);
}

#[test]
fn other_segments_mean_the_nearest_else_the_first_of_the_patient() {
    //              1   2   3   4   5   6   7
    let segments = "EVN PID IN1 IN2 IN1 DG1 ZPI";
    means(segments, 3, &[("IN2", &[4]), ("EVN", &[1]), ("ZPI", &[7])]);
    means(segments, 5, &[("IN2", &[]), ("DG1", &[6])]);
    means(segments, 6, &[("IN1", &[5]), ("PID", &[2])]);
}

#[test]
fn patients_names_and_paths_of_the_whole_message() {
    let text = text("PID OBX PID OBX OBX");
    let message = Message::parse(text.as_bytes()).unwrap();
    let outline = Outline::of(&message);
    assert_eq!(places(outline.patients()), [1, 3]);
    assert_eq!(places(outline.named("OBX")), [2, 4, 5]);
    assert_eq!(places(outline.named("ZXX")), [0; 0]);
    let names: Vec<String> = message
        .segments()
        .map(|segment| outline.name(segment))
        .collect();
    assert_eq!(names, ["MSH", "PID", "OBX", "PID[2]", "OBX[2]", "OBX[3]"]);
    assert_eq!(format!("{outline:?}"), "Outline(6 segments, 2 patients)");
}

#[test]
fn a_line_that_is_no_segment_is_called_by_its_place() {
    let text = b"MSH|^~\\&|LAB\rOBX|1|FT|||Seen by\rOkonkwo\r\rAda|1\r1AB|\rOBX|2";
    let message = Message::parse(text).unwrap();
    let outline = Outline::of(&message);
    let names: Vec<String> = message
        .segments()
        .map(|segment| outline.name(segment))
        .collect();
    let expected = [
        "MSH",
        "OBX",
        "segment 3",
        "segment 4",
        "segment 5",
        "OBX[2]",
    ];
    assert_eq!(names, expected);
}

#[test]
fn a_message_without_patients_has_orders() {
    let segments = "MSA OBR OBX OBR OBX";
    holds(segments, 2, &[("OBX", &[3])]);
    means(segments, 5, &[("OBR", &[4]), ("MSA", &[1]), ("PID", &[])]);
}

#[test]
fn names_that_can_be_several() {
    for (name, each, expected) in [
        ("NTE", "OBX", true),
        ("SPM", "OBX", true),
        ("OBX", "OBR", true),
        ("RXR", "RXE", true),
        ("RXE", "RXR", false),
        ("OBX", "OBX", false),
        ("NTE", "NTE", false),
        ("OBR", "OBX", false),
        ("PID", "OBX", false),
    ] {
        assert_eq!(
            Outline::can_be_several(name, each),
            expected,
            "{name} of {each}"
        );
    }
}

/// The OBX after an OBR, read one by one up to what ends the order.
fn observations(names: &[&str], obr: usize) -> Vec<usize> {
    let after = names.iter().enumerate().skip(obr + 1);
    after
        .take_while(|(_, name)| !["PID", "ORC", "OBR"].contains(name))
        .filter(|(_, name)| **name == "OBX")
        .map(|(place, _)| place)
        .collect()
}

/// The place of the PID before, or the start.
fn patient(names: &[&str], place: usize) -> usize {
    let mut before = names.iter().take(place + 1);
    before.rposition(|name| *name == "PID").unwrap_or(0)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn orders_hold_what_a_reader_finds_after_them(
        names in prop::collection::vec(prop::sample::select(vec!["PID", "PV1", "ORC", "OBR", "OBX", "NTE"]), 0..40),
    ) {
        let text = text(&names.join(" "));
        let message = Message::parse(text.as_bytes()).unwrap();
        let outline = Outline::of(&message);
        let names = [&["MSH"], &names[..]].concat();
        for obr in message.segments_named("OBR") {
            let expected = observations(&names, obr.position());
            prop_assert_eq!(places(outline.under(obr, "OBX")), expected.clone());
            for obx in outline.under(obr, "OBX") {
                prop_assert_eq!(places(outline.in_scope(obx, "OBR")), [obr.position()]);
            }
        }
    }

    #[test]
    fn nothing_is_borrowed_from_another_patient(
        names in prop::collection::vec(
            prop::sample::select(vec![
                "PID", "PV1", "ORC", "OBR", "OBX", "NTE", "SPM", "SAC", "IN1", "IN2", "ZPI", "RXE",
                "RXR", "RXA", "FT1", "DG1", "RGS", "AIS",
            ]),
            0..40,
        ),
    ) {
        let text = text(&names.join(" "));
        let message = Message::parse(text.as_bytes()).unwrap();
        let outline = Outline::of(&message);
        let names = [&["MSH"], &names[..]].concat();
        for segment in message.segments() {
            let own = patient(&names, segment.position());
            for name in &names {
                for found in outline.in_scope(segment, name) {
                    let theirs = patient(&names, found.position());
                    prop_assert!(theirs == own || theirs == 0, "{name} of {segment:?}");
                }
                for found in outline.under(segment, name) {
                    prop_assert!(found.position() > segment.position());
                    prop_assert_eq!(patient(&names, found.position()), own);
                }
            }
        }
    }
}
