//! What is done with a hostile input. Each answers how much it found.

use std::hint::black_box;

use hl7::{
    Ack, AckCode, AckStamp, Charset, Delimiters, Draft, Header, Message, Outline, Path, Presence,
    Segment, Timestamp, path,
};

use crate::cases::HEADER;

fn read(bytes: &[u8], question: impl FnOnce(&Message<'_>) -> usize) -> usize {
    Message::parse(black_box(bytes)).map_or(0, |message| question(&message))
}

pub(crate) fn every_text(bytes: &[u8]) -> usize {
    read(bytes, |message| {
        let mut length = 0;
        for field in message.segments().flat_map(Segment::fields) {
            if let Presence::Value(value) = field.presence() {
                length += value.decode(Charset::UNSTATED).map_or(0, |text| text.len());
            }
        }
        length
    })
}

pub(crate) fn groups(bytes: &[u8]) -> usize {
    read(bytes, |message| {
        let outline = Outline::of(message);
        let segments = message.segments();
        segments
            .map(|segment| {
                outline.under(segment, "NTE").len() + outline.in_scope(segment, "PID").len()
            })
            .sum()
    })
}

pub(crate) fn redelimited(bytes: &[u8]) -> usize {
    read(bytes, |message| {
        let mut draft = Draft::of(message);
        let others = "!*@+-".parse();
        let done = others.map(|delimiters| draft.redelimit(delimiters));
        draft.to_bytes().len() + usize::from(matches!(done, Ok(Ok(()))))
    })
}

pub(crate) fn answered(bytes: &[u8]) -> usize {
    let stamp = AckStamp::new(Timestamp::from_unix_millis(0), "1");
    let ack = Ack::new(AckCode::ApplicationAccept);
    Header::parse(black_box(bytes)).map_or(0, |header| ack.answer(&header, &stamp).len())
}

/// The path of the last piece but one of the cases with 65,000 of them.
fn near_end(bytes: &[u8], before: &str, after: &str) -> Option<Path> {
    let number = (bytes.len() - HEADER.len() - "ZZZ".len()) / 2;
    Path::parse(&format!("{before}{number}{after}")).ok()
}

pub(crate) fn get(bytes: &[u8], before: &str, after: &str) -> usize {
    near_end(bytes, before, after).map_or(0, |path| found(bytes, &path))
}

pub(crate) fn set(bytes: &[u8], before: &str, after: &str) -> usize {
    near_end(bytes, before, after).map_or(0, |path| changed(bytes, &path))
}

pub(crate) fn found(bytes: &[u8], path: &Path) -> usize {
    read(bytes, |message| {
        message
            .get(path)
            .value()
            .map_or(0, |value| value.raw().len())
    })
}

pub(crate) fn found_all(bytes: &[u8], path: &Path) -> usize {
    read(bytes, |message| message.get_all(path).count())
}

pub(crate) fn changed(bytes: &[u8], path: &Path) -> usize {
    read(bytes, |message| {
        let mut draft = Draft::of(message);
        draft
            .set(path, "changed")
            .map_or(0, |()| draft.to_bytes().len())
    })
}

pub(crate) fn appended(bytes: &[u8]) -> usize {
    read(bytes, |message| {
        let mut draft = Draft::of(message);
        draft
            .append(&path!("ZZZ-1"), "more")
            .map_or(0, |()| draft.to_bytes().len())
    })
}

/// As many segments as there are lines in the input.
pub(crate) fn added(lines: &[u8]) -> usize {
    let mut draft = Draft::new(Delimiters::default());
    let segments = lines
        .split(|byte| *byte == b'\r')
        .filter(|line| !line.is_empty());
    let done = segments.filter(|segment| draft.add(segment).is_ok());
    done.count()
}

pub(crate) fn as_text(bytes: &[u8], write: impl FnOnce(&str) -> usize) -> usize {
    str::from_utf8(black_box(bytes)).map_or(0, write)
}

pub(crate) fn decoded(bytes: &[u8], label: &[u8]) -> usize {
    let Ok(charset) = Charset::from_label(label) else {
        return 0;
    };
    charset
        .decode(black_box(bytes))
        .map_or(0, |text| text.len())
}
