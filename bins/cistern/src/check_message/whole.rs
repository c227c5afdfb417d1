//! What is wrong with a message or an envelope as a whole.

use hl7::{CountCheck, DelimiterFault, Dictionary, Message, Segment};

use super::remark::Remark;
use crate::ordinals::{Ordinals, numbered};
use crate::parts::{Part, Unclosed};

pub(super) fn remarks(part: &Part<'_>) -> Vec<Remark> {
    if let Some(message) = part.message() {
        return message_remarks(part, message);
    }
    if let Some(unclosed) = part.unclosed() {
        return vec![Remark::error(without_trailer(unclosed))];
    }
    let remark = match (part.fault(), part.count()) {
        (Some(error), _) => Remark::error(error.kind().to_string()),
        (None, Some(CountCheck::Differs { stated, found })) => Remark::error(format!(
            "the trailer states {stated}, but there are {found}"
        )),
        (None, Some(CountCheck::Unreadable { found })) => Remark::warning(format!(
            "the trailer states something that is no count; there are {found}"
        )),
        _ if part.is_stray() => Remark::warning("this belongs to no message and no batch"),
        _ => return Vec::new(),
    };
    vec![remark]
}

fn without_trailer(unclosed: Unclosed) -> String {
    match unclosed {
        Unclosed::Batch { messages } => {
            format!("the batch ends without its trailer BTS; its messages are {messages}")
        }
        Unclosed::File { batches } => {
            format!("the file ends without its trailer FTS; its batches are {batches}")
        }
    }
}

fn message_remarks(part: &Part<'_>, message: &Message<'_>) -> Vec<Remark> {
    let mut remarks = Vec::new();
    match message.header().delimiter_fault() {
        Some(DelimiterFault::EscapeMissing) => remarks.push(Remark::warning(
            "MSH-2 has three characters: the escape character was lost on the way",
        )),
        Some(_) => remarks.push(Remark::warning("MSH-2 has its escape character twice")),
        None => {}
    }
    remarks.extend(line_breaks(message.as_bytes()));
    let dictionary = Dictionary::of_message(message);
    let mut ordinals = Ordinals::default();
    for segment in message.segments() {
        let Some(name) = segment.proper_name() else {
            let byte = part.place(segment.raw());
            remarks.push(Remark::warning(format!(
                "the line at byte {byte} is no segment: is a line break of its text sent raw?"
            )));
            continue;
        };
        let ordinal = ordinals.next(segment.name());
        remarks.extend(beyond(segment, name, ordinal, dictionary));
    }
    remarks
}

/// Chapter 2 has segments end in CR.
fn line_breaks(message: &[u8]) -> Option<Remark> {
    let [mut cr, mut lf, mut both] = [false; 3];
    for (at, byte) in message.iter().enumerate() {
        let after_cr = at > 0 && message.get(at - 1) == Some(&b'\r');
        let before_lf = message.get(at + 1) == Some(&b'\n');
        match byte {
            b'\r' if before_lf => both = true,
            b'\r' => cr = true,
            b'\n' if !after_cr => lf = true,
            _ => {}
        }
    }
    match (cr, lf, both) {
        (_, false, false) => None,
        (false, true, false) => Some(Remark::note("segments end in LF; the standard has CR")),
        (false, false, true) => Some(Remark::note("segments end in CR LF; the standard has CR")),
        _ => Some(Remark::warning(
            "some segments end in CR, others in LF or CR LF",
        )),
    }
}

/// What the version of the message does not know, unless it is a segment of a site's own.
fn beyond(
    segment: Segment<'_>,
    name: &str,
    ordinal: usize,
    dictionary: Dictionary,
) -> Option<Remark> {
    if name.starts_with('Z') {
        return None;
    }
    let definition = dictionary.segment(name);
    let name = numbered(name, ordinal);
    let Some(definition) = definition else {
        return Some(Remark::note(format!("{name} is no segment of the version")));
    };
    let known = definition
        .fields()
        .map(|field| usize::from(field.number()))
        .max();
    let fields = segment.fields().enumerate();
    let valued = fields.filter(|(_, field)| field.presence().value().is_some());
    let last = valued.map(|(index, _)| index + 1).last()?;
    let known = known.filter(|known| *known < last)?;
    Some(Remark::note(format!(
        "{name}-{last} is beyond the {known} fields that the version has"
    )))
}
