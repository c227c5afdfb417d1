//! Messages, borrowed and owned, and their headers.
#![cfg(test)]

use std::iter::FusedIterator;

use bytes::Bytes;
use cistern_hl7::{
    AckMode, Charset, DelimiterFault, Header, Message, MessageBuf, Path, Segment, Version, path,
};

const TEXT: &[u8] =
    b"MSH|^~\\&|EHR^1.2^ISO|CLINIC|TANK|CITY|20240503142959||ADT^A08^ADT_A01|007|P^T|\
    2.5.1^DEU|13||AL|NE||UNICODE UTF-8~8859/1\r\nPID|1\r\n\r\nOBX|1\nOBX|2\rZZZ";

#[test]
fn segments_in_order() {
    let message = Message::parse(TEXT).unwrap();
    let read: Vec<(usize, &[u8], &[u8])> = message
        .segments()
        .skip(1)
        .map(|segment| (segment.position(), segment.name(), segment.raw()))
        .collect();
    let expected: [(usize, &[u8], &[u8]); 4] = [
        (1, b"PID", b"PID|1"),
        (2, b"OBX", b"OBX|1"),
        (3, b"OBX", b"OBX|2"),
        (4, b"ZZZ", b"ZZZ"),
    ];
    assert_eq!(read, expected);
    assert_eq!(message.segments().len(), 5);
    assert_eq!(message.segments().next_back(), message.segment_at(4));
    assert_eq!(
        (message.segment_at(5), message.segment_at(usize::MAX)),
        (None, None)
    );
    assert_eq!(message.segment("OBX"), message.segment_at(2));
    assert_eq!(message.segment("OB"), None);
    assert_eq!(message.segment(""), None);
    assert_eq!(
        message
            .segments_named("OBX")
            .map(Segment::position)
            .collect::<Vec<_>>(),
        [2, 3]
    );
}

#[test]
fn the_header() {
    let header = Header::parse(TEXT).unwrap();
    let read = [
        header.sending_application(),
        header.sending_facility(),
        header.receiving_application(),
        header.receiving_facility(),
        header.timestamp(),
        header.message_code(),
        header.trigger_event(),
        header.structure(),
        header.control_id(),
        header.processing_id(),
        header.version(),
        header.sequence_number(),
        header.accept_acknowledgment(),
        header.application_acknowledgment(),
        header.charsets(),
    ];
    let expected: [&[u8]; 15] = [
        b"EHR^1.2^ISO",
        b"CLINIC",
        b"TANK",
        b"CITY",
        b"20240503142959",
        b"ADT",
        b"A08",
        b"ADT_A01",
        b"007",
        b"P",
        b"2.5.1",
        b"13",
        b"AL",
        b"NE",
        b"UNICODE UTF-8~8859/1",
    ];
    assert_eq!(read, expected);
    assert_eq!(Message::parse(TEXT).unwrap().header(), header);
    assert_eq!(
        header.segment().raw(),
        TEXT.split(|byte| *byte == b'\r').next().unwrap()
    );
    assert_eq!(Header::parse(b"MSH|^~\\&").unwrap().control_id(), b"");
}

#[test]
fn null_says_nothing_in_a_header() {
    let fields = "|\"\"".repeat(16);
    let text = format!("MSH|^~\\&{fields}");
    let header = Header::parse(text.as_bytes()).unwrap();
    let read = [
        header.sending_application(),
        header.message_code(),
        header.control_id(),
        header.version(),
        header.accept_acknowledgment(),
        header.application_acknowledgment(),
        header.charsets(),
    ];
    assert_eq!(read, [b""; 7]);
    assert_eq!(header.charset(), Ok(Charset::UNSTATED));
    assert_eq!(header.ack_mode(), AckMode::Original);
    assert_eq!(header.version_number(), None);
}

#[test]
fn the_version_of_a_header() {
    for (text, version) in [
        (r"MSH|^~\&|A|||||||||2.5.1^DEU", Some(Version::new(5, 1))),
        (r"MSH|^~\.|A|||||||||2\T\5\T\1", Some(Version::new(5, 1))),
        (r"MSH|^~\&|A|||||||||9", None),
        (r"MSH|^~\&|A", None),
    ] {
        let header = Header::parse(text.as_bytes()).unwrap();
        assert_eq!(header.version_number(), version, "{text}");
    }
}

#[test]
fn a_slip_in_msh_2_is_told() {
    let fault = |text: &[u8]| Header::parse(text).unwrap().delimiter_fault();
    assert_eq!(fault(b"MSH|^~\\&|"), None);
    assert_eq!(fault(b"MSH|^~\\&#|"), None);
    assert_eq!(fault(b"MSH|^~&|"), Some(DelimiterFault::EscapeMissing));
    assert_eq!(fault(b"MSH|^~\\\\&|"), Some(DelimiterFault::EscapeDoubled));
    assert_eq!(fault(b"MSH|^\\~\\&|"), Some(DelimiterFault::EscapeDoubled));
}

#[test]
fn an_owned_message_is_the_same_message() {
    fn travels<T: Clone + Send + Sync + 'static>(_: &T) {}

    let parsed = MessageBuf::parse(Bytes::from_static(TEXT)).unwrap();
    let copied = Message::parse(TEXT).unwrap().to_buf();
    travels(&parsed);
    for buffer in [&parsed, &copied, &parsed.clone()] {
        assert_eq!(&buffer.bytes()[..], TEXT);
        assert_eq!(buffer.message().as_bytes(), TEXT);
        let message = Message::parse(TEXT).unwrap();
        assert!(buffer.message().segments().eq(message.segments()));
        assert_eq!(
            buffer.message().get(&path!("OBX[2]-1")),
            message.get(&path!("OBX[2]-1"))
        );
    }
    assert_eq!(
        parsed.bytes().as_ptr(),
        TEXT.as_ptr(),
        "the bytes are not copied"
    );
}

#[test]
fn views_outlive_the_message_they_were_taken_from() {
    let field = Message::parse(TEXT)
        .unwrap()
        .segment("OBX")
        .unwrap()
        .field(1)
        .unwrap();
    assert_eq!(field.raw(), b"1");
}

#[test]
fn messages_are_equal_by_their_bytes() {
    let (copy, other) = (TEXT.to_vec(), [TEXT, b"\r"].concat());
    let messages = [TEXT, &other].map(|bytes| Message::parse(bytes).unwrap());
    assert_eq!(messages[0], Message::parse(&copy).unwrap());
    assert_ne!(messages[0], messages[1]);
    assert_eq!(messages[0].to_buf(), messages[0].to_buf());
    assert_ne!(messages[0].to_buf(), messages[1].to_buf());
}

#[test]
fn what_has_ended_stays_ended() {
    fn ended<T: FusedIterator>(mut parts: T) -> [bool; 3] {
        parts.by_ref().for_each(drop);
        [(); 3].map(|()| parts.next().is_none())
    }
    let message = Message::parse(b"MSH|^~\\&\rBHS\rBHS|\rBHS|^\rPID\rPID|\rPID|1").unwrap();
    for segment in message.segments() {
        assert_eq!(ended(segment.fields()), [true; 3]);
        assert_eq!(ended(segment.leaves()), [true; 3]);
    }
}

#[test]
fn what_is_said_of_a_place() {
    let message = Message::parse(b"MSH|^~\\&\rPID|1|\xFF|Roe\\T\\||\"\"").unwrap();
    let read = |path: &Path| {
        let found = message.get(path);
        let text = found
            .decode(Charset::UTF_8)
            .map(|text| text.map(String::from));
        (found.is_valued(), found.is_null(), text.ok())
    };
    assert_eq!(
        read(&path!("PID-3")),
        (true, false, Some(Some("Roe&".to_owned())))
    );
    assert_eq!(read(&path!("PID-2")), (true, false, None));
    assert_eq!(read(&path!("PID-4")), (false, false, Some(None)));
    assert_eq!(read(&path!("PID-5")), (false, true, Some(None)));
    assert_eq!(read(&path!("PID-6")), (false, false, Some(None)));
}

#[test]
fn versions_are_ordered() {
    let order = [
        "2.1", "2.2", "2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.8.2", "2.9", "2.10",
    ];
    let versions: Vec<Version> = order
        .iter()
        .map(|id| Version::parse(id.as_bytes()).unwrap())
        .collect();
    assert!(
        versions.is_sorted_by(|earlier, later| earlier < later),
        "{versions:?}"
    );
    let written: Vec<String> = versions.iter().map(Version::to_string).collect();
    assert_eq!(written, order);
    for id in ["", "2", "3.0", "2.5.1.1", "2.5x", " 2.5", "2.256", "2.5é"] {
        assert_eq!(Version::parse(id.as_bytes()), None, "{id}");
        assert!(id.parse::<Version>().is_err(), "{id}");
    }
}
