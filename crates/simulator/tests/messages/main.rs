//! The invented messages: always the same for a seed, and good HL7.
#![cfg(test)]

mod plausible;
mod segments;
mod standard;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use cistern_simulator::{ControlId, MessageType, Messages, Person, Plan};
use hl7::{Message, Presence, Profile, Segment, path};

fn plan(seed: u64) -> Plan {
    Plan {
        seed,
        clients: 10,
        ..Plan::new("nowhere:0")
    }
}

/// The first messages of a link.
fn first(plan: &Plan, link: u32, count: usize) -> Vec<Vec<u8>> {
    let mut messages = Messages::new(plan, link);
    let next = |_| {
        let mut message = Vec::new();
        messages.write_next(&mut message);
        message
    };
    (0..count).map(next).collect()
}

/// Some of each type, one after the other, with an empty line between.
fn some_of_each_type() -> Vec<u8> {
    let mut all = Vec::new();
    for kind in MessageType::all() {
        let plan = Plan {
            types: vec![kind.parse().unwrap()],
            clients: 3,
            ..plan(7)
        };
        let count = if kind.starts_with("ORU") { 12 } else { 1 };
        for message in first(&plan, 0, count) {
            all.extend(message);
            all.push(b'\r');
        }
    }
    all
}

#[test]
fn a_seed_gives_these_bytes() {
    let lines = some_of_each_type();
    let lines: Vec<u8> = lines
        .into_iter()
        .map(|byte| if byte == b'\r' { b'\n' } else { byte })
        .collect();
    testkit::golden::check("tests/messages/seed_7.txt", lines);
}

#[test]
fn another_seed_or_link_gives_others() {
    let one = first(&plan(7), 0, 200);
    assert_eq!(one, first(&plan(7), 0, 200));
    let two_links = Plan {
        links: 2,
        ..plan(7)
    };
    let others = [first(&plan(8), 0, 200), first(&two_links, 1, 200)];
    let one: HashSet<_> = one.into_iter().collect();
    assert!(
        others
            .iter()
            .flatten()
            .all(|message| !one.contains(message))
    );
}

#[test]
fn they_are_good_hl7() {
    let header = Profile::header();
    for bytes in first(&plan(3), 0, 3000) {
        let message = Message::parse(&bytes).unwrap();
        assert_eq!(header.check(&message), []);
        for segment in message.segments() {
            let name = segment.name();
            assert!(
                name.iter().all(u8::is_ascii_alphanumeric),
                "{}",
                name.escape_ascii()
            );
        }
        let charset = message.charset().unwrap();
        let family = message.get(&path!("PID-5.1")).value().unwrap();
        family.decode(charset).unwrap();
        let declared = message.get(&path!("MSH-18")) != Presence::Absent;
        assert_eq!(declared, !bytes.is_ascii(), "a charset where one is needed");
        let placeholders = bytes.escape_ascii().to_string().replace("{ratio}", "");
        assert!(!placeholders.contains(['{', '}']), "{placeholders}");
    }
}

#[test]
fn they_are_by_the_dictionary_of_their_version() {
    let mut mistakes = BTreeSet::new();
    for bytes in first(&plan(3), 0, 3000) {
        let message = Message::parse(&bytes).unwrap();
        let kind = String::from_utf8_lossy(message.header().message_code());
        let event = String::from_utf8_lossy(message.header().trigger_event());
        let found = standard::mistakes(&message).into_iter();
        mistakes.extend(found.map(|mistake| format!("{kind}^{event} {mistake}")));
    }
    assert_eq!(mistakes, BTreeSet::new());
}

#[test]
fn they_have_the_segments_of_their_types() {
    let mut seen = BTreeMap::new();
    for bytes in first(&plan(3), 0, 3000) {
        let message = Message::parse(&bytes).unwrap();
        let header = message.header();
        let kind = [header.message_code(), b"^", header.trigger_event()].concat();
        let kind = String::from_utf8(kind).unwrap();
        let names: Vec<&[u8]> = message.segments().map(Segment::name).collect();
        let required = segments::of(&kind);
        let in_order = names.iter().filter(|name| required.contains(name));
        let mut in_order: Vec<&[u8]> = in_order.copied().collect();
        in_order.dedup();
        assert!(in_order.starts_with(required), "{kind}");
        *seen.entry(kind).or_insert(0) += 1;
    }
    let all: Vec<String> = seen.keys().cloned().collect();
    let mut expected = MessageType::all();
    expected.sort();
    assert_eq!(all, expected);
}

#[test]
fn they_are_filled_up_to_a_size() {
    let natural = first(&plan(3), 0, 500);
    let sized = Plan {
        bytes: 2048,
        ..plan(3)
    };
    for (natural, filled) in natural.iter().zip(first(&sized, 0, 500)) {
        let has_place = !natural.windows(7).any(|text| text == b"ADT^A40");
        if natural.len() < 1900 && has_place {
            assert_eq!(filled.len(), 2048);
        }
        Message::parse(&filled).unwrap();
    }
}

#[test]
fn results_go_from_preliminary_to_final_to_corrected() {
    let plan = Plan {
        types: vec!["ORU".parse().unwrap()],
        ..plan(3)
    };
    let mut statuses: BTreeMap<Vec<u8>, String> = BTreeMap::new();
    for bytes in first(&plan, 0, 2000) {
        let message = Message::parse(&bytes).unwrap();
        let order = message
            .get(&path!("OBR-3.1"))
            .value()
            .unwrap()
            .raw()
            .to_vec();
        let status = message
            .get(&path!("OBR-25"))
            .value()
            .unwrap()
            .raw()
            .to_vec();
        let so_far = statuses.entry(order).or_default();
        so_far.push_str(&String::from_utf8(status).unwrap());
    }
    let seen: HashSet<String> = statuses.into_values().collect();
    let expected = ["P", "F", "PF", "FC", "PFC"].map(str::to_owned);
    assert_eq!(seen, HashSet::from(expected));
}

#[test]
fn links_tell_of_different_clients() {
    let plan = Plan {
        links: 3,
        ..plan(3)
    };
    let clients = |link| -> HashSet<Vec<u8>> {
        let messages = first(&plan, link, 300);
        let client = |bytes: &Vec<u8>| {
            let message = Message::parse(bytes).unwrap();
            message
                .get(&path!("PID-3.1"))
                .value()
                .unwrap()
                .raw()
                .to_vec()
        };
        messages.iter().map(client).collect()
    };
    let all = [clients(0), clients(1), clients(2)];
    assert_eq!(all.each_ref().map(HashSet::len), [4, 3, 3]);
    assert_eq!(all.into_iter().flatten().collect::<HashSet<_>>().len(), 10);
}

#[test]
fn a_client_is_registered_first() {
    let mut known = HashSet::new();
    for bytes in first(&plan(3), 0, 500) {
        let message = Message::parse(&bytes).unwrap();
        let client = message
            .get(&path!("PID-3.1"))
            .value()
            .unwrap()
            .raw()
            .to_vec();
        let event = message.header().trigger_event();
        if known.insert(client) {
            assert!(
                [&b"A04"[..], b"A28"].contains(&event),
                "{}",
                event.escape_ascii()
            );
        }
    }
}

#[test]
fn a_person_is_the_same_by_seed_and_number() {
    assert_eq!(Person::invent(7, 12), Person::invent(7, 12));
    let people: HashSet<String> = (0..1000)
        .map(|number| {
            let person = Person::invent(7, number);
            format!("{} {} {:?}", person.given, person.family, person.birth)
        })
        .collect();
    assert!(people.len() > 995, "{}", people.len());
}

#[test]
fn an_id_is_read_back() {
    for (link, number) in [(0, 0), (99_999, 9_999_999_999), (12, 345)] {
        let id = ControlId::new(7, link, number);
        assert_eq!(ControlId::parse(7, id.to_string().as_bytes()), Some(id));
    }
    for text in [
        "",
        "BGZES",
        "BGZES00012000000034",
        "BGZES0001200000003450",
        "BGZES00012000000034x",
    ] {
        assert_eq!(ControlId::parse(1, text.as_bytes()), None, "{text}");
    }
}
