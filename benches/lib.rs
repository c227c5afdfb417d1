//! What the benchmarks measure with: the messages of invented people, always the same ones.

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod mix;
mod reading;
mod turns;

use bytes::Bytes;
use tank::{Answer, Arrival, Arrived, Body, MessageKeys};

pub use mix::{delimiters_only, document, mix};
pub use reading::{every_leaf, segments, ten_fields};
pub use turns::{measuring, medians, wanted};

/// Registrations and lab reports in turn, each with a control id of its own: message `n` is about
/// person `n / 2`, who is registered first and gets six results then.
pub fn messages(count: usize) -> Vec<Vec<u8>> {
    (0..count)
        .map(|number| message(number).replace('\n', "\r").into_bytes())
        .collect()
}

fn message(number: usize) -> String {
    let person = number / 2;
    let (day, hour) = (person % 28 + 1, person % 24);
    let pid = format!(
        "PID|1||{person:07}^^^HARBOR&2.16.840.1.113883.3.9999&ISO^MR~9{person:06}^^^STATE^PI||\
         Bench{person}^Person^Q^^^^L||1980{:02}{day:02}|{}|||\
         {person} Invented Street^^Harbortown^MA^02{:03}^USA^H||(617)555-0{:03}^PRN^PH\n",
        person % 12 + 1,
        if person.is_multiple_of(2) { "F" } else { "M" },
        person % 1000,
        person % 1000,
    );
    if number.is_multiple_of(2) {
        return format!(
            "MSH|^~\\&|HARBOR_EHR|HARBOR|CISTERN|CLINIC|202605{day:02}{hour:02}0000-0400||\
             ADT^A28^ADT_A05|B{number}|P|2.5.1\nEVN|A28|202605{day:02}{hour:02}0000-0400\n{pid}\
             PV1|1|O|CLINIC^ROOM1^^HARBOR||||1234567890^Doctor^Invented^^^^MD\n"
        );
    }
    format!(
        "MSH|^~\\&|QUARRY|QUARRY LABS|CISTERN|CLINIC|202605{day:02}{hour:02}3000-0400||\
         ORU^R01^ORU_R01|B{number}|P|2.5.1\n{pid}\
         OBR|1|P{number}^HARBOR|F{number}^QUARRY|PANEL^Panel of the bench^L|||\
         202605{day:02}{hour:02}0000-0400\n{}",
        observations(day, hour)
    )
}

fn observations(day: usize, hour: usize) -> String {
    let tests = [
        (
            "24467-3",
            "CD3+CD4+ (T4 helper) cells [#/volume] in Blood",
            "cells/uL",
        ),
        ("718-7", "Hemoglobin [Mass/volume] in Blood", "g/dL"),
        (
            "4544-3",
            "Hematocrit [Volume Fraction] of Blood by Automated count",
            "%",
        ),
        (
            "777-3",
            "Platelets [#/volume] in Blood by Automated count",
            "10*3/uL",
        ),
        (
            "789-8",
            "Erythrocytes [#/volume] in Blood by Automated count",
            "10*6/uL",
        ),
        (
            "6690-2",
            "Leukocytes [#/volume] in Blood by Automated count",
            "10*3/uL",
        ),
    ];
    let segment = |(place, (code, name, units)): (usize, &(&str, &str, &str))| {
        format!(
            "OBX|{}|NM|{code}^{name}^LN||{}|{units}|1-900|N|||F|||\
             202605{day:02}{hour:02}0000-0400\n",
            place + 1,
            (day * 17 + hour * 3 + place) % 800
        )
    };
    tests.iter().enumerate().map(segment).collect()
}

/// A message as the listener would hand it to the tank.
pub fn arrival(number: usize, body: Vec<u8>) -> Arrival {
    let keys = MessageKeys {
        sending_application: "HARBOR_EHR".to_owned(),
        sending_facility: "HARBOR".to_owned(),
        control_id: format!("B{number}"),
        message_code: if number.is_multiple_of(2) {
            "ADT"
        } else {
            "ORU"
        }
        .to_owned(),
        ..MessageKeys::default()
    };
    let answer = Answer {
        code: "AA".to_owned(),
        bytes: Bytes::from(vec![b'A'; 180]),
    };
    Arrival {
        feed: "bench".to_owned(),
        peer: "127.0.0.1:1".to_owned(),
        received_at: 1_780_000_000_000,
        keys,
        lane: format!("{}", number / 2),
        body: Body::new(body),
        state: Arrived::Received,
        answer,
        is_provisional: false,
        altered: None,
        reply: String::new(),
        sequence: None,
        read_as: tank::ReadAs::default(),
    }
}
