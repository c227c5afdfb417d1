//! What parsing is measured by: a message parsed, ten of its fields read, every leaf visited.

use std::hint::black_box;

use hl7::{Message, Path, Presence, path};

const OF_THE_MESSAGE: [Path; 8] = [
    path!("MSH-9.1"),
    path!("MSH-9.2"),
    path!("MSH-10"),
    path!("PID-3.1"),
    path!("PID-5.1"),
    path!("PID-5.2"),
    path!("PID-7"),
    path!("PID-8"),
];
const OF_A_RESULT: [Path; 2] = [path!("OBX-3.1"), path!("OBX-5")];

/// Parses. Answers how many segments there are.
pub fn segments(message: &[u8]) -> usize {
    Message::parse(black_box(message)).map_or(0, |message| message.segments().len())
}

/// Parses and reads eight fields of the message and two of each OBX. Answers how long they are.
pub fn ten_fields(message: &[u8]) -> usize {
    let Ok(message) = Message::parse(black_box(message)) else {
        return 0;
    };
    let mut length: usize = OF_THE_MESSAGE
        .iter()
        .map(|path| length(message.get(path)))
        .sum();
    for result in message.segments_named("OBX") {
        length += OF_A_RESULT
            .iter()
            .map(|path| self::length(result.get(path)))
            .sum::<usize>();
    }
    length
}

/// Parses and visits every leaf. Answers how long they are.
pub fn every_leaf(message: &[u8]) -> usize {
    let Ok(message) = Message::parse(black_box(message)) else {
        return 0;
    };
    let mut length = 0;
    for leaf in message.leaves() {
        length += leaf.raw().len();
    }
    length
}

fn length(found: Presence<'_>) -> usize {
    found.value().map_or(0, |value| value.raw().len())
}
