//! How each parser does the same: parse, read ten fields, visit every leaf.
//!
//! Each goes the fastest way that it offers: by numbers, not by paths written out.

mod net;

use net::Hl7Net;

/// A parser, and its three operations. Each operation answers how much it found.
pub(crate) struct Reader {
    pub(crate) name: &'static str,
    pub(crate) parse: fn(&str) -> usize,
    pub(crate) ten_fields: fn(&str) -> usize,
    pub(crate) every_leaf: fn(&str) -> usize,
}

pub(crate) const READERS: [Reader; 8] = [
    Reader {
        name: "cistern",
        parse: |text| benches::segments(text.as_bytes()),
        ten_fields: |text| benches::ten_fields(text.as_bytes()),
        every_leaf: |text| benches::every_leaf(text.as_bytes()),
    },
    reader::<HlV2>(),
    reader::<Er7>(),
    reader::<Hl72>(),
    reader::<Hl7Kit>(),
    reader::<Hl7Parser>(),
    reader::<RustHl7>(),
    reader::<Hl7Net>(),
];

/// What a field of a message is, or of its first repetition one component: segment, field,
/// component or 0.
type Place = (&'static str, usize, usize);

const OF_THE_MESSAGE: [Place; 8] = [
    ("MSH", 9, 1),
    ("MSH", 9, 2),
    ("MSH", 10, 0),
    ("PID", 3, 1),
    ("PID", 5, 1),
    ("PID", 5, 2),
    ("PID", 7, 0),
    ("PID", 8, 0),
];

trait Peer {
    const NAME: &'static str;
    type Message<'t>;

    fn parse(text: &str) -> Option<Self::Message<'_>>;
    fn segments(message: &Self::Message<'_>) -> usize;
    /// How long the text at a place is.
    fn length(message: &Self::Message<'_>, place: Place) -> Option<usize>;
    /// How long OBX-3.1 and OBX-5 of every OBX are.
    fn results(message: &Self::Message<'_>) -> usize;
    /// How long all leaves are.
    fn leaves(message: &Self::Message<'_>) -> usize;
}

const fn reader<P: Peer>() -> Reader {
    Reader {
        name: P::NAME,
        parse: |text| P::parse(text).map_or(0, |message| P::segments(&message)),
        ten_fields: |text| {
            P::parse(text).map_or(0, |message| {
                let lengths = OF_THE_MESSAGE
                    .iter()
                    .filter_map(|place| P::length(&message, *place));
                lengths.sum::<usize>() + P::results(&message)
            })
        },
        every_leaf: |text| P::parse(text).map_or(0, |message| P::leaves(&message)),
    }
}

/// hl7-v2: knows no repetitions and no subcomponents, so that its user splits fields. Its MSH-9
/// is number 8.
struct HlV2;

impl Peer for HlV2 {
    const NAME: &'static str = "hl7-v2";
    type Message<'t> = hl7_v2::Hl7Message<'t>;

    fn parse(text: &str) -> Option<Self::Message<'_>> {
        hl7_v2::Hl7Message::parse(text.as_bytes()).ok()
    }

    fn segments(message: &Self::Message<'_>) -> usize {
        message.all_segments().count()
    }

    fn length(message: &Self::Message<'_>, (segment, field, component): Place) -> Option<usize> {
        let field = if segment == "MSH" { field - 1 } else { field };
        let field = message.segment(segment)?.field(field)?;
        match component {
            0 => Some(field.value().len()),
            _ => field.component(component).map(str::len),
        }
    }

    fn results(message: &Self::Message<'_>) -> usize {
        let length = |segment: &hl7_v2::Segment<'_>| {
            let code = segment.field(3)?.component(1)?.len();
            Some(code + segment.field(5)?.value().len())
        };
        message.segments("OBX").filter_map(length).sum()
    }

    fn leaves(message: &Self::Message<'_>) -> usize {
        let mut length = 0;
        for field in message.all_segments().flat_map(hl7_v2::Segment::raw_fields) {
            for repetition in field.split('~') {
                for component in repetition.split('^') {
                    length += component.split('&').map(str::len).sum::<usize>();
                }
            }
        }
        length
    }
}

struct Er7;

impl Peer for Er7 {
    const NAME: &'static str = "er7";
    type Message<'t> = er7::Message;

    fn parse(text: &str) -> Option<er7::Message> {
        er7::parse(text).ok()
    }

    fn segments(message: &er7::Message) -> usize {
        message.segments.len()
    }

    fn length(message: &er7::Message, (segment, field, component): Place) -> Option<usize> {
        let field = message.segment(segment)?.field(field)?;
        let component = field.component(component.max(1))?;
        Some(component.subcomponent(1)?.raw.len())
    }

    fn results(message: &er7::Message) -> usize {
        let length = |segment: &er7::Segment| {
            let code = segment.component(3, 1)?.subcomponent(1)?.raw.len();
            let value = segment.field(5)?.repetition(1)?.components.iter();
            let leaves = value.flat_map(|component| &component.subcomponents);
            Some(code + leaves.map(|leaf| leaf.raw.len()).sum::<usize>())
        };
        message.segments_named("OBX").filter_map(length).sum()
    }

    fn leaves(message: &er7::Message) -> usize {
        let mut length = 0;
        for field in message.segments.iter().flat_map(|segment| &segment.fields) {
            for repetition in &field.repetitions {
                for component in &repetition.components {
                    let leaves = component.subcomponents.iter();
                    length += leaves.map(|leaf| leaf.raw.len()).sum::<usize>();
                }
            }
        }
        length
    }
}

/// hl7-2: names and types on top of er7's tree.
struct Hl72;

impl Peer for Hl72 {
    const NAME: &'static str = "hl7-2";
    type Message<'t> = hl7_2::Message;

    fn parse(text: &str) -> Option<hl7_2::Message> {
        hl7_2::parse(text).ok()
    }

    fn segments(message: &hl7_2::Message) -> usize {
        Er7::segments(message.raw())
    }

    fn length(message: &hl7_2::Message, place: Place) -> Option<usize> {
        Er7::length(message.raw(), place)
    }

    fn results(message: &hl7_2::Message) -> usize {
        Er7::results(message.raw())
    }

    fn leaves(message: &hl7_2::Message) -> usize {
        Er7::leaves(message.raw())
    }
}

struct Hl7Kit;

impl Peer for Hl7Kit {
    const NAME: &'static str = "hl7kit";
    type Message<'t> = hl7kit::Message;

    fn parse(text: &str) -> Option<hl7kit::Message> {
        hl7kit::Message::parse(text).ok()
    }

    fn segments(message: &hl7kit::Message) -> usize {
        message.segment_count()
    }

    fn length(message: &hl7kit::Message, (segment, field, component): Place) -> Option<usize> {
        let field = message.segment(segment)?.field(field)?;
        match component {
            0 => Some(field.value().len()),
            _ => Some(field.component(component)?.value().len()),
        }
    }

    fn results(message: &hl7kit::Message) -> usize {
        let length = |segment: hl7kit::Segment<'_>| {
            let code = segment.field(3)?.component(1)?.value().len();
            Some(code + segment.field(5)?.value().len())
        };
        message.segments_named("OBX").filter_map(length).sum()
    }

    fn leaves(message: &hl7kit::Message) -> usize {
        let mut length = 0;
        for segment in message.segments() {
            for field in segment.fields() {
                for repetition in field.repetitions() {
                    for component in repetition.components() {
                        let leaves = component.subcomponents();
                        length += leaves.map(|leaf| leaf.value().len()).sum::<usize>();
                    }
                }
            }
        }
        length
    }
}

struct Hl7Parser;

impl Peer for Hl7Parser {
    const NAME: &'static str = "hl7-parser";
    type Message<'t> = hl7_parser::Message<'t>;

    fn parse(text: &str) -> Option<Self::Message<'_>> {
        hl7_parser::parse_message(text).ok()
    }

    fn segments(message: &Self::Message<'_>) -> usize {
        message.segments.len()
    }

    fn length(message: &Self::Message<'_>, (segment, field, component): Place) -> Option<usize> {
        let field = message.segment(segment)?.field(field)?;
        match component {
            0 => Some(field.raw_value().len()),
            _ => Some(field.component(component)?.raw_value().len()),
        }
    }

    fn results(message: &Self::Message<'_>) -> usize {
        let length = |segment: &hl7_parser::message::Segment<'_>| {
            let code = segment.field(3)?.component(1)?.raw_value().len();
            Some(code + segment.field(5)?.raw_value().len())
        };
        let results = message.segments().filter(|segment| segment.name == "OBX");
        results.filter_map(length).sum()
    }

    fn leaves(message: &Self::Message<'_>) -> usize {
        let mut length = 0;
        for field in message.segments().flat_map(|segment| &segment.fields) {
            for repetition in &field.repeats {
                for component in &repetition.components {
                    let leaves = component.subcomponents.iter();
                    length += leaves.map(|leaf| leaf.value.len()).sum::<usize>();
                }
            }
        }
        length
    }
}

/// rust-hl7: counts the name as field 0, so that its MSH-9 is number 8.
struct RustHl7;

impl Peer for RustHl7 {
    const NAME: &'static str = "rust-hl7";
    type Message<'t> = rusthl7::message::Message<'t>;

    fn parse(text: &str) -> Option<Self::Message<'_>> {
        rusthl7::message::Message::try_from(text).ok()
    }

    fn segments(message: &Self::Message<'_>) -> usize {
        message.segments.len()
    }

    fn length(message: &Self::Message<'_>, (segment, field, component): Place) -> Option<usize> {
        let field = if segment == "MSH" { field - 1 } else { field };
        let mut segments = message.segments.iter();
        let segment = segments.find(|one| one.source.starts_with(segment))?;
        let field = segment.fields.get(field)?;
        match component {
            0 => Some(field.source.len()),
            _ => Some(field.components.first()?.get(component - 1)?.len()),
        }
    }

    fn results(message: &Self::Message<'_>) -> usize {
        let length = |segment: &rusthl7::segments::Segment<'_>| {
            let code = segment.fields.get(3)?.components.first()?.first()?.len();
            Some(code + segment.fields.get(5)?.source.len())
        };
        let results = message.segments.iter();
        let results = results.filter(|one| one.source.starts_with("OBX"));
        results.filter_map(length).sum()
    }

    fn leaves(message: &Self::Message<'_>) -> usize {
        let mut length = 0;
        for field in message.segments.iter().flat_map(|segment| &segment.fields) {
            for component in field.subcomponents.iter().flatten() {
                length += component.iter().map(|leaf| leaf.len()).sum::<usize>();
            }
        }
        length
    }
}
