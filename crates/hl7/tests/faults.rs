//! Faults that other HL7 parsers have. Each is a test here.
#![cfg(test)]

use std::io::BufReader;

use cistern_hl7::{
    Ack, AckCode, AckStamp, BatchReader, Charset, Delimiters, Draft, Field, Header, Leaf, Message,
    ParseError, ParseErrorKind, Path, PathErrorKind, Presence, Segment, Timestamp, path,
    plain_text, split_messages, unescape,
};

fn parse(text: &[u8]) -> Message<'_> {
    Message::parse(text).unwrap()
}

fn names<'a>(message: &Message<'a>) -> Vec<&'a [u8]> {
    message.segments().map(Segment::name).collect()
}

fn fault(text: &[u8]) -> (ParseErrorKind, usize) {
    let error: ParseError = Message::parse(text).unwrap_err();
    (error.kind(), error.offset())
}

#[test]
fn segments_after_an_odd_one_are_kept() {
    let message =
        parse(b"MSH|^~\\&|A\rPID\rOBX|1\rthe rest of a note\r|x\r\xE9\xE9|1\rZ\xE9\rOBX|2");
    let expected: [&[u8]; 8] = [
        b"MSH",
        b"PID",
        b"OBX",
        b"the rest of a note",
        b"",
        b"\xE9\xE9",
        b"Z\xE9",
        b"OBX",
    ];
    assert_eq!(names(&message), expected);
    assert_eq!(message.segment("PID").unwrap().fields().count(), 0);
    let position = message
        .segments_named("OBX")
        .next_back()
        .unwrap()
        .position();
    assert_eq!(position, 7);
}

#[test]
fn line_feeds_do_not_cut_the_message_short() {
    for ending in ["\r", "\n", "\r\n", "\n\n", "\r\r\n"] {
        let text = format!("MSH|^~\\&|A{ending}PID|1{ending}OBX|1{ending}");
        assert_eq!(
            names(&parse(text.as_bytes())),
            [b"MSH", b"PID", b"OBX"],
            "{ending:?}"
        );
    }
    let mixed = parse(b"\r\nMSH|^~\\&|A\nPID|1\r\nOBX|1\r\n\r\nOBX|2");
    assert_eq!(names(&mixed), [b"MSH", b"PID", b"OBX", b"OBX"]);
}

#[test]
fn an_escape_after_letters_of_two_bytes() {
    let decoded = unescape(r"éé\T\b", &Delimiters::default(), Charset::UTF_8);
    assert_eq!(decoded, "éé&b");
    let decoded = unescape(r"\T\é\é\F\", &Delimiters::default(), Charset::UTF_8);
    assert_eq!(decoded, r"&é\é|");
}

#[test]
fn escapes_are_decoded_once() {
    let decoded = unescape(r"\E\T\E\ \E\X41\E\", &Delimiters::default(), Charset::UTF_8);
    assert_eq!(decoded, r"\T\ \X41\");
}

#[test]
fn a_lone_escape_character_is_kept() {
    for text in [
        r"BSV 4\5 re.",
        r"this \F please",
        r"\",
        r"a\",
        r"\\",
        r"é\é",
    ] {
        let decoded = unescape(text, &Delimiters::default(), Charset::UTF_8);
        assert_eq!(decoded, text);
        let rendered = plain_text(text, &Delimiters::default(), Charset::UTF_8);
        assert_eq!(rendered, text);
    }
}

/// Switches of the character set and local sequences, which would be lost data.
#[test]
fn what_is_not_understood_is_kept() {
    let text = r"\C2842\ \M244230\ \Zé\ \Zlocal1\ \Q\ \F1\";
    let decoded = unescape(text, &Delimiters::default(), Charset::UTF_8);
    assert_eq!(decoded, text);
    let rendered = plain_text(text, &Delimiters::default(), Charset::UTF_8);
    assert_eq!(rendered, text);
    let highlighted = unescape(r"\H\x\N\\.br\", &Delimiters::default(), Charset::UTF_8);
    assert_eq!(highlighted, r"\H\x\N\\.br\");
}

#[test]
fn formatting_commands_are_written_as_they_were_read() {
    let text = b"MSH|^~\\&|A\rNTE|1||a\\.br\\b\\.sp+2\\\\H\\c\\N\\";
    let mut draft = Draft::of(&parse(text));
    assert_eq!(draft.to_bytes(), text);
    draft.redelimit("!*@'-".parse().unwrap()).unwrap();
    draft.redelimit(Delimiters::default()).unwrap();
    assert_eq!(draft.to_bytes(), text);
}

#[test]
fn parts_come_back_with_the_separators_they_had() {
    let message = parse(b"MSH|^~\\&|A\rPID|foo^bar~baz&qux");
    let field = message.segment("PID").unwrap().field(1).unwrap();
    assert_eq!(field.raw(), b"foo^bar~baz&qux");
    let repetitions: Vec<&[u8]> = field
        .repetitions()
        .map(cistern_hl7::Repetition::raw)
        .collect();
    assert_eq!(repetitions, [&b"foo^bar"[..], b"baz&qux"]);
}

#[test]
fn short_and_odd_headers_are_errors() {
    use ParseErrorKind::{
        BadDelimiter, Batch, DuplicateDelimiter, Empty, MissingHeader, MissingSeparator,
        TooFewDelimiters, TooManyDelimiters,
    };
    assert_eq!(fault(b""), (Empty, 0));
    assert_eq!(fault(b"\xEF\xBB\xBF\r\n"), (Empty, 5));
    assert_eq!(fault(b"MS"), (MissingHeader, 0));
    assert_eq!(fault("ABé".as_bytes()), (MissingHeader, 0));
    assert_eq!(fault(b"\rPID|1"), (MissingHeader, 1));
    assert_eq!(fault(b"BHS|^~\\&|A\rMSH|^~\\&|A"), (Batch, 0));
    assert_eq!(fault(b"MSH"), (MissingSeparator, 3));
    assert_eq!(fault(b"MSH\rPID|1"), (MissingSeparator, 3));
    assert_eq!(fault("MSHé".as_bytes()), (BadDelimiter, 3));
    assert_eq!(fault(b"MSHX^~\\&X"), (BadDelimiter, 3));
    assert_eq!(fault(b"MSH "), (BadDelimiter, 3));
    assert_eq!(fault(b"MSH\"^~\\&\""), (BadDelimiter, 3));
    assert_eq!(fault(b"MSH|"), (TooFewDelimiters, 4));
    assert_eq!(fault(b"MSH||A"), (TooFewDelimiters, 4));
    assert_eq!(fault(b"MSH|^|A"), (TooFewDelimiters, 5));
    assert_eq!(fault(b"MSH|^~\\&#!|A"), (TooManyDelimiters, 9));
    assert_eq!(fault(b"MSH^~\\&|LAB^A"), (TooManyDelimiters, 9));
    assert_eq!(fault(b"MSH|^^^^\\|"), (DuplicateDelimiter, 5));
    assert_eq!(fault(b"MSH|&&&&|"), (DuplicateDelimiter, 5));
    assert_eq!(fault(b"\nMSH|^~a&|"), (BadDelimiter, 7));
    assert_eq!(fault(b"MSH|^~ &|"), (BadDelimiter, 6));
    assert_eq!(fault(b"MSH|^\xC3\xA9\\|"), (BadDelimiter, 5));
}

#[test]
fn a_message_beyond_the_reach_of_the_index_is_an_error() {
    let huge = vec![0; u32::MAX as usize + 1];
    assert_eq!(fault(&huge).0, ParseErrorKind::TooLarge);
}

#[test]
fn headers_of_two_to_five_delimiters() {
    for (header, expected) in [
        ("MSH|^~\\&", ['^', '~', '\\', '&', ' ']),
        ("MSH|^~\\&#|A", ['^', '~', '\\', '&', '#']),
        ("MSH|^~\\|A", ['^', '~', '\\', ' ', ' ']),
        ("MSH|^~|A", ['^', '~', ' ', ' ', ' ']),
        ("MSH|^~&|A", ['^', '~', ' ', '&', ' ']),
        ("MSH|^~\\\\&|A", ['^', '~', '\\', '&', ' ']),
        ("MSH|^\\~\\&|A", ['^', '~', '\\', '&', ' ']),
        ("MSH#!@%*#A", ['!', '@', '%', '*', ' ']),
    ] {
        let delimiters = Header::parse(header.as_bytes()).unwrap().delimiters();
        let optional = |byte: Option<u8>| char::from(byte.unwrap_or(b' '));
        let read = [
            char::from(delimiters.component()),
            char::from(delimiters.repetition()),
            optional(delimiters.escape()),
            optional(delimiters.subcomponent()),
            optional(delimiters.truncation()),
        ];
        assert_eq!(
            (read, delimiters.field()),
            (expected, header.as_bytes()[3]),
            "{header}"
        );
    }
}

#[test]
fn the_answer_to_an_adt_is_an_ack() {
    let header = Header::parse(b"MSH|^~\\&|A|B|C|D|2024||ADT^A01|1|P|2.5.1\r").unwrap();
    let stamp = AckStamp::new(Timestamp::from_unix_millis(0), "2");
    let answer = Ack::new(AckCode::ApplicationAccept).answer(&header, &stamp);
    assert_eq!(
        parse(&answer).get(&path!("MSH-9")).value().unwrap().raw(),
        b"ACK^A01^ACK"
    );
}

#[test]
fn a_latin_1_name_is_no_reason_to_refuse() {
    let message = parse(b"MSH|^~\\&|A\rPID|||||Z\xFCrich^Ren\xE9e");
    let name = message.get(&path!("PID-5.1")).value().unwrap();
    assert_eq!(name.raw(), b"Z\xFCrich");
    assert_eq!(name.decode(message.charset().unwrap()).unwrap(), "Zürich");
    let error = name.decode(Charset::UTF_8).unwrap_err();
    assert_eq!((error.offset(), error.charset()), (1, Charset::UTF_8));
}

#[test]
fn a_bad_path_is_not_a_missing_value() {
    assert_eq!(
        Path::parse("PID.5").unwrap_err().kind(),
        PathErrorKind::Hyphen
    );
    assert_eq!(parse(b"MSH|^~\\&|A").get(&path!("PID-5")), Presence::Absent);
}

#[test]
fn a_segment_or_field_that_is_not_there_is_no_panic() {
    let message = parse("MSH|^~\\&|A\rPIDé\rPID\rAB\ré".as_bytes());
    assert_eq!(message.segment("ZZZ"), None);
    assert_eq!(message.segment_at(9), None);
    let pid = message.segment("PID").unwrap();
    assert_eq!(
        (pid.position(), pid.field(0), pid.field(1)),
        (2, None, None)
    );
    assert_eq!(pid.field(usize::MAX), None);
    assert_eq!(
        message.get(&path!("PID-65535[65535].65535.65535")),
        Presence::Absent
    );
}

#[test]
fn absent_empty_null_and_valued_are_four_things() {
    let message = parse(b"MSH|^~\\&|A\rPID|\"\"||x^^\"\"|^^&|\"\"^Ann|~\r");
    let get = |path: &str| message.get(&Path::parse(path).unwrap());
    let raw = |path: &str| get(path).value().unwrap().raw();
    assert_eq!(get("PID-1"), Presence::Null);
    assert_eq!(
        get("PID-1.2"),
        Presence::Null,
        "a field that is null is null in all its parts"
    );
    assert_eq!(get("PID-1[2].1"), Presence::Null);
    assert_eq!(get("PID-1[5=MR].1"), Presence::Null);
    assert_eq!(get("PID-1[*]"), Presence::Null);
    assert_eq!(get("PID-2"), Presence::Empty);
    assert_eq!(get("PID-2.1"), Presence::Empty);
    assert_eq!(get("PID-2.2"), Presence::Absent);
    assert_eq!(raw("PID-3"), b"x^^\"\"");
    assert_eq!(get("PID-3.2"), Presence::Empty);
    assert_eq!(get("PID-3.3"), Presence::Null);
    assert_eq!(get("PID-3.3.2"), Presence::Null);
    assert_eq!(get("PID-3.4"), Presence::Absent);
    assert_eq!(get("PID-4"), Presence::Empty, "nothing but delimiters");
    assert_eq!(get("PID-5.1"), Presence::Null);
    assert_eq!(raw("PID-5.2"), b"Ann");
    assert_eq!(get("PID-6[2]"), Presence::Empty);
    assert_eq!(get("PID-6[3]"), Presence::Absent);
    assert_eq!(get("PID-7"), Presence::Absent);
    assert_eq!(get("PV1-1"), Presence::Absent);
    assert_eq!(get("PID[2]-1"), Presence::Absent);
}

#[test]
fn header_fields_have_the_numbers_of_the_standard() {
    let message = parse(b"MSH|^~\\&|APP\rFHS|^~\\&|FILE\rBHS|^~\\&|BATCH\rPID|1|2|3");
    let raw = |path: &str| {
        message
            .get(&Path::parse(path).unwrap())
            .value()
            .unwrap()
            .raw()
    };
    for (name, third) in [
        ("MSH", "APP"),
        ("FHS", "FILE"),
        ("BHS", "BATCH"),
        ("PID", "3"),
    ] {
        assert_eq!(raw(&format!("{name}-3")), third.as_bytes());
    }
    for name in ["MSH", "FHS", "BHS"] {
        assert_eq!(raw(&format!("{name}-1")), b"|");
        assert_eq!(raw(&format!("{name}-2")), b"^~\\&");
        assert_eq!(raw(&format!("{name}-2[*]")), b"^~\\&");
        assert_eq!(raw(&format!("{name}-2.1.1")), b"^~\\&");
        let absent = Path::parse(&format!("{name}-2[2]")).unwrap();
        assert_eq!(message.get(&absent), Presence::Absent);
    }
    assert_eq!(message.header().field(0), None);
    let text = message
        .get(&path!("MSH-2"))
        .value()
        .unwrap()
        .decode(Charset::UTF_8)
        .unwrap();
    assert_eq!(text, "^~\\&", "never unescaped");
}

#[test]
fn a_header_that_ends_after_msh_2_has_no_more_fields() {
    for (text, encoding) in [("MSH|^~\\&", "^~\\&"), ("MSH|^~\\&#", "^~\\&#")] {
        let message = parse(text.as_bytes());
        let fields: Vec<&[u8]> = message
            .header()
            .segment()
            .fields()
            .map(Field::raw)
            .collect();
        assert_eq!(fields, [b"|", encoding.as_bytes()]);
    }
}

#[test]
fn a_truncation_character_separates_nothing() {
    let message = parse(b"MSH|^~\\&#|A\rPID|1#2^a#b&c#");
    let leaves: Vec<&[u8]> = message.leaves().skip(3).map(Leaf::raw).collect();
    assert_eq!(leaves, [&b"1#2"[..], b"a#b", b"c#"]);
}

#[test]
fn blanks_are_kept() {
    let message = parse(b"MSH|^~\\&|A\rPID| 1 | \rNTE|1||text  ");
    let raw = |path: &str| message.get(&Path::parse(path).unwrap()).value().unwrap();
    assert_eq!(raw("PID-1").raw(), b" 1 ");
    assert_eq!(raw("PID-2").raw(), b" ");
    assert_eq!(raw("NTE-3").decode(Charset::UTF_8).unwrap(), "text  ");
}

#[test]
fn what_the_standard_does_not_know_keeps_its_number() {
    let message = parse(
        b"MSH|^~\\&|A|||||||||2.3\rBBQ|1|x\rOBX|||||||||||||||||||||||||||||last|a^^^^^^^^ninth&2",
    );
    let raw = |path: &str| {
        message
            .get(&Path::parse(path).unwrap())
            .value()
            .unwrap()
            .raw()
    };
    assert_eq!(raw("BBQ-2"), b"x");
    assert_eq!(raw("OBX-29"), b"last");
    assert_eq!(raw("OBX-30.9.2"), b"2");
    assert_eq!(Draft::of(&message).to_bytes(), message.as_bytes());
}

#[test]
fn two_messages_in_one_text_can_be_told_apart() {
    let text = b"\xEF\xBB\xBFMSH|^~\\&|A\r\nPID|1\r\n\nMSH|^~\\&|B\nMSHX|no header\nPID|2";
    let messages: Vec<&[u8]> = split_messages(text).collect();
    let first: &[u8] = b"MSH|^~\\&|A\r\nPID|1\r\n\n";
    assert_eq!(messages, [first, b"MSH|^~\\&|B\nMSHX|no header\nPID|2"]);
    assert_eq!(split_messages(b"PID|1\rNTE|MSH|^~\\&|A").next(), None);
}

#[test]
fn an_envelope_belongs_to_no_message() {
    let text = b"FHS|^~\\&\nBHS|^~\\&\nMSH|^~\\&|A\nBTS|1\nBHS|^~\\&\nMSH|^~\\&|B\nFTS|2\nMSH|^~\\&|C\nFHS|";
    let messages: Vec<&[u8]> = split_messages(text).collect();
    assert_eq!(
        messages,
        [b"MSH|^~\\&|A\n", b"MSH|^~\\&|B\n", b"MSH|^~\\&|C\n"]
    );
}

/// Compiles only while the type has no default, which would be a limit of 0.
#[test]
fn a_reader_with_a_limit_has_no_default() {
    trait MayHaveDefault<Guess> {
        fn has_none() {}
    }
    impl<T> MayHaveDefault<()> for T {}
    impl<T: Default> MayHaveDefault<u8> for T {}
    <BatchReader<BufReader<&[u8]>> as MayHaveDefault<_>>::has_none();
}

#[test]
fn a_byte_order_mark_is_kept_and_passed_over() {
    let text = b"\xEF\xBB\xBFMSH|^~\\&|A\rPID|1\r";
    let message = parse(text);
    assert_eq!(
        (message.as_bytes(), message.header().sending_application()),
        (&text[..], &b"A"[..])
    );
}

/// Quadratic work on so many bytes would take hours.
#[test]
fn eight_hundred_thousand_delimiters_are_read_in_one_pass() {
    for byte in [b'|', b'^', b'~', b'&', b'\r', b'\\'] {
        let text = [b"MSH|^~\\&|A\rPID|".to_vec(), vec![byte; 800_000]].concat();
        let message = parse(&text);
        let mut leaves = 0;
        for field in message.segments().skip(1).flat_map(Segment::fields) {
            for component in field
                .repetitions()
                .flat_map(cistern_hl7::Repetition::components)
            {
                leaves += component.subcomponents().count();
            }
        }
        let expected = if b"\r\\".contains(&byte) { 1 } else { 800_001 };
        assert_eq!(leaves, expected);
    }
}

#[test]
fn half_escapes_are_read_in_one_pass() {
    for piece in ["\\", "\\A", "\\.br", "\\X0", "\\X0D\\\\"] {
        let text = piece.repeat(200_000);
        let rendered = plain_text(&text, &Delimiters::default(), Charset::UTF_8);
        assert!(rendered.len() >= 100_000, "{piece}");
    }
    let skip = plain_text(r"a\.sp999999999\b", &Delimiters::default(), Charset::UTF_8);
    assert_eq!(skip.len(), 101);
}
