//! Nothing that a message says appears in an error or in `Debug` output.
#![cfg(test)]

use std::fmt::{Debug, Display};

use bytes::Bytes;
use cistern_hl7::{Charset, Delimiters, Header, Message, MessageBuf, Presence, Timestamp};

const MARKER: &str = "Xyzzyx";

fn told_nothing(shown: &str) {
    assert!(
        !shown.contains(MARKER) && !shown.contains("88, 121"),
        "{shown}"
    );
}

fn error_tells_nothing(error: &(impl Debug + Display)) {
    told_nothing(&format!("{error}"));
    told_nothing(&format!("{error:?} {error:#?}"));
}

fn view_tells_nothing(view: &impl Debug) {
    told_nothing(&format!("{view:?} {view:#?}"));
}

#[test]
fn errors_tell_nothing() {
    let bodies = [
        "",
        "MSH",
        "MSH|",
        "MSH||",
        "MSH|^|",
        "MSH|^^|",
        "MSHX",
        "MSH ",
        "FHS|",
        "BHS|^~\\&|",
        "MSH^~\\&|",
        "MSH|^~\\&#!|",
        "PID|",
        "\u{FEFF}\r",
        "\u{FEFF}",
        "MSH|^~X&|",
    ];
    for body in bodies {
        for text in [
            format!("{body}{MARKER}\r{MARKER}"),
            format!("{MARKER}{body}"),
        ] {
            error_tells_nothing(&Message::parse(text.as_bytes()).unwrap_err());
            error_tells_nothing(&Header::parse(text.as_bytes()).unwrap_err());
            error_tells_nothing(&MessageBuf::parse(Bytes::from(text)).unwrap_err());
        }
    }
    error_tells_nothing(&Timestamp::parse(MARKER.as_bytes()).unwrap_err());
    error_tells_nothing(&Charset::from_label(MARKER.as_bytes()).unwrap_err());
    for charset in [
        Charset::ASCII,
        Charset::UTF_8,
        Charset::WINDOWS_1252,
        Charset::UNSTATED,
    ] {
        let bytes = [MARKER.as_bytes(), b"\x81"].concat();
        error_tells_nothing(&charset.decode(&bytes).unwrap_err());
    }
}

#[test]
fn views_tell_nothing() {
    let text = format!("MSH|^~\\&|{MARKER}\rPID|{MARKER}^{MARKER}&{MARKER}~{MARKER}\r{MARKER}");
    let message = Message::parse(text.as_bytes()).unwrap();
    view_tells_nothing(&message);
    view_tells_nothing(&message.to_buf());
    view_tells_nothing(&message.header());
    for segment in message.segments() {
        view_tells_nothing(&segment);
        view_tells_nothing(&segment.fields());
        for field in segment.fields() {
            let repetition = field.repetition(1).unwrap();
            let component = repetition.component(1).unwrap();
            let subcomponent = component.subcomponent(1).unwrap();
            view_tells_nothing(&(field, repetition, component, subcomponent));
            view_tells_nothing(&field.presence());
        }
    }
    let field = message.segment("PID").unwrap().field(1).unwrap();
    let shown = format!("{message:?} {field:?} {:?}", field.presence());
    assert_eq!(
        shown,
        "Message(54 bytes, 3 segments) Field(27 bytes) Value(Value(27 bytes))"
    );
    let presence = Presence::Value(field.presence().value().unwrap());
    assert_eq!(presence, field.presence());
    view_tells_nothing(&Delimiters::default());
}
