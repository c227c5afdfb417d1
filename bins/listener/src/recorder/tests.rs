//! How much memory a link takes in the recorder.

use std::time::Duration;

use bytes::BytesMut;
use mllp::MllpCodec;
use tokio_util::codec::Decoder as _;

use super::{LinkEvent, LinkEventKind, LinkRecord, Recorder, Tape};
use crate::refusal::Refusal;

/// What a record holds on to, in bytes.
fn heap_bytes(link: &LinkRecord) -> usize {
    let event = |event: &LinkEvent| match &event.what {
        LinkEventKind::Frame { masked, .. } => masked.as_ref().map_or(0, |masked| masked.len()),
        LinkEventKind::Refused(refusal) => size_of_val(&**refusal),
        LinkEventKind::Fault(fault) => {
            let texts = fault.fault.len() + fault.masked.capacity() + fault.advice.len();
            size_of_val(&**fault) + texts
        }
        _ => 0,
    };
    let events: usize = link.events.iter().map(event).sum();
    events + link.events.capacity() * size_of::<LinkEvent>() + size_of_val(&*link.answers)
}

fn tape() -> Tape {
    Recorder::default().open("main", ([127, 0, 0, 1], 2575).into())
}

/// A message is read and answered.
fn message(tape: &Tape, content: &[u8]) {
    tape.frame(1, content);
    tape.answer("AA", Duration::from_millis(1));
}

#[test]
fn a_few_messages_take_less_than_two_kib() {
    let tape = tape();
    assert_eq!(heap_bytes(&tape.recording.link()), 0);
    for _ in 0..4 {
        message(&tape, &[b'x'; 1_000]);
    }
    let bytes = heap_bytes(&tape.recording.link());
    assert!(bytes < 1_024, "{bytes}");
    for _ in 0..1_000 {
        message(&tape, &[b'x'; 1_000]);
    }
    let bytes = heap_bytes(&tape.recording.link());
    assert!(bytes < 2_048, "{bytes}");
}

#[test]
fn whatever_comes_a_link_takes_no_more_than_eight_kib() {
    let tape = tape();
    let mut codec = MllpCodec::new(1_000);
    let mut buffer = BytesMut::new();
    for _ in 0..100 {
        buffer.extend_from_slice(&[b"\x0B", &[1; 500][..]].concat());
        assert_eq!(codec.decode(&mut buffer).unwrap(), None);
        for fault in codec.take_faults() {
            tape.fault(&fault);
        }
        tape.refused(Refusal::Unreadable, b"");
        message(&tape, &[1; 1_000]);
    }
    let bytes = heap_bytes(&tape.recording.link());
    assert!((4_096..8_192).contains(&bytes), "{bytes}");
}
