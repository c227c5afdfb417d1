//! What each kind of stream gives, whole and byte by byte.

use bytes::{Bytes, BytesMut};
use cistern_mllp::{FaultKind, MAX_JUNK_BYTES, MllpCodec};
use tokio_util::codec::Decoder;

use crate::decoded::{Decoded, Seen, decode};

const LIMIT: usize = 32;

fn check(stream: &[u8], expected: &Decoded) {
    assert_eq!(decode(LIMIT, [stream]), *expected, "whole");
    assert_eq!(decode(LIMIT, stream.chunks(1)), *expected, "byte by byte");
}

fn frames(contents: &[&'static str]) -> Decoded {
    let frames = contents
        .iter()
        .map(|content| Bytes::from_static(content.as_bytes()))
        .collect();
    Decoded {
        frames,
        ..Decoded::default()
    }
}

impl Decoded {
    fn end_block(mut self, kind: FaultKind, offset: u64, masked: &str) -> Self {
        self.faults.push(Seen {
            masked: masked.to_owned(),
            ..Seen::new(kind, offset, 1)
        });
        self
    }

    fn fragment(mut self, kind: FaultKind, offset: u64, fragment: &'static str) -> Self {
        let masked = |byte: u8| if byte.is_ascii_digit() { '9' } else { 'x' };
        self.faults.push(Seen {
            fragment: Bytes::from(fragment),
            masked: fragment.bytes().map(masked).collect(),
            ..Seen::new(kind, offset, fragment.len())
        });
        self
    }

    fn junk(mut self, offset: u64, bytes: usize, masked: &str) -> Self {
        self.faults.push(Seen {
            masked: masked.to_owned(),
            ..Seen::new(FaultKind::Junk, offset, bytes)
        });
        self
    }

    fn error(mut self, error: &str) -> Self {
        self.error = Some(error.to_owned());
        self
    }
}

#[test]
fn frames_come_out_in_order() {
    check(b"", &frames(&[]));
    check(b"\x0Bone\x1C\r\x0Btwo\r\x1C\r\x0B\xE9t\xE9\x1C\r", &{
        let mut expected = frames(&["one", "two\r"]);
        expected.frames.push(Bytes::from_static(b"\xE9t\xE9"));
        expected
    });
}

#[test]
fn blanks_between_frames_are_no_fault() {
    check(
        b"\0\r\n \x0Bone\x1C\r\n\x0Btwo\x1C\r\0\0",
        &frames(&["one", "two"]),
    );
}

#[test]
fn empty_frames_are_counted() {
    let expected = Decoded {
        empty_frames: 2,
        ..frames(&["one"])
    };
    check(b"\x0B\x1C\r\x0Bone\x1C\r\x0B\x1C\r", &expected);
}

#[test]
fn junk_is_counted_from_its_first_to_its_last_byte_that_is_not_blank() {
    let expected = frames(&["one"]).junk(2, 5, "xx xx").junk(16, 3, "xxx");
    check(b"\r\nab cd\n\x0Bone\x1C\r \0xyz\n", &expected);
}

#[test]
fn junk_names_who_sent_it() {
    let cases: [(&[u8], FaultKind); 12] = [
        (
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xFC\x03\x03",
            FaultKind::Tls,
        ),
        (b"GET / HTTP/1.1\r\nHost: intake\r\n\r\n", FaultKind::Http),
        (b"OPTIONS * HTTP/1.1\r\n\r\n", FaultKind::Http),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", FaultKind::Http),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", FaultKind::Http),
        (b"\r\nMSH|^~\\&|A|B\rPID|1\r", FaultKind::UnframedHl7),
        (b"FHS|^~\\&\r", FaultKind::UnframedHl7),
        (b"BHS|^~\\&\r", FaultKind::UnframedHl7),
        (b"GETAWAY", FaultKind::Junk),
        (b"\x16", FaultKind::Junk),
        (b"MS", FaultKind::Junk),
        (b"PID|1\rMSH|^~\\&", FaultKind::Junk),
    ];
    for (stream, kind) in cases {
        let kinds: Vec<_> = decode(LIMIT, [stream])
            .faults
            .iter()
            .map(|fault| fault.kind)
            .collect();
        assert_eq!(kinds, [kind], "{}", stream.escape_ascii());
    }
}

#[test]
fn junk_is_shown_masked_from_its_first_byte() {
    let cases: [(&[u8], &str); 3] = [
        (
            b"\r\nMSH|^~\\&|ZZ|4711|\xC4rzte\rPID|1\r",
            r"xxx|^~\\&|xx|9999|xxxxx\rxxx|9",
        ),
        (b"\x16\x03\x01\x02\x00", r"\x16\x03\x01\x02"),
        (b"\t- _\x7F", r"\t- _\x7f"),
    ];
    for (stream, masked) in cases {
        let faults = decode(LIMIT, [stream]).faults;
        let shown: Vec<_> = faults.iter().map(|fault| &*fault.masked).collect();
        assert_eq!(shown, [masked]);
    }
}

#[test]
fn junk_is_named_while_it_lasts() {
    let mut codec = MllpCodec::new(LIMIT);
    let mut kinds = Vec::new();
    for read in ["\r\n", "MS", "H|^~", "\x0BMSH", "|\x1C\r"] {
        drop(codec.decode(&mut BytesMut::from(read)));
        kinds.push(codec.junk());
    }
    let unframed = Some(FaultKind::UnframedHl7);
    assert_eq!(kinds, [None, Some(FaultKind::Junk), unframed, None, None]);
}

#[test]
fn four_kib_of_junk_are_borne_and_no_more() {
    let borne = "x".repeat(MAX_JUNK_BYTES) + "\x0Bone\x1C\r";
    check(
        borne.as_bytes(),
        &frames(&["one"]).junk(0, MAX_JUNK_BYTES, &"x".repeat(64)),
    );

    let too_much = "x".repeat(MAX_JUNK_BYTES + 1) + "\x0Bone\x1C\r";
    let expected = frames(&[])
        .junk(0, MAX_JUNK_BYTES + 1, &"x".repeat(64))
        .error(
            "more than 4096 bytes outside of a frame: send nothing between frames: \
         each message goes between 0x0B and 0x1C 0x0D",
        );
    check(too_much.as_bytes(), &expected);
}

#[test]
fn blanks_are_borne_without_end() {
    let stream = "\0\r\n ".repeat(MAX_JUNK_BYTES) + "\x0Bone\x1C\r";
    check(stream.as_bytes(), &frames(&["one"]));
}

#[test]
fn a_start_block_inside_a_frame_starts_anew() {
    let expected = frames(&["two"]).fragment(FaultKind::EarlyStart, 1, "one");
    check(b"\x0Bone\x0Btwo\x1C\r", &expected);
    let expected = frames(&["two"]).fragment(FaultKind::EarlyStart, 1, "");
    check(b"\x0B\x0Btwo\x1C\r", &expected);
}

#[test]
fn an_end_block_ends_the_frame_before_what_cannot_be_content() {
    let missing = |frames: Decoded, offset, shown: &str| {
        frames.end_block(FaultKind::NoCarriageReturn, offset, shown)
    };
    let expected = missing(frames(&["one", "two"]), 4, r"xxx\x1c\x0b");
    check(b"\x0Bone\x1C\x0Btwo\x1C\r", &expected);
    let expected = missing(frames(&["one", "two"]), 4, r"xxx\x1c\n");
    check(b"\x0Bone\x1C\n\x0Btwo\x1C\r", &expected);
    let expected = missing(frames(&["one"]), 4, r"xxx\x1c");
    check(b"\x0Bone\x1C", &expected);
    let nothing = Decoded {
        empty_frames: 1,
        ..frames(&[])
    };
    check(b"\x0B\x1C", &missing(nothing, 1, r"\x1c"));
}

#[test]
fn an_end_block_before_another_byte_is_content_and_noted_once_a_frame() {
    let noted = |frames: Decoded, offset, shown: &str| {
        frames.end_block(FaultKind::EndBlockInContent, offset, shown)
    };
    let once = noted(frames(&["a\x1Cb"]), 2, r"x\x1cx");
    check(b"\x0Ba\x1Cb\x1C\r", &once);

    let twice = noted(frames(&["a\x1Cb\x1Cc", "d\x1C"]), 2, r"x\x1cx");
    let twice = noted(twice, 10, r"x\x1c\x1c");
    check(b"\x0Ba\x1Cb\x1Cc\x1C\r\x0Bd\x1C\x1C\r", &twice);
}

#[test]
fn a_stream_that_ends_inside_a_frame_leaves_a_fragment() {
    let expected = frames(&["one"])
        .fragment(FaultKind::UnfinishedAtEof, 7, "tw")
        .error("connection closed 2 bytes into a frame");
    check(b"\x0Bone\x1C\r\x0Btw", &expected);
}

#[test]
fn a_frame_may_be_as_long_as_the_limit() {
    let content: &'static str = "abcdefghijklmnopqrstuvwxyz012345";
    assert_eq!(content.len(), LIMIT);
    check(
        format!("\x0B{content}\x1C\r").as_bytes(),
        &frames(&[content]),
    );

    let expected = frames(&[])
        .fragment(FaultKind::TooLong, 1, content)
        .error("frame is longer than the limit of 32 bytes");
    check(format!("\x0B{content}6\x1C\r").as_bytes(), &expected);
    check(format!("\x0B{content}6\x0B\x1C\r").as_bytes(), &expected);
}

#[test]
fn an_end_block_that_is_content_counts_against_the_limit() {
    let stream = b"\x0Babcdefghijklmnopqrstuvwxyz012345\x1C!\x1C\r";
    let shown = "x".repeat(26) + r"999999\x1c!";
    let expected = frames(&[])
        .end_block(FaultKind::EndBlockInContent, 33, &shown)
        .fragment(FaultKind::TooLong, 1, "abcdefghijklmnopqrstuvwxyz012345")
        .error("frame is longer than the limit of 32 bytes");
    check(stream, &expected);
}

#[test]
fn the_limit_is_hit_while_waiting_for_the_end() {
    let mut codec = MllpCodec::new(4);
    let mut buffer = BytesMut::from(&b"\x0Babcd"[..]);
    assert_eq!(codec.decode(&mut buffer).unwrap(), None);
    buffer.extend_from_slice(b"e");
    let error = codec.decode(&mut buffer).unwrap_err();
    assert_eq!(
        error.to_string(),
        "frame is longer than the limit of 4 bytes"
    );
}

#[test]
fn a_frame_is_open_from_its_start_block_to_its_carriage_return() {
    let mut codec = MllpCodec::new(LIMIT);
    let mut buffer = BytesMut::new();
    let mut states = Vec::new();
    for byte in b"\n\x0Ba\x1Cb\x1C\r" {
        buffer.extend_from_slice(&[*byte]);
        drop(codec.decode(&mut buffer));
        states.push((codec.in_frame(), codec.end_block_pending()));
    }
    let (outside, inside, pending) = ((false, false), (true, false), (true, true));
    assert_eq!(
        states,
        [outside, inside, inside, pending, inside, pending, outside]
    );
}

#[test]
fn a_frame_has_its_place_in_the_stream() {
    let mut codec = MllpCodec::new(LIMIT);
    let mut buffer = BytesMut::from(&b"\x0Bone\x1C\r\njunk\x0Btwo\x1C\x0Bthr"[..]);
    let mut offsets = vec![codec.frame_offset()];
    while codec.decode(&mut buffer).unwrap().is_some() {
        offsets.push(codec.frame_offset());
    }
    offsets.push(codec.frame_offset());
    assert_eq!(offsets, [0, 1, 12, 17]);
}

#[test]
fn the_end_of_a_long_frame_is_shown() {
    let long = "a".repeat(30) + "7";
    let stream = format!("\x0B{}\x0B", long.repeat(3));
    let shown = format!("x9{0}9{0}9", "x".repeat(30));
    assert_eq!(shown.len(), 64);
    let faults = decode(100, [stream.as_bytes()]).faults;
    assert_eq!(faults[0].masked, shown);
}

#[test]
fn the_buffer_holds_the_open_frame() {
    let mut codec = MllpCodec::new(LIMIT);
    let mut buffer = BytesMut::from(&b"\x0Bone\x1C\r\nx\x0Btwo and"[..]);
    while codec.decode(&mut buffer).unwrap().is_some() {}
    assert_eq!(&buffer[..], b"two and");
}

#[test]
fn a_long_frame_takes_its_memory_along() {
    let mut codec = MllpCodec::new(1 << 20);
    let mut buffer = BytesMut::from(&b"\x0B"[..]);
    buffer.extend_from_slice(&vec![b'a'; 1 << 20]);
    buffer.extend_from_slice(b"\x1C\r\x0Btwo");
    assert_eq!(codec.decode(&mut buffer).unwrap().unwrap().len(), 1 << 20);
    buffer.reserve(1024);
    assert!(
        buffer.capacity() < 64 * 1024,
        "{} bytes kept",
        buffer.capacity()
    );
    buffer.extend_from_slice(b"\x1C\r");
    assert_eq!(codec.decode(&mut buffer).unwrap().unwrap(), "two");
}

#[test]
fn a_stream_goes_on_after_a_forced_end() {
    let mut codec = MllpCodec::new(LIMIT);
    let mut buffer = BytesMut::from(&b"\x0Bone\x1C"[..]);
    assert_eq!(codec.decode(&mut buffer).unwrap(), None);
    assert_eq!(codec.decode_eof(&mut buffer).unwrap().unwrap(), "one");
    buffer.extend_from_slice(b"\r\x0Btwo\x1C\r");
    assert_eq!(codec.decode(&mut buffer).unwrap().unwrap(), "two");
    let faults: Vec<_> = codec
        .take_faults()
        .into_iter()
        .map(crate::decoded::seen)
        .collect();
    let expected = frames(&[]).end_block(FaultKind::NoCarriageReturn, 4, r"xxx\x1c");
    assert_eq!(faults, expected.faults);
}

#[test]
fn faults_are_bounded_but_the_last_one_is_kept() {
    let stream = "\x0Bx".repeat(21);
    let Decoded {
        faults,
        faults_dropped,
        ..
    } = decode(LIMIT, [stream.as_bytes()]);
    let kinds: Vec<_> = faults.iter().map(|fault| fault.kind).collect();
    let mut expected = vec![FaultKind::EarlyStart; 16];
    expected.push(FaultKind::UnfinishedAtEof);
    assert_eq!((kinds, faults_dropped), (expected, 4));
}

#[test]
fn fragments_are_kept_up_to_twice_the_limit_and_counted_beyond() {
    let stream = ["a", "b", "c"].map(|letter| format!("\x0B{}", letter.repeat(30)));
    let stream = stream.concat() + "\x0Bfour\x0Bfive";
    let thirty = Bytes::from("c".repeat(30));
    let faults = decode(LIMIT, [stream.as_bytes()]).faults;
    let kept: Vec<_> = faults
        .iter()
        .map(|fault| (fault.bytes, fault.fragment.len(), fault.bytes_not_kept))
        .collect();
    let expected = [(30, 30, 0), (30, 30, 0), (30, 0, 30), (4, 4, 0), (4, 4, 0)];
    assert_eq!(kept, expected);

    let (mut codec, mut buffer) = (MllpCodec::new(LIMIT), BytesMut::new());
    let mut taken = Vec::new();
    for read in stream.as_bytes().chunks(31) {
        buffer.extend_from_slice(read);
        drop(codec.decode(&mut buffer));
        taken.extend(codec.take_faults().into_iter().map(|fault| fault.fragment));
    }
    assert_eq!(taken.get(2), Some(&thirty), "taking makes room");
}

#[test]
fn each_fault_tells_the_sender_what_to_change() {
    let advice = [
        (
            FaultKind::Junk,
            "send nothing between frames: each message goes between 0x0B and 0x1C 0x0D",
        ),
        (
            FaultKind::Tls,
            "this port is not TLS: turn TLS off at the sender or on at this port",
        ),
        (
            FaultKind::Http,
            "this port speaks MLLP, not HTTP: point the HTTP client elsewhere",
        ),
        (
            FaultKind::UnframedHl7,
            "turn MLLP framing on at the sender: HL7 arrived without the 0x0B before it",
        ),
        (
            FaultKind::EarlyStart,
            "end each frame with 0x1C 0x0D before starting the next, and send no 0x0B inside one",
        ),
        (
            FaultKind::NoCarriageReturn,
            "send 0x0D after the 0x1C that ends each frame",
        ),
        (
            FaultKind::EndBlockInContent,
            "escape or remove 0x1C inside messages: it is the end mark of a frame",
        ),
        (
            FaultKind::UnfinishedAtEof,
            "keep the connection open until the 0x1C 0x0D of the last frame is sent",
        ),
        (
            FaultKind::TooLong,
            "send smaller messages, or have the frame limit of this port raised",
        ),
    ];
    for (kind, sentence) in advice {
        assert_eq!(kind.to_string(), sentence);
    }
}
