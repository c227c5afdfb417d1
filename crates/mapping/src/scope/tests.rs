//! Every line of a case is one segment; what a name means is written as their places.

use hl7::Message;

use super::{Outline, can_follow};

fn message(segments: &str) -> String {
    let mut text = String::from("MSH|^~\\&|LAB\r");
    for name in segments.split_whitespace() {
        text.push_str(name);
        text.push_str("|1\r");
    }
    text
}

fn check(segments: &str, at: usize, cases: &[(&str, &[usize])]) {
    let text = message(segments);
    let message = Message::parse(text.as_bytes()).unwrap();
    let outline = Outline::new(&message);
    for (name, expected) in cases {
        assert_eq!(
            outline.in_scope(Some(at), name),
            *expected,
            "{name} from {at} of {segments}"
        );
    }
}

#[test]
fn an_observation_sees_its_own_order_and_patient() {
    // 0 MSH, then:    1   2   3   4   5   6   7   8   9   10  11
    let segments = "PID PV1 ORC OBR NTE OBX NTE NTE OBX OBR OBX";
    check(
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
    check(segments, 9, &[("OBX", &[9]), ("OBR", &[4]), ("NTE", &[])]);
    // The second OBR has no ORC, and does not borrow the first one's.
    check(segments, 11, &[("OBR", &[10]), ("ORC", &[]), ("PV1", &[2])]);
    check(
        segments,
        4,
        &[("OBX", &[6, 9]), ("NTE", &[5]), ("ORC", &[3])],
    );
}

#[test]
fn the_second_patient_borrows_nothing_from_the_first() {
    // 1 PID 2 PV1 3 OBR 4 OBX 5 PID 6 OBR 7 OBX
    let segments = "PID PV1 OBR OBX PID OBR OBX";
    check(
        segments,
        7,
        &[("PID", &[5]), ("PV1", &[]), ("OBR", &[6]), ("MSH", &[0])],
    );
    check(segments, 4, &[("PID", &[1]), ("PV1", &[2]), ("OBR", &[3])]);
}

#[test]
fn a_specimen_follows_its_order_in_oru() {
    // 1 PID 2 OBR 3 OBX 4 OBX 5 SPM 6 OBR 7 OBX 8 SPM 9 OBX
    let segments = "PID OBR OBX OBX SPM OBR OBX SPM OBX";
    check(segments, 3, &[("SPM", &[5])]);
    check(segments, 4, &[("SPM", &[5])]);
    check(segments, 7, &[("SPM", &[8])]);
    check(segments, 9, &[("SPM", &[8])]);
    check(segments, 2, &[("SPM", &[5]), ("OBX", &[3, 4])]);
    check("PID OBR OBX OBR OBX SPM", 3, &[("SPM", &[])]);
}

#[test]
fn a_specimen_leads_its_orders_in_oul() {
    // 1 PID 2 SPM 3 OBR 4 OBX 5 SPM 6 OBR 7 OBX 8 OBR 9 OBX
    let segments = "PID SPM OBR OBX SPM OBR OBX OBR OBX";
    check(segments, 4, &[("SPM", &[2]), ("OBR", &[3])]);
    check(segments, 7, &[("SPM", &[5]), ("OBR", &[6])]);
    check(segments, 9, &[("SPM", &[5]), ("OBR", &[8])]);
    check(segments, 3, &[("OBX", &[4]), ("SPM", &[2])]);
}

#[test]
fn other_segments_mean_the_nearest_else_the_first_of_the_patient() {
    // 1 EVN 2 PID 3 IN1 4 IN2 5 IN1 6 DG1 7 ZPI
    let segments = "EVN PID IN1 IN2 IN1 DG1 ZPI";
    check(segments, 3, &[("IN2", &[4]), ("EVN", &[1]), ("ZPI", &[7])]);
    check(segments, 5, &[("IN2", &[]), ("DG1", &[6])]);
    check(segments, 6, &[("IN1", &[5]), ("PID", &[2])]);
}

#[test]
fn the_whole_message_is_in_scope_without_each() {
    let text = message("PID OBX OBX");
    let message = Message::parse(text.as_bytes()).unwrap();
    assert_eq!(Outline::new(&message).in_scope(None, "OBX"), [2, 3]);
}

#[test]
fn names_that_can_follow_may_be_counted() {
    assert!(can_follow("OBX", "NTE"));
    assert!(can_follow("OBX", "SPM"));
    assert!(can_follow("OBR", "OBX"));
    assert!(!can_follow("OBX", "OBX"));
    assert!(!can_follow("OBX", "OBR"));
}
