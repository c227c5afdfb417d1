//! How often the parser allocates.
#![cfg(test)]

use allocation_counter::measure;
use bytes::Bytes;
use cistern_hl7::{Charset, Message, MessageBuf, Path, path};

const PATHS: [Path; 10] = [
    path!("MSH-9.2"),
    path!("PID-3[type=MR].1"),
    path!("PID-5.1"),
    path!("PID-5.2"),
    path!("PID-11[H].5"),
    path!("PID-13[2=PRN][3=PH].1"),
    path!("OBX[2]-5"),
    path!("OBX[3]-5[*]"),
    path!("ZZZ-1"),
    path!("PID-30"),
];

fn message_of(segments: usize) -> Vec<u8> {
    let mut message = b"MSH|^~\\&|LAB|CITY|EHR|CLINIC|20240503||ORU^R01|1|P|2.5.1\r\
        PID|1||17^^^CITY^PI~4711^^^CITY^MR||Roe^Ann||19700102|F|||1 Main St^^Town^GA^30301^^H||\
        ^PRN^PH^^^555^1234567\r"
        .to_vec();
    for number in 3..=segments {
        message.extend(format!("OBX|{number}|ST|1554-5^GLUCOSE^LN||182~183|mg/dl\r").bytes());
    }
    message
}

#[test]
fn parsing_allocates_at_most_three_times_below_64_segments() {
    for segments in [2, 12, 63] {
        let message = message_of(segments);
        let counted = measure(|| {
            Message::parse(&message).unwrap();
        });
        assert!(
            counted.count_total <= 3,
            "{segments} segments: {}",
            counted.count_total
        );
    }
}

#[test]
fn parsing_takes_at_most_eight_bytes_of_heap_a_byte() {
    for segments in [63, 5_000] {
        let message = message_of(segments);
        let counted = measure(|| {
            Message::parse(&message).unwrap();
        });
        let most = 8 * message.len() as u64;
        assert!(
            counted.bytes_max <= most,
            "{segments} segments: {}",
            counted.bytes_max
        );
    }
}

#[test]
fn reading_by_path_does_not_allocate() {
    let message = message_of(12);
    let message = Message::parse(&message).unwrap();
    let counted = measure(|| {
        for path in PATHS {
            std::hint::black_box(message.get(&path));
            std::hint::black_box(message.get_all(&path).count());
        }
    });
    assert_eq!(counted.count_total, 0);
    let valued = PATHS
        .iter()
        .filter(|path| message.get(path).value().is_some());
    assert_eq!(valued.count(), 7, "the paths find what they look for");
}

#[test]
fn decoding_plain_text_does_not_allocate() {
    let message = message_of(12);
    let message = Message::parse(&message).unwrap();
    let value = message.get(&PATHS[2]).value().unwrap();
    let counted = measure(|| {
        std::hint::black_box(value.decode(Charset::UNSTATED).unwrap());
        std::hint::black_box(value.plain_text(Charset::UTF_8).unwrap());
    });
    assert_eq!(counted.count_total, 0);
}

#[test]
fn every_leaf_is_reached_without_allocating() {
    let input = message_of(12);
    let message = Message::parse(&input).unwrap();
    let mut bytes = 0;
    let counted = measure(|| {
        for field in message.segments().flat_map(cistern_hl7::Segment::fields) {
            for component in field
                .repetitions()
                .flat_map(cistern_hl7::Repetition::components)
            {
                bytes += component
                    .subcomponents()
                    .map(|leaf| leaf.raw().len())
                    .sum::<usize>();
            }
        }
    });
    let in_one_pass = measure(|| {
        let lengths = message.leaves().map(|leaf| leaf.raw().len());
        assert_eq!(lengths.sum::<usize>(), bytes);
    });
    assert_eq!(in_one_pass.count_total, 0);
    let text = input
        .iter()
        .filter(|byte| !b"|^~\\&\r".contains(byte))
        .count();
    let names = 12 * "MSH".len();
    let header = "|".len() + "^~\\&".len();
    assert_eq!((counted.count_total, bytes), (0, text - names + header));
}

#[test]
fn an_owned_message_lends_itself_without_allocating() {
    let buffer = MessageBuf::parse(Bytes::from(message_of(12))).unwrap();
    let counted = measure(|| {
        let clone = buffer.clone();
        std::hint::black_box(clone.message().header().control_id().len());
    });
    assert_eq!(counted.count_total, 0);
}
