//! Reading: any message, and any bytes, against a naive reading by `split`.

use std::fmt::Write as _;
use std::hint::black_box;
use std::iter;

use cistern_hl7::{
    Ack, AckCode, AckError, AckStamp, Charset, Delimiters, ErrorCondition, Field, Header, Leaf,
    Message, Path, Presence, Segment, Timestamp, path, plain_text, split_messages,
};
use proptest::prelude::*;

use crate::delimiters;

/// A message as nested lists: segments, fields, repetitions, components, subcomponents.
pub(crate) type Leaves = Vec<(String, Vec<Vec<Vec<Vec<String>>>>)>;

pub(crate) fn leaves() -> impl Strategy<Value = Leaves> {
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

pub(crate) fn written(leaves: &Leaves, delimiters: Delimiters, ending: &str) -> Vec<u8> {
    let subcomponent = delimiters.subcomponent().unwrap();
    let encoding = delimiters.encoding_characters().map(char::from).collect();
    let header = joined(
        ["MSH".to_owned(), encoding, "APP".to_owned()],
        delimiters.field(),
    );
    let mut message = header + ending;
    for (name, fields) in leaves {
        let fields = fields.iter().map(|repetitions| {
            let repetitions = repetitions.iter().map(|components| {
                let components = components
                    .iter()
                    .map(|leaves| joined(leaves.clone(), subcomponent));
                joined(components, delimiters.component())
            });
            joined(repetitions, delimiters.repetition())
        });
        message += &joined(iter::once(name.clone()).chain(fields), delimiters.field());
        message += ending;
    }
    message.into_bytes()
}

fn joined(parts: impl IntoIterator<Item = String>, separator: u8) -> String {
    let parts: Vec<String> = parts.into_iter().collect();
    parts.join(char::from(separator).encode_utf8(&mut [0; 4]))
}

/// The parts of a path; a component or subcomponent of 0 is not written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) segment: &'static str,
    pub(crate) occurrence: usize,
    pub(crate) field: usize,
    pub(crate) repetition: usize,
    pub(crate) component: usize,
    pub(crate) subcomponent: usize,
}

pub(crate) fn place() -> impl Strategy<Value = Place> {
    let name = prop_oneof![Just("PID"), Just("OBX"), Just("ZZ1")];
    let below = prop_oneof![Just((0, 0)), (1..5usize, 0..4usize)];
    (name, 1..3usize, 1..6usize, 1..4usize, below).prop_map(
        |(segment, occurrence, field, repetition, (component, subcomponent))| Place {
            segment,
            occurrence,
            field,
            repetition,
            component,
            subcomponent,
        },
    )
}

impl Place {
    pub(crate) fn path(self) -> Path {
        let Place {
            segment,
            occurrence,
            field,
            repetition,
            ..
        } = self;
        let mut path = format!("{segment}[{occurrence}]-{field}[{repetition}]");
        for number in [self.component, self.subcomponent] {
            if number > 0 {
                write!(path, ".{number}").unwrap();
            }
        }
        Path::parse(&path).unwrap()
    }

    /// What splitting the text finds here.
    fn split(self, message: &str, delimiters: Delimiters) -> Found {
        let nth = |text: &str, separator: u8, number: usize| {
            text.split(char::from(separator))
                .nth(number)
                .map(str::to_owned)
        };
        let mut lines = message
            .split(['\r', '\n'])
            .filter(|line| nth(line, delimiters.field(), 0).as_deref() == Some(self.segment));
        let line = lines.nth(self.occurrence - 1);
        let Some(mut found) = line.and_then(|line| nth(line, delimiters.field(), self.field))
        else {
            return Found::Absent;
        };
        for (separator, number) in [
            (delimiters.repetition(), self.repetition),
            (delimiters.component(), self.component),
            (delimiters.subcomponent().unwrap(), self.subcomponent),
        ] {
            if number > 0 && found != NULL {
                match nth(&found, separator, number - 1) {
                    Some(part) => found = part,
                    None => return Found::Absent,
                }
            }
        }
        let separators = [
            delimiters.repetition(),
            delimiters.component(),
            delimiters.subcomponent().unwrap(),
        ];
        match found.trim_matches(separators.map(char::from)) {
            _ if found == NULL => Found::Null,
            "" => Found::Empty,
            _ => Found::Value(found),
        }
    }
}

const NULL: &str = "\"\"";

#[derive(Debug, PartialEq)]
enum Found {
    Absent,
    Empty,
    Null,
    Value(String),
}

impl From<Presence<'_>> for Found {
    fn from(presence: Presence<'_>) -> Found {
        match presence {
            Presence::Absent => Found::Absent,
            Presence::Empty => Found::Empty,
            Presence::Null => Found::Null,
            Presence::Value(value) => {
                Found::Value(String::from_utf8(value.raw().to_vec()).unwrap())
            }
        }
    }
}

/// Bytes that look like messages, and bytes that do not.
pub(crate) fn messy_bytes() -> impl Strategy<Value = Vec<u8>> {
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
        let text = str::from_utf8(&bytes).unwrap();
        for place in places {
            let found = Found::from(message.get(&place.path()));
            prop_assert_eq!(found, place.split(text, delimiters), "{:?}", place);
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
        let names: Vec<&[u8]> = message.segments().skip(1).map(Segment::name).collect();
        let expected: Vec<&[u8]> = leaves.iter().map(|(name, _)| name.as_bytes()).collect();
        prop_assert_eq!(names, expected);
        let read: Vec<usize> = message.segments().skip(1).map(|segment| segment.fields().count()).collect();
        let written: Vec<usize> = leaves.iter().map(|(_, fields)| fields.len()).collect();
        prop_assert_eq!(read, written);
    }

    #[test]
    fn leaves_are_what_nested_loops_visit(
        leaves in leaves(),
        delimiters in delimiters(),
        bytes in messy_bytes(),
    ) {
        for bytes in [written(&leaves, delimiters, "\r"), bytes] {
            if let Ok(message) = Message::parse(&bytes) {
                let visited: Vec<Visited<'_>> = message.leaves().map(visited).collect();
                prop_assert_eq!(visited, nested(&message));
            }
        }
    }

    #[test]
    fn fields_of_any_length_are_found(
        lengths in prop::collection::vec(prop_oneof![0..8usize, 50..140usize, 200..900usize], 1..12),
    ) {
        let written: Vec<String> = lengths.iter().map(|length| "x".repeat(*length)).collect();
        let bytes = format!("MSH|^~\\&|\rZZZ|{}\r", written.join("|"));
        let message = Message::parse(bytes.as_bytes()).unwrap();
        let segment = message.segment("ZZZ").unwrap();
        let expected: Vec<&[u8]> = written.iter().map(String::as_bytes).collect();
        let numbered: Vec<&[u8]> = (1..)
            .map_while(|number| Some(segment.field(number)?.raw()))
            .collect();
        prop_assert_eq!(&numbered, &expected);
        let in_order: Vec<&[u8]> = segment.fields().map(Field::raw).collect();
        prop_assert_eq!(&in_order, &expected);
        let leaves: Vec<&[u8]> = segment.leaves().map(Leaf::raw).collect();
        prop_assert_eq!(&leaves, &expected);
    }

    #[test]
    fn every_answer_is_a_message(bytes in messy_bytes(), text in "\\PC{0,9}[|^~\\\\&\r\n]{0,3}") {
        answers_are_messages(&bytes, &text)?;
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

/// The segment of a leaf, its numbers and what it says.
type Visited<'a> = (usize, [usize; 4], &'a [u8], Presence<'a>);

fn visited(leaf: Leaf<'_>) -> Visited<'_> {
    let place = [
        leaf.field(),
        leaf.repetition(),
        leaf.component(),
        leaf.subcomponent(),
    ];
    (
        leaf.segment().position(),
        place,
        leaf.raw(),
        leaf.presence(),
    )
}

fn nested<'a>(message: &Message<'a>) -> Vec<Visited<'a>> {
    let mut visited = Vec::new();
    for segment in message.segments() {
        for (field, f) in segment.fields().zip(1..) {
            for (repetition, r) in field.repetitions().zip(1..) {
                for (component, c) in repetition.components().zip(1..) {
                    for (leaf, s) in component.subcomponents().zip(1..) {
                        let place = [f, r, c, s];
                        visited.push((segment.position(), place, leaf.raw(), leaf.presence()));
                    }
                }
            }
        }
    }
    visited
}

/// An answer can be read, and gives back what the message said.
fn answers_are_messages(bytes: &[u8], text: &str) -> Result<(), TestCaseError> {
    let stamp = AckStamp::new(Timestamp::from_unix_millis(0), text);
    let errors = [AckError {
        user_message: Some(text),
        ..AckError::new(ErrorCondition::OtherError)
    }];
    let ack = Ack {
        text: Some(text),
        errors: &errors,
        ..Ack::new(AckCode::ApplicationError)
    };
    let answer = match Header::parse(bytes) {
        Ok(header) => {
            let answer = ack.answer(&header, &stamp);
            let read = Message::parse(&answer).unwrap();
            let id = read
                .segment("MSA")
                .unwrap()
                .field(2)
                .map_or(&b""[..], Field::raw);
            prop_assert_eq!(id, header.control_id());
            prop_assert_eq!(read.delimiters(), header.delimiters());
            answer
        }
        Err(_) => ack.answer_unreadable(bytes, &stamp),
    };
    let read = Message::parse(&answer).unwrap();
    let names: Vec<&[u8]> = read.segments().map(Segment::name).collect();
    prop_assert_eq!(names, [b"MSH", b"MSA", b"ERR"]);
    prop_assert!(read.header().is_acknowledgment());
    prop_assert_eq!(read.get(&path!("MSA-1")).value().unwrap().raw(), b"AE");
    Ok(())
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
    black_box(message.to_utf8()).ok();
    for label in ["ISO IR87", "BIG-5", "GB 18030-2000"] {
        let decode = |charset: Charset| black_box(charset.decode(message.as_bytes()).is_ok());
        Charset::from_label(label.as_bytes()).map(decode).ok();
    }
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
