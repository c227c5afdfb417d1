//! Writing: what is set is got, and nothing else changes.

use std::collections::BTreeMap;

use cistern_hl7::{Charset, Delimiters, Draft, DraftError, Message, Presence, Segment, path};
use proptest::prelude::*;

use crate::delimiters;
use crate::reading::{Place, leaves, place, written};

/// A leaf: segment, field, repetition, component, subcomponent.
type Numbers = [usize; 5];

/// What every leaf says, other than nothing.
fn said(bytes: &[u8]) -> BTreeMap<Numbers, Vec<u8>> {
    let message = Message::parse(bytes).unwrap();
    let mut said = BTreeMap::new();
    for segment in message.segments() {
        for (f, field) in (1..).zip(segment.fields()) {
            for (r, repetition) in (1..).zip(field.repetitions()) {
                for (c, component) in (1..).zip(repetition.components()) {
                    for (s, leaf) in (1..).zip(component.subcomponents()) {
                        said.insert([segment.position(), f, r, c, s], leaf.raw().to_vec());
                    }
                }
            }
        }
    }
    said.retain(|_, raw| !raw.is_empty());
    said
}

/// The numbers of the leaves at a place all start with these; 0 is not written.
fn numbers(message: &Message<'_>, place: Place) -> Option<Numbers> {
    let segment = message
        .segments_named(place.segment)
        .nth(place.occurrence - 1)?;
    Some([
        segment.position(),
        place.field,
        place.repetition,
        place.component,
        place.subcomponent,
    ])
}

fn is_at(leaf: &Numbers, place: &Numbers) -> bool {
    leaf.iter()
        .zip(place)
        .all(|(leaf, place)| *place == 0 || leaf == place)
}

/// Text as escaping writes it, together with sequences that it never writes.
fn raw_leaf() -> impl Strategy<Value = Vec<Part>> {
    let part = prop_oneof![
        4 => "[a-z0-9é!#$%*|^~&@.+ -]{1,5}".prop_map(Part::Text),
        1 => prop::sample::select(vec!["H", "N", ".br", ".sp2", "X41"]).prop_map(Part::Sequence),
        1 => Just(Part::Stray),
    ];
    prop::collection::vec(part, 0..4)
}

#[derive(Debug, Clone)]
enum Part {
    Text(String),
    Sequence(&'static str),
    /// An escape character that opens nothing.
    Stray,
}

fn raw(parts: &[Part], delimiters: Delimiters) -> String {
    let mark = char::from(delimiters.escape().unwrap());
    let written = parts.iter().map(|part| match part {
        Part::Text(text) => cistern_hl7::escape(text, &delimiters).into_owned(),
        Part::Sequence(body) => format!("{mark}{body}{mark}"),
        Part::Stray => format!(" {mark} "),
    });
    written.collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_draft_of_a_message_is_the_message(bytes in crate::reading::messy_bytes()) {
        if let Ok(message) = Message::parse(&bytes) {
            let draft = Draft::of(&message);
            prop_assert_eq!(draft.to_bytes(), &bytes[..]);
            prop_assert!(draft.segments().map(Segment::raw).eq(message.segments().map(Segment::raw)));
        }
    }

    #[test]
    fn what_is_set_is_got_and_nothing_else_changes(
        leaves in leaves(),
        delimiters in delimiters(),
        ending in prop_oneof![Just("\r"), Just("\n"), Just("\r\n"), Just("\r\r")],
        place in place(),
        text in prop_oneof![Just(String::new()), Just("\"\"".to_owned()), "[ -~é\r\n\t]{1,9}"],
        how in 0..3,
    ) {
        let mut bytes = written(&leaves, delimiters, ending);
        let field = char::from(delimiters.field());
        let charset = format!("{}UTF8", String::from(field).repeat(15));
        bytes.splice("MSH|^~\\&|APP".len().."MSH|^~\\&|APP".len(), charset.bytes());
        let message = Message::parse(&bytes).unwrap();
        let mut draft = Draft::of(&message);
        let path = place.path();
        let done = match how {
            0 => draft.set(&path, &text),
            1 => draft.set_null(&path),
            _ => draft.clear(&path),
        };
        let after = draft.to_bytes();
        let Some(numbers) = numbers(&message, place) else {
            prop_assert_eq!(done, if how == 2 { Ok(()) } else { Err(DraftError::NoSegment) });
            prop_assert_eq!(after, bytes);
            return Ok(());
        };
        prop_assert_eq!(done, Ok(()));

        let reread = Message::parse(&after).unwrap();
        let got = reread.get(&path);
        match how {
            0 if !text.is_empty() => {
                let value = got.value().map(|value| value.decode(Charset::UTF_8).unwrap());
                prop_assert_eq!(value.as_deref(), Some(text.as_str()));
            }
            1 => prop_assert_eq!(got, Presence::Null),
            _ => prop_assert!(matches!(got, Presence::Empty | Presence::Absent), "{:?}", got),
        }
        prop_assert_eq!(draft.get(&path), got);

        let others = |bytes: &[u8]| {
            let mut others = said(bytes);
            others.retain(|leaf, _| !is_at(leaf, &numbers));
            others
        };
        prop_assert_eq!(others(&after), others(&bytes));
        let unchanged = |message: &Message<'_>| -> Vec<Vec<u8>> {
            let others = message.segments().filter(|segment| segment.position() != numbers[0]);
            others.map(|segment| segment.raw().to_vec()).collect()
        };
        prop_assert_eq!(unchanged(&reread), unchanged(&message));
        let grown = after.len() + message.segment_at(numbers[0]).unwrap().raw().len();
        let shrunk = bytes.len() + reread.segment_at(numbers[0]).unwrap().raw().len();
        prop_assert_eq!(grown, shrunk, "line breaks stay");
    }

    #[test]
    fn what_is_appended_is_the_last_repetition(
        leaves in leaves(),
        delimiters in delimiters(),
        text in "[ -~]{1,9}",
    ) {
        let bytes = written(&leaves, delimiters, "\r");
        let message = Message::parse(&bytes).unwrap();
        let mut draft = Draft::of(&message);
        if draft.append(&path!("PID-2.2"), &text).is_err() {
            prop_assert_eq!(message.segment("PID"), None);
            return Ok(());
        }
        let after = draft.to_bytes();
        let reread = Message::parse(&after).unwrap();
        let field = reread.segment("PID").unwrap().field(2).unwrap();
        let last = field.repetitions().last().unwrap();
        let value = last.component(2).unwrap().presence().value().unwrap();
        prop_assert_eq!(value.decode(Charset::ASCII).unwrap(), text.as_str());
        let mut said_after = said(&after);
        let count = field.repetitions().count();
        let position = reread.segment("PID").unwrap().position();
        prop_assert!(said_after.remove(&[position, 2, count, 2, 1]).is_some());
        let mut said_before = said(&bytes);
        if message.get(&path!("PID-2[*]")) == Presence::Null {
            said_before.remove(&[position, 2, 1, 1, 1]);
        }
        prop_assert_eq!(said_after, said_before);
    }

    #[test]
    fn text_survives_in_every_character_set(
        text in "[a-z\\\\|^~&@\\[]{0,3}(\\PC|[é€ß]|[一-龠ァ-ヶ가-힣]){1,6}",
        delimiters in delimiters(),
    ) {
        // Names without the characters that might be delimiters.
        for label in ["UTF8", "88591", "885915", "WINDOWS1252", "GB18030", "KSX1001", "BIG5", "ISOIR87"] {
            for delimiters in [delimiters, Delimiters::default()] {
                let Ok(charset) = Charset::from_label(label.as_bytes()) else { continue };
                let mut draft = Draft::new(delimiters);
                draft.set(&path!("MSH-18"), label).unwrap();
                if draft.to_message().unwrap().message().needs_recoding() {
                    let refused = draft.add(b"NTE").map(drop);
                    prop_assert_eq!(refused, Err(DraftError::NeedsRecoding { charset }));
                    continue;
                }
                draft.add(b"NTE").unwrap();
                match draft.set(&path!("NTE-3"), &text) {
                    Ok(()) => {
                        let value = draft.get(&path!("NTE-3")).value().unwrap();
                        prop_assert_eq!(value.decode(charset).unwrap(), text.as_str(), "{}", label);
                        let bytes = draft.to_bytes();
                        let count = Message::parse(&bytes).unwrap().segment("NTE").unwrap().fields().count();
                        prop_assert_eq!(count, 3);
                    }
                    Err(error) => {
                        prop_assert!(charset.encode(&text).is_none(), "{}: {}", label, error);
                    }
                }
            }
        }
    }

    #[test]
    fn values_survive_other_delimiters(
        leaves in prop::collection::vec(raw_leaf(), 1..8),
        separators in prop::collection::vec(0..4usize, 8),
        from in delimiters(),
        to in delimiters(),
    ) {
        let between = [from.field(), from.repetition(), from.component(), from.subcomponent().unwrap()];
        let mut draft = Draft::new(from);
        let mut bytes = draft.to_bytes();
        bytes.extend(b"NTE");
        bytes.push(from.field());
        for (leaf, separator) in leaves.iter().zip(separators) {
            bytes.extend(raw(leaf, from).bytes());
            bytes.push(between[separator]);
        }
        draft = Draft::of(&Message::parse(&bytes).unwrap());
        let texts = |bytes: &[u8]| -> Vec<(Numbers, String)> {
            let delimiters = Message::parse(bytes).unwrap().delimiters();
            let text = |raw: &str| cistern_hl7::plain_text(raw, &delimiters, Charset::UTF_8).into_owned();
            let said = said(bytes).into_iter().filter(|(leaf, _)| leaf[0] > 0);
            said.map(|(leaf, raw)| (leaf, text(str::from_utf8(&raw).unwrap()))).collect()
        };
        if draft.redelimit(to).is_err() {
            let formatting = [b'.', b'+', b'-'];
            prop_assert!(to.encoding_characters().chain([to.field()]).any(|byte| formatting.contains(&byte)));
            prop_assert_eq!(draft.to_bytes(), bytes);
            return Ok(());
        }
        let rewritten = draft.to_bytes();
        prop_assert_eq!(Message::parse(&rewritten).unwrap().delimiters(), to);
        prop_assert_eq!(texts(&rewritten), texts(&bytes));
        let separates = |byte| byte == from.field() || from.encoding_characters().any(|other| other == byte);
        let stray = leaves.iter().flatten().any(|part| match part {
            Part::Text(_) => false,
            Part::Sequence(body) => body.bytes().any(separates),
            Part::Stray => true,
        });
        if draft.redelimit(from).is_ok() && !stray {
            prop_assert_eq!(draft.to_bytes(), bytes);
        }
    }
}
