//! Nothing that a message says appears in an error or in `Debug` output.
#![cfg(test)]

use std::fmt::{Debug, Display};

use bytes::Bytes;
use cistern_hl7::{
    Batch, BatchReader, Charset, Cwe, Cx, Delimiters, Draft, DraftError, Header, Message,
    MessageBuf, Nm, Outline, Pl, Presence, Sn, Timestamp, Tq, Xad, Xcn, Xon, Xpn, Xtn, path,
};

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
fn recoding_tells_nothing() {
    for charset in ["ASCII", "BIG-5", "~ISO IR87", MARKER] {
        let header = format!("MSH|^~\\&|{MARKER}|||||||||2.5||||||{charset}\rPID|{MARKER}");
        let bytes = [header.as_bytes(), b"\xFF", MARKER.as_bytes()].concat();
        error_tells_nothing(&Message::parse(&bytes).unwrap().to_utf8().unwrap_err());
    }
}

#[test]
fn views_tell_nothing() {
    let text = format!("MSH|^~\\&|{MARKER}\rPID|{MARKER}^{MARKER}&{MARKER}~{MARKER}\r{MARKER}");
    let message = Message::parse(text.as_bytes()).unwrap();
    view_tells_nothing(&message);
    view_tells_nothing(&message.to_buf());
    view_tells_nothing(&message.header());
    view_tells_nothing(&Outline::of(&message));
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

#[test]
fn values_tell_nothing() {
    let text = format!("MSH|^~\\&|\rZZZ|{}", [MARKER; 25].join("^"));
    let message = Message::parse(text.as_bytes()).unwrap();
    let field = message.segment("ZZZ").unwrap().field(1).unwrap();
    let repetition = field.repetition(1).unwrap();
    view_tells_nothing(&(Cx::of(repetition), Xpn::of(repetition), Xad::of(repetition)));
    view_tells_nothing(&(Xtn::of(repetition), Xtn::of(repetition).number()));
    view_tells_nothing(&(Cwe::of(repetition), Pl::of(repetition), Tq::of(repetition)));
    view_tells_nothing(&(Xcn::of(repetition), Xon::of(repetition), Sn::of(repetition)));
    let digits = "8812188121";
    let shown = format!("{:?}", Nm::parse(digits.as_bytes()).unwrap());
    assert_eq!(shown, "Nm(10 bytes)");
    let born = Timestamp::parse(b"19881218").unwrap();
    assert_eq!(
        format!("{born:?} {born:#?}"),
        "Timestamp(Day) Timestamp(Day)"
    );
}

#[test]
fn drafts_tell_nothing() {
    let text = format!("MSH|^~\\&|{MARKER}||||||||||||||{MARKER}\rPID|{MARKER}");
    let mut draft = Draft::of(&Message::parse(text.as_bytes()).unwrap());
    view_tells_nothing(&draft);
    view_tells_nothing(&draft.segment_at(1).unwrap());
    let errors: [Result<(), DraftError>; 5] = [
        draft.set(&path!("PID-1"), &format!("{MARKER}é")),
        draft.set(&path!("PID-1[5=Xyzzyx]"), MARKER),
        draft.set(&path!("MSH-2"), MARKER),
        draft.set_raw(&path!("PID-1"), format!("{MARKER}|").as_bytes()),
        draft.add(format!("{MARKER}|").as_bytes()).map(drop),
    ];
    for error in errors {
        error_tells_nothing(&error.unwrap_err());
    }
}

#[test]
fn batches_tell_nothing() {
    let text =
        format!("{MARKER}\rFHS|{MARKER}\rBHS|{MARKER}\rMSH|{MARKER}\rBTS|{MARKER}\rFTS|{MARKER}");
    view_tells_nothing(&Batch::new(text.as_bytes()));
    assert_eq!(Batch::new(text.as_bytes()).count(), 6);
    for item in Batch::new(text.as_bytes()) {
        view_tells_nothing(&item);
    }
    view_tells_nothing(&BatchReader::new(text.as_bytes(), 100));
    for item in BatchReader::new(text.as_bytes(), 100) {
        view_tells_nothing(&item.unwrap());
    }
    let error = BatchReader::new(text.as_bytes(), 4)
        .next()
        .unwrap()
        .unwrap_err();
    error_tells_nothing(&error);
}
