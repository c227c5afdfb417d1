//! hl7-net: a string at every level, and what was parsed is written out again to compare.

use hl7_net::{Field, Message, Segment};

use super::{Peer, Place};

pub(super) struct Hl7Net;

impl Peer for Hl7Net {
    const NAME: &'static str = "hl7-net";
    type Message<'t> = Message;

    fn parse(text: &str) -> Option<Message> {
        Message::parse_str(text, false).ok()
    }

    fn segments(message: &Message) -> usize {
        message.segment_count
    }

    fn length(message: &Message, (segment, field, component): Place) -> Option<usize> {
        let field = first(message.default_segment(segment)?.field(field).ok()?);
        match component {
            0 => field.raw(&message.encoding).map(str::len),
            _ => Some(
                field
                    .component(component)
                    .ok()?
                    .raw(&message.encoding)?
                    .len(),
            ),
        }
    }

    fn results(message: &Message) -> usize {
        let length = |segment: &Segment| {
            let code = first(segment.field(3).ok()?).component(1).ok()?;
            let value = first(segment.field(5).ok()?).raw(&message.encoding)?.len();
            Some(code.raw(&message.encoding)?.len() + value)
        };
        let results = message.segments_named("OBX").into_iter();
        results.filter_map(length).sum()
    }

    fn leaves(message: &Message) -> usize {
        let mut length = 0;
        for segment in message.segments() {
            for field in &segment.fields {
                length += match &*field.repetitions {
                    [] => leaves_of(message, field),
                    all => all.iter().map(|one| leaves_of(message, one)).sum(),
                };
            }
        }
        length
    }
}

fn first(field: &Field) -> &Field {
    field.repetition(1).unwrap_or(field)
}

fn leaves_of(message: &Message, field: &Field) -> usize {
    let parts = field.components.iter();
    let leaves = parts.flat_map(|component| &component.sub_components);
    let lengths = leaves.filter_map(|leaf| leaf.raw(&message.encoding).map(str::len));
    lengths.sum()
}
