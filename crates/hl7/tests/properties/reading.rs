//! Reading: any message, and any bytes, against a naive reading by `split`.

use std::fmt::Write as _;
use std::hint::black_box;

use cistern_hl7::{
    Charset, Delimiters, Message, Path, Presence, Timestamp, plain_text, split_messages,
};
use proptest::prelude::*;

use crate::delimiters;

/// A message as nested lists: segments, fields, repetitions, components, subcomponents.
type Leaves = Vec<(String, Vec<Vec<Vec<Vec<String>>>>)>;

fn leaves() -> impl Strategy<Value = Leaves> {
    let leaf = prop_oneof![
        3 => Just(String::new()),
        1 => Just("\"\"".to_owned()),
        6 => "[a-zA-Zéß0-9 ]{1,6}",
    ];
    let component = prop::collection::vec(leaf, 1..3);
    let repetition = prop::collection::vec(component, 1..4);
    let field = prop::collection::vec(repetition, 1..3);
    let fields = prop::collection::vec(field, 0..5);
    let name = prop_oneof![
        Just("PID".to_owned()),
        Just("OBX".to_owned()),
        Just("ZZ1".to_owned())
    ];
    prop::collection::vec((name, fields), 0..5)
}

fn written(leaves: &Leaves, delimiters: Delimiters, ending: &str) -> Vec<u8> {
    let text = |byte: u8| char::from(byte).to_string();
    let encoding: Vec<u8> = delimiters.encoding_characters().collect();
    let field = text(delimiters.field());
    let mut message = format!(
        "MSH{field}{}{field}APP{ending}",
        String::from_utf8(encoding).unwrap()
    );
    for (name, fields) in leaves {
        message.push_str(name);
        for repetitions in fields {
            let repetitions: Vec<String> = repetitions
                .iter()
                .map(|components| {
                    let components: Vec<String> = components
                        .iter()
                        .map(|leaves| leaves.join(&text(delimiters.subcomponent().unwrap())))
                        .collect();
                    components.join(&text(delimiters.component()))
                })
                .collect();
            message.push_str(&field);
            message.push_str(&repetitions.join(&text(delimiters.repetition())));
        }
        message.push_str(ending);
    }
    message.into_bytes()
}

/// What a path finds, by splitting text.
fn split_oracle(
    message: &[u8],
    d: Delimiters,
    (segment, occurrence, field, repetition, component, subcomponent): (
        &str,
        usize,
        usize,
        usize,
        usize,
        usize,
    ),
) -> Found {
    let text = String::from_utf8(message.to_vec()).unwrap();
    let at =
        |text: &str, byte: u8, n: usize| text.split(char::from(byte)).nth(n).map(str::to_owned);
    let mut lines = text
        .split(['\r', '\n'])
        .filter(|line| at(line, d.field(), 0).as_deref() == Some(segment));
    let Some(found) = lines
        .nth(occurrence - 1)
        .and_then(|line| at(line, d.field(), field))
    else {
        return Found::Absent;
    };
    let mut found = found;
    let steps = [
        (d.repetition(), repetition),
        (d.component(), component),
        (d.subcomponent().unwrap(), subcomponent),
    ];
    for (separator, number) in steps.into_iter().take_while(|(_, number)| *number > 0) {
        if found == "\"\"" {
            return Found::Null;
        }
        match at(&found, separator, number - 1) {
            Some(part) => found = part,
            None => return Found::Absent,
        }
    }
    let separators = [d.repetition(), d.component(), d.subcomponent().unwrap()].map(char::from);
    match found.as_str() {
        "\"\"" => Found::Null,
        text if text.trim_matches(separators).is_empty() => Found::Empty,
        _ => Found::Value(found.into_bytes()),
    }
}

#[derive(Debug, PartialEq)]
enum Found {
    Absent,
    Empty,
    Null,
    Value(Vec<u8>),
}

impl From<Presence<'_>> for Found {
    fn from(presence: Presence<'_>) -> Found {
        match presence {
            Presence::Absent => Found::Absent,
            Presence::Empty => Found::Empty,
            Presence::Null => Found::Null,
            Presence::Value(value) => Found::Value(value.raw().to_vec()),
        }
    }
}

/// A path with its numbers as `split_oracle` takes them, 0 being not written.
fn place() -> impl Strategy<Value = (&'static str, usize, usize, usize, usize, usize)> {
    let name = prop_oneof![Just("PID"), Just("OBX"), Just("ZZ1")];
    (name, 1..3usize, 1..6usize, 1..4usize, 0..5usize, 0..4usize).prop_map(|mut place| {
        if place.4 == 0 {
            place.5 = 0;
        }
        place
    })
}

/// Bytes that look like messages, and bytes that do not.
fn messy_bytes() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"MSH|^~\\&|".to_vec()),
        Just(b"\rPID|".to_vec()),
        Just(b"\xEF\xBB\xBF".to_vec()),
        Just(b"FHS|".to_vec()),
        Just(b"\"\"".to_vec()),
        Just(b"\\X0D\\".to_vec()),
        Just(b"|2.5.1".to_vec()),
        "[\\x00-\\x7Fé|^~\\\\&\r\n]{0,8}".prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..6),
    ];
    let tail = prop::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat());
    (any::<bool>(), tail).prop_map(|(headed, tail)| {
        if headed {
            [b"MSH|^~\\&|", &tail[..]].concat()
        } else {
            tail
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_of_the_input_is_lost(bytes in messy_bytes()) {
        if let Ok(message) = Message::parse(&bytes) {
            prop_assert_eq!(message.as_bytes(), &bytes[..]);
            let mut rest = &bytes[..];
            for segment in message.segments() {
                let start = rest.windows(segment.raw().len().max(1)).position(|window| window == segment.raw()).unwrap();
                prop_assert!(rest[..start].iter().all(|byte| b"\r\n\xEF\xBB\xBF".contains(byte)));
                rest = &rest[start + segment.raw().len()..];
            }
            prop_assert!(rest.iter().all(|byte| b"\r\n".contains(byte)));
        }
    }

    #[test]
    fn a_path_finds_what_splitting_finds(
        leaves in leaves(),
        delimiters in delimiters(),
        ending in prop_oneof![Just("\r"), Just("\n"), Just("\r\n"), Just("\r\r")],
        places in prop::collection::vec(place(), 20),
    ) {
        let bytes = written(&leaves, delimiters, ending);
        let message = Message::parse(&bytes).unwrap();
        for place in places {
            let (segment, occurrence, field, repetition, component, subcomponent) = place;
            let mut path = format!("{segment}[{occurrence}]-{field}[{repetition}]");
            for number in [component, subcomponent].into_iter().filter(|number| *number > 0) {
                write!(path, ".{number}").unwrap();
            }
            let found = message.get(&Path::parse(&path).unwrap());
            prop_assert_eq!(Found::from(found), split_oracle(&bytes, delimiters, place), "{}", path);
        }
    }

    #[test]
    fn segments_are_those_that_were_written(
        leaves in leaves(),
        delimiters in delimiters(),
        ending in prop_oneof![Just("\r"), Just("\n"), Just("\r\n"), Just("\n\n")],
    ) {
        let bytes = written(&leaves, delimiters, ending);
        let message = Message::parse(&bytes).unwrap();
        let names: Vec<&[u8]> = message.segments().skip(1).map(cistern_hl7::Segment::name).collect();
        let expected: Vec<&[u8]> = leaves.iter().map(|(name, _)| name.as_bytes()).collect();
        prop_assert_eq!(names, expected);
        let read: Vec<usize> = message.segments().skip(1).map(|segment| segment.fields().count()).collect();
        let written: Vec<usize> = leaves.iter().map(|(_, fields)| fields.len()).collect();
        prop_assert_eq!(read, written);
    }

    #[test]
    fn no_input_causes_a_panic(bytes in messy_bytes(), number in 0..40usize) {
        for message in split_messages(&bytes).chain([&bytes[..]]) {
            if let Ok(message) = Message::parse(message) {
                read_everything(&message, number);
            }
        }
        let text = String::from_utf8_lossy(&bytes);
        plain_text(&text, &Delimiters::default(), Charset::UNSTATED);
        black_box(Timestamp::parse(&bytes)).ok();
        black_box(Charset::from_label(&bytes)).ok();
    }
}

fn read_everything(message: &Message<'_>, number: usize) {
    let header = message.header();
    let charset = header.charset().unwrap_or(Charset::UNSTATED);
    for path in [
        "MSH-9.1",
        "PID-3[*]",
        "PID-5[L].1",
        "OBX[2]-5[2].1.1",
        "PID-3[5=MR][4.1=HOSP].1",
    ] {
        message
            .get_all(&Path::parse(path).unwrap())
            .for_each(|found| {
                black_box(found);
            });
    }
    assert_eq!(message.segment_at(number), message.segments().nth(number));
    for segment in message.segments() {
        assert_eq!(
            segment.field(number),
            number.checked_sub(1).and_then(|n| segment.fields().nth(n))
        );
        for field in segment.fields() {
            if let Presence::Value(value) = field.presence() {
                black_box(value.decode(charset)).ok();
                black_box(value.plain_text(charset)).ok();
            }
            for repetition in field.repetitions() {
                for component in repetition.components() {
                    component.subcomponents().for_each(|leaf| {
                        black_box(leaf.presence());
                    });
                }
            }
        }
    }
}
