//! What the messages tell is plausible: results in themselves, and one message after the other.

use std::collections::{BTreeMap, HashMap};

use cistern_simulator::Plan;
use hl7::{Message, Path, Segment, path};

use crate::{first, plan};

fn only(types: &[&str]) -> Plan {
    Plan {
        types: types.iter().map(|name| name.parse().unwrap()).collect(),
        ..plan(3)
    }
}

fn text(message: &Message<'_>, path: &Path) -> String {
    let value = message.get(path).value();
    value.map_or_else(String::new, |value| raw(value.raw()))
}

fn raw(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn field(segment: Segment<'_>, number: usize) -> String {
    segment
        .field(number)
        .map_or_else(String::new, |field| raw(field.raw()))
}

#[test]
fn a_number_is_flagged_by_its_range_and_falls_on_both_sides_of_it() {
    let mut flags: BTreeMap<String, BTreeMap<String, u32>> = BTreeMap::new();
    for bytes in first(&only(&["ORU"]), 0, 2000) {
        let message = Message::parse(&bytes).unwrap();
        for result in message.segments_named("OBX") {
            let range = field(result, 7);
            let Some((low, high)) = range.split_once('-') else {
                continue;
            };
            let [value, low, high] = [&field(result, 5), low, high].map(str::parse::<f64>);
            let (value, low, high) = (value.unwrap(), low.unwrap(), high.unwrap());
            let expected = match value {
                value if value < low => "L",
                value if value > high => "H",
                _ => "N",
            };
            assert_eq!(field(result, 8), expected, "{value} in {range}");
            let flags = flags.entry(field(result, 3)).or_default();
            *flags.entry(expected.to_owned()).or_default() += 1;
        }
    }
    assert_eq!(flags.len(), 15);
    for (result, flags) in flags {
        assert_eq!(flags.len(), 3, "{result}: {flags:?}");
    }
}

#[test]
fn a_viral_load_and_its_logarithm_are_of_one_number() {
    let mut comparators: BTreeMap<String, u32> = BTreeMap::new();
    for bytes in first(&only(&["ORU"]), 0, 2000) {
        let message = Message::parse(&bytes).unwrap();
        if text(&message, &path!("OBR-4.1")) != "HIVVL" {
            continue;
        }
        let comparator = text(&message, &path!("OBX[1]-5.1"));
        let copies: u32 = text(&message, &path!("OBX[1]-5.2")).parse().unwrap();
        let expected = format!("{comparator}^{:.2}", f64::from(copies).log10());
        let logarithm = message.segments_named("OBX").nth(1).unwrap();
        assert_eq!(field(logarithm, 5), expected);
        let is_at_its_end = match &*comparator {
            "<" => copies == 20,
            ">" => copies == 10_000_000,
            _ => (20..10_000_000).contains(&copies),
        };
        assert!(is_at_its_end, "{comparator}{copies}");
        *comparators.entry(comparator).or_default() += 1;
    }
    assert_eq!(comparators.keys().collect::<Vec<_>>(), ["<", "=", ">"]);
}

#[test]
fn a_preliminary_result_is_final_before_the_client_has_another() {
    let mut preliminary: HashMap<String, String> = HashMap::new();
    for bytes in first(&only(&["ORU"]), 0, 2000) {
        let message = Message::parse(&bytes).unwrap();
        let client = text(&message, &path!("PID-3.1"));
        let order = text(&message, &path!("OBR-3.1"));
        let status = text(&message, &path!("OBR-25"));
        if let Some(awaited) = preliminary.remove(&client) {
            assert_eq!((&order, &*status), (&awaited, "F"));
        }
        if status == "P" {
            preliminary.insert(client, order);
        }
    }
    assert!(preliminary.len() <= 8, "{}", preliminary.len());
}

/// The events of each order, visit or appointment: client, its number, and what was told of it.
fn courses(plan: &Plan, number: &Path) -> Vec<(String, String, String)> {
    let mut courses: Vec<(String, String, String)> = Vec::new();
    for bytes in first(plan, 0, 2000) {
        let message = Message::parse(&bytes).unwrap();
        let client = text(&message, &path!("PID-3.1"));
        let number = text(&message, number);
        let event = raw(message.header().trigger_event());
        let known = courses.iter_mut().rev().find(|known| known.0 == client);
        match known {
            Some(known) if known.1 == number => known.2.push_str(&event),
            _ => courses.push((client, number, event)),
        }
    }
    courses
}

#[test]
fn a_client_is_discharged_from_where_it_was_admitted() {
    let plan = only(&["ADT^A01", "ADT^A03"]);
    let stays = courses(&plan, &path!("PV1-19.1"));
    assert!(stays.len() > 900, "{}", stays.len());
    let unfinished = stays
        .iter()
        .filter(|(_, _, events)| events == "A01")
        .count();
    assert!(unfinished <= 10, "one of each client");
    let others = stays.iter().filter(|(_, _, events)| events != "A01");
    for (_, number, events) in others {
        assert_eq!(events, "A01A03", "{number}");
    }
}

#[test]
fn an_appointment_is_booked_first_and_over_at_its_end() {
    let appointments = courses(&only(&["SIU"]), &path!("SCH-1.1"));
    let mut clients: HashMap<&String, &str> = HashMap::new();
    for (client, number, events) in &appointments {
        let after_booking = events.strip_prefix("S12");
        let last = after_booking.unwrap_or_else(|| panic!("{number}: {events}"));
        let last = last.replace("S13", "");
        assert!(["", "S14", "S15", "S26"].contains(&&*last), "{events}");
        let before = clients.insert(client, events);
        let is_over =
            before.is_none_or(|events| !events.ends_with("S12") && !events.ends_with("S13"));
        assert!(is_over, "{number} before the one before is over");
    }
    let ends = ["S14", "S15", "S26"].map(|end| {
        let ended = appointments
            .iter()
            .filter(|(_, _, events)| events.ends_with(end));
        ended.count() > 50
    });
    assert_eq!(ends, [true; 3]);
}

#[test]
fn what_is_called_off_adds_nothing_and_a_length_is_one() {
    let mut actions: BTreeMap<String, String> = BTreeMap::new();
    for bytes in first(&only(&["SIU"]), 0, 500) {
        let message = Message::parse(&bytes).unwrap();
        let groups = message.segments().filter(|segment| {
            ["RGS", "AIS", "AIL", "AIP"]
                .iter()
                .any(|name| segment.is(name))
        });
        let event = raw(message.header().trigger_event());
        let told: String = groups.map(|segment| field(segment, 2)).collect();
        assert_eq!(actions.entry(event).or_insert_with(|| told.clone()), &told);
        let minutes = ["SCH-9", "AIS-7"].map(|place| text(&message, &place.parse().unwrap()));
        assert_eq!(minutes[0], minutes[1]);
    }
    let expected = [
        ("S12", "AAAA"),
        ("S13", "UUUU"),
        ("S14", "UUUU"),
        ("S15", "DDDD"),
        ("S26", "UUUU"),
    ];
    let expected = expected.map(|(event, actions)| (event.to_owned(), actions.to_owned()));
    assert_eq!(actions, BTreeMap::from(expected));
}
