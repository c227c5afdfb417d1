//! Answers: whatever was received, the answer to it is a message and fits into a frame.
//!
//! An input is a text for the answer to say, a line feed, and what was received.

use cistern_hl7::{
    Ack, AckCode, AckError, AckStamp, ApplicationCode, Charset, ErrorCondition, Field, Header,
    Location, Message, Presence, Segment, Timestamp, path,
};

pub(crate) fn check(input: &[u8]) {
    let mut parts = input.splitn(2, |byte| *byte == b'\n');
    let text = String::from_utf8_lossy(parts.next().unwrap()).into_owned();
    let received = parts.next().unwrap_or_default();
    let error = AckError {
        location: Some(Location::component("PID", 1, 3, 4)),
        application_code: Some(ApplicationCode::RecordLocked),
        diagnostics: Some(&text),
        user_message: Some(&text),
        ..AckError::new(ErrorCondition::OtherError)
    };
    let errors = [error, AckError::new(ErrorCondition::DataTypeError)];
    for (code, version, errors) in [
        (AckCode::ApplicationAccept, None, &[][..]),
        (AckCode::ApplicationError, None, &errors[..]),
        (AckCode::ApplicationReject, Some("2.1"), &errors[..]),
        (AckCode::CommitAccept, Some("2.3.1"), &errors[..1]),
        (AckCode::CommitError, Some("2.7"), &errors[..]),
        (AckCode::CommitReject, Some(text.as_str()), &errors[..]),
    ] {
        let ack = Ack {
            text: Some(&text),
            errors,
            expected_sequence_number: version.map(|_| -1),
            version,
            ..Ack::new(code)
        };
        answer(&ack, received, &text);
    }
}

fn answer(ack: &Ack<'_>, received: &[u8], text: &str) {
    let mut stamp = AckStamp::new(Timestamp::from_unix_millis(0), text);
    stamp.sending_application = ack.version.map(|_| text);
    let header = Header::parse(received);
    let answer = match header {
        Ok(header) => ack.answer(&header, &stamp),
        Err(_) => ack.answer_unreadable(received, &stamp),
    };
    let read = Message::parse(&answer).unwrap();
    let names: Vec<&[u8]> = read.segments().map(Segment::name).collect();
    assert_eq!(names[..2], [b"MSH", b"MSA"]);
    assert!(names[2..].iter().all(|name| name == b"ERR"));
    assert!((ack.errors.len().min(1)..=ack.errors.len()).contains(&names[2..].len()));
    assert!(read.header().is_acknowledgment());
    let code = read.get(&path!("MSA-1")).value().unwrap();
    assert_eq!(code.raw(), ack.code.as_str().as_bytes());
    if let Presence::Value(id) = read.get(&path!("MSH-10"))
        && read.delimiters().escape().is_some()
    {
        let charset = read.charset().unwrap_or(Charset::ASCII);
        let id = id.decode(charset).unwrap();
        // Only what is given back can keep the answer from being in UTF-8.
        let is_plain = |raw: &[u8]| raw.is_ascii() && !raw.contains(&0x1B);
        let may_be_lost = header.is_ok_and(|header| !is_plain(header.segment().raw()));
        let plain = text.replace(|c: char| !c.is_ascii() || c == '\x1B', "?");
        let may_be_lost = may_be_lost || text.contains('\x1B');
        assert!(id == text || may_be_lost && id == plain);
    }
    if let Ok(header) = header {
        assert_eq!(read.delimiters(), header.delimiters());
        let id = read.segment("MSA").unwrap().field(2);
        assert_eq!(id.map_or(&b""[..], Field::raw), header.control_id());
    }
    fits_into_a_frame(received, &answer);
}

/// What came in a frame holds no start block, so neither does what is given back of it. An end
/// block ends a frame where a line break follows.
fn fits_into_a_frame(received: &[u8], answer: &[u8]) {
    assert!(received.contains(&0x0B) || !answer.contains(&0x0B));
    let end = |pair: &[u8]| pair[0] == 0x1C && b"\r\n".contains(&pair[1]);
    assert!(!answer.windows(2).any(end));
}
