//! Answers, byte for byte: one file per row of the table of outcomes that yields an answer, for
//! the versions in which its shape differs. `UPDATE_GOLDEN=1` rewrites the files.
#![cfg(test)]

use std::env;
use std::fs;
use std::path::Path as FilePath;

use cistern_hl7::{
    Ack, AckCode, AckCondition, AckError, AckMode, AckStamp, ApplicationCode, Charset,
    ErrorCondition, Header, Location, Message, Severity, Timestamp, Version, path,
};

use AckCode::{ApplicationAccept, ApplicationError, ApplicationReject};
use AckCode::{CommitAccept, CommitError, CommitReject};

/// One way for a message to fare: codes in original and enhanced mode, and what goes with them.
struct Row {
    name: &'static str,
    original: AckCode,
    enhanced: AckCode,
    text: Option<&'static str>,
    errors: &'static [AckError<'static>],
    expected_sequence_number: Option<i64>,
    version: Option<&'static str>,
}

impl Row {
    const fn new(name: &'static str, original: AckCode, enhanced: AckCode) -> Row {
        Row {
            name,
            original,
            enhanced,
            text: None,
            errors: &[],
            expected_sequence_number: None,
            version: None,
        }
    }

    fn message(&self, version: &str, conditions: &str) -> String {
        let message = message(version, conditions);
        if self.name.starts_with("09") {
            message.replace("|007|", "||")
        } else {
            message
        }
    }

    fn ack(&self, code: AckCode) -> Ack<'_> {
        Ack {
            code,
            text: self.text,
            errors: self.errors,
            expected_sequence_number: self.expected_sequence_number,
            version: self.version,
            charset: None,
        }
    }
}

const ROWS: &[Row] = &[
    Row {
        text: Some("Sender not allowed on this link"),
        errors: &[AckError {
            user_message: Some("This link is not open to the sender"),
            ..AckError::new(ErrorCondition::ApplicationInternalError)
        }],
        ..Row::new("04_sender_not_allowed", ApplicationReject, CommitReject)
    },
    Row {
        errors: &[AckError {
            location: Some(Location::field("MSH", 1, 12)),
            ..AckError::new(ErrorCondition::UnsupportedVersionId)
        }],
        ..Row::new("05_version", ApplicationReject, CommitReject)
    },
    Row {
        errors: &[AckError {
            location: Some(Location::component("MSH", 1, 9, 1)),
            ..AckError::new(ErrorCondition::UnsupportedMessageType)
        }],
        ..Row::new("06_message_type", ApplicationReject, CommitReject)
    },
    Row {
        errors: &[AckError {
            location: Some(Location::component("MSH", 1, 9, 2)),
            ..AckError::new(ErrorCondition::UnsupportedEventCode)
        }],
        ..Row::new("07_trigger_event", ApplicationReject, CommitReject)
    },
    Row {
        errors: &[AckError {
            location: Some(Location::field("MSH", 1, 11)),
            ..AckError::new(ErrorCondition::UnsupportedProcessingId)
        }],
        ..Row::new("08_processing_id", ApplicationReject, CommitReject)
    },
    Row {
        errors: &[AckError {
            location: Some(Location::field("MSH", 1, 10)),
            ..AckError::new(ErrorCondition::RequiredFieldMissing)
        }],
        ..Row::new("09_no_control_id", ApplicationError, CommitError)
    },
    Row {
        errors: &[AckError {
            severity: Severity::Warning,
            location: Some(Location::field("MSH", 1, 10)),
            application_code: Some(ApplicationCode::DuplicateKeyIdentifier),
            ..AckError::new(ErrorCondition::DuplicateKeyIdentifier)
        }],
        ..Row::new("11_other_bytes_same_id", ApplicationAccept, CommitAccept)
    },
    Row {
        errors: &[AckError::new(ErrorCondition::ApplicationInternalError)],
        expected_sequence_number: Some(1043),
        ..Row::new("12_sequence_number", ApplicationReject, CommitError)
    },
    Row {
        text: Some("Cannot store, send again"),
        errors: &[AckError {
            severity: Severity::Fatal,
            diagnostics: Some("store: write failed"),
            user_message: Some("The message could not be kept. It will be sent again."),
            ..AckError::new(ErrorCondition::ApplicationInternalError)
        }],
        ..Row::new("13_cannot_store", ApplicationReject, CommitError)
    },
    Row {
        errors: &[AckError {
            user_message: Some("Shutting down. Send again."),
            ..AckError::new(ErrorCondition::ApplicationInternalError)
        }],
        ..Row::new("14_shutting_down", ApplicationReject, CommitError)
    },
    Row::new("15_stored", ApplicationAccept, CommitAccept),
    Row {
        text: Some("2 findings"),
        errors: &[
            AckError {
                location: Some(SUBCOMPONENT),
                diagnostics: Some("table 0363 & local"),
                ..AckError::new(ErrorCondition::TableValueNotFound)
            },
            AckError {
                severity: Severity::Warning,
                location: Some(Location::field("OBX", 3, 14)),
                user_message: Some("No such day"),
                ..AckError::new(ErrorCondition::DataTypeError)
            },
        ],
        ..Row::new("17_content", ApplicationError, ApplicationError)
    },
];

const SUBCOMPONENT: Location<'static> = {
    let mut location = Location::component("PID", 1, 3, 4);
    location.repetition = Some(2);
    location.subcomponent = Some(1);
    location
};

fn stamp() -> AckStamp<'static> {
    AckStamp::new(
        Timestamp::parse(b"20240503143000.250-0500").unwrap(),
        "TANK0001",
    )
}

fn message(version: &str, conditions: &str) -> String {
    format!(
        "MSH|^~\\&|EHR^1.2.3^ISO|CLINIC|TANK|CITY|20240503142959||ADT^A08^ADT_A01|007|P|{version}\
         |||{conditions}\rPID|1||17^^^CLINIC^MR||Roe^Ann\r"
    )
}

fn check(name: &str, answer: &[u8]) {
    let file = FilePath::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/ack/{name}.hl7"));
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&file, answer).unwrap();
    }
    let golden = fs::read(&file).unwrap_or_default();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace('\r', "\n");
    assert_eq!(text(answer), text(&golden), "{name}");
    assert_eq!(answer, golden, "{name}");
}

fn answered(input: &[u8], ack: &Ack<'_>) -> Vec<u8> {
    ack.answer(&Header::parse(input).unwrap(), &stamp())
}

#[test]
fn each_row_in_each_shape() {
    for row in ROWS {
        for version in ["2.3", "2.4", "2.5.1"] {
            let original = row.message(version, "|");
            let answer = answered(original.as_bytes(), &row.ack(row.original));
            check(&format!("{}_{version}", row.name), &answer);
        }
        let enhanced = row.message("2.5.1", "AL|NE");
        let answer = answered(enhanced.as_bytes(), &row.ack(row.enhanced));
        check(&format!("{}_enhanced", row.name), &answer);
    }
}

#[test]
fn a_frame_without_a_readable_header() {
    let errors = [AckError::new(ErrorCondition::SegmentSequenceError)];
    let ack = Ack {
        text: Some("No readable MSH segment"),
        errors: &errors,
        ..Ack::new(ApplicationReject)
    };
    check(
        "03_unreadable",
        &ack.answer_unreadable(b"PID|1||4711\r", &stamp()),
    );
    let frame = b"MSH|&&&&|EHR|CLINIC|TANK|CITY|2024||ADT^A08|17-b|P|2.4\r";
    check(
        "03_unreadable_with_id",
        &ack.answer_unreadable(frame, &stamp()),
    );
    let frame = b"\xEF\xBB\xBFMSH||EHR|CLINIC|TANK|CITY|2024||ADT^A08|Roe^Ann|P|2.4\r";
    check(
        "03_unreadable_with_odd_id",
        &ack.answer_unreadable(frame, &stamp()),
    );
}

#[test]
fn version_2_1_and_none() {
    let row = ROWS.iter().find(|row| row.name == "17_content").unwrap();
    check(
        "shape_2.1",
        &answered(message("2.1", "|").as_bytes(), &row.ack(ApplicationError)),
    );
    check(
        "shape_2.2",
        &answered(message("2.2", "|").as_bytes(), &row.ack(ApplicationError)),
    );
    check(
        "shape_2.5",
        &answered(message("2.5", "|").as_bytes(), &row.ack(ApplicationError)),
    );
    check(
        "shape_2.7",
        &answered(message("2.7", "|").as_bytes(), &ROWS[8].ack(CommitError)),
    );
    check(
        "shape_no_version",
        &answered(message("", "|").as_bytes(), &row.ack(ApplicationError)),
    );
}

#[test]
fn a_refused_version_is_answered_in_ours() {
    let ack = Ack {
        version: Some("2.5.1"),
        ..ROWS[1].ack(ApplicationReject)
    };
    check(
        "version_of_our_own",
        &answered(message("9.9", "|").as_bytes(), &ack),
    );
}

#[test]
fn an_answer_that_is_a_message_of_its_own_says_what_it_wants() {
    let mut stamp = stamp();
    stamp.accept_acknowledgment = Some(AckCondition::Always);
    stamp.application_acknowledgment = Some(AckCondition::Never);
    let ack = Ack::new(ApplicationAccept);
    for version in ["2.1", "2.2", "2.5.1"] {
        let message = message(version, "|AL||8859/1");
        let header = Header::parse(message.as_bytes()).unwrap();
        check(&format!("late_{version}"), &ack.answer(&header, &stamp));
    }
}

#[test]
fn the_delimiters_of_the_message() {
    let input = b"MSH#!@%*#EHR#CLINIC#TANK#CITY#2024##ADT!A08#1|7#P#2.4\r";
    let row = ROWS.iter().find(|row| row.name == "17_content").unwrap();
    check("delimiters", &answered(input, &row.ack(ApplicationError)));
    let input = b"MSH|^~&|EHR|CLINIC|TANK|CITY|2024||ADT^A08|17|P|2.4\r";
    check(
        "delimiters_without_escape",
        &answered(input, &row.ack(ApplicationError)),
    );
    let input = b"MSH|^~|EHR|CLINIC|TANK|CITY|2024||ADT^A08|17|P|2.4\r";
    check(
        "delimiters_without_subcomponent",
        &answered(input, &row.ack(ApplicationError)),
    );
    let input = b"MSH|^~\\&#|EHR|CLINIC|TANK|CITY|2024||ADT^A08|17|P|2.7\r";
    let ack = Ack {
        errors: &[AckError {
            user_message: Some("#1"),
            ..row.errors[0]
        }],
        ..row.ack(ApplicationError)
    };
    check("delimiters_with_truncation", &answered(input, &ack));
}

#[test]
fn what_is_given_back_is_given_back_unchanged() {
    let input = b"MSH|^~\\&|EHR\\T\\X^1^L|Z\xFCrich~B|T\xE9|C|2024||ADT^A08|00\\S\\7 \xE9|P^T|2.4^DEU|||||CHE|8859/1\r";
    check("unchanged", &answered(input, &Ack::new(ApplicationAccept)));
}

#[test]
fn null_is_not_given_back() {
    let input = b"MSH|^~\\&|\"\"|\"\"|\"\"|\"\"|2024||ADT^A08|\"\"|P|\"\"||||||\"\"\r";
    let answer = answered(input, &Ack::new(ApplicationAccept));
    let written = String::from_utf8(answer).unwrap();
    assert!(!written.contains("\"\""), "{written}");
    assert!(written.contains("|P|2.3\rMSA|AA\r"), "{written}");
}

#[test]
fn our_own_text_in_their_character_set() {
    let named = |application, facility| {
        let mut stamp = stamp();
        stamp.sending_application = application;
        stamp.sending_facility = facility;
        stamp
    };
    let tank = Some("Tänk & Co");
    let answer = |charset: &str, stamp: &AckStamp<'_>| {
        let input =
            format!("MSH|^~\\&|EHR|CLINIC|TANK|CITY|2024||ADT^A08|17|P|2.5||||||{charset}\r");
        Ack::new(ApplicationAccept).answer(&Header::parse(input.as_bytes()).unwrap(), stamp)
    };
    let both = named(tank, Some("Łódź"));
    check("charset_latin_1_cannot", &answer("8859/1", &both));
    check("charset_unstated_cannot", &answer("", &both));
    check("charset_utf_8", &answer("UNICODE UTF-8~ISO IR87", &both));
    check("charset_unknown", &answer("44", &stamp()));
    check("charset_latin_1", &answer("8859/1", &named(tank, None)));
}

/// What is given back is not in UTF-8, so our text cannot be either.
#[test]
fn an_answer_is_in_one_character_set() {
    let mut stamp = stamp();
    stamp.sending_application = Some("für Łódź");
    let answer = |sender: &[u8], charset: &str, text| {
        let ack = Ack {
            text: Some(text),
            ..Ack::new(ApplicationAccept)
        };
        let end = format!("|||||||7|P|2.3||||||{charset}\r");
        let input = [b"MSH|^~?&|", sender, end.as_bytes()].concat();
        ack.answer(&Header::parse(&input).unwrap(), &stamp)
    };
    let expected = |ours: &str, sender: &[u8], charset: &str, text: &str| {
        let start = format!("MSH|^~?&|{ours}||");
        let between = if charset.is_empty() { "" } else { "||||||" };
        let end = format!(
            "||20240503143000.250-0500||ACK|TANK0001|P|2.3{between}{charset}\rMSA|AA|7|{text}\r"
        );
        [start.as_bytes(), sender, end.as_bytes()].concat()
    };
    let (utf_8, ascii) = ("für Łódź", "f?E?r ?E??E?d?E?");
    let cases: [(&[u8], &str, &str, &str); 7] = [
        (b"Z\xFCrich", "", ascii, ""),
        (b"Z\xFCrich", "8859/1", ascii, "8859/1"),
        (b"Z\xFCrich", "FANCY", ascii, "FANCY"),
        (b"Z\xC3\xBCrich", "", utf_8, "UNICODE UTF-8"),
        (b"Z\xC3\xBCrich", "8859/1", ascii, "8859/1"),
        (b"Zurich", "8859/1", utf_8, "UNICODE UTF-8"),
        (b"Z\xC3\xBCrich", "UTF-8", utf_8, "UTF-8"),
    ];
    for (sender, charset, ours, stated) in cases {
        let text = if ours == utf_8 { "é" } else { "?E?" };
        let (found, expected) = (
            answer(sender, charset, "é"),
            expected(ours, sender, stated, text),
        );
        assert_eq!(found, expected, "{charset}, {}", found.escape_ascii());
    }
    // Each question mark is escaped, so 26 of them fill the 80 characters of MSA-3.
    let long = answer(b"Z\xFCrich", "", &"é".repeat(81));
    let text = long.split(|byte| *byte == b'|').next_back().unwrap();
    assert_eq!(
        text,
        ["?E?".repeat(26), "\r".to_owned()].concat().as_bytes()
    );
}

/// MSH-18 is empty or wrong, and the set is agreed: it is written, and MSH-18 stays as it is, unless
/// the set does not have our text.
#[test]
fn an_answer_is_in_the_character_set_that_is_agreed() {
    let mut stamp = stamp();
    stamp.sending_application = Some("für");
    let cases: [(&str, &str, &[u8], &str); 6] = [
        ("8859/1", "", b"f\xFCr", ""),
        ("8859/1", "|UNICODE UTF-8", b"f\xFCr", "|UNICODE UTF-8"),
        ("UTF-8", "", b"f\xC3\xBCr", ""),
        ("UTF-8", "|8859/1", b"f\xC3\xBCr", "|8859/1"),
        ("ASCII", "", b"f\xC3\xBCr", "|UNICODE UTF-8"),
        ("ASCII", "|8859/1", b"f\xC3\xBCr", "|UNICODE UTF-8"),
    ];
    for (agreed, msh_18, ours, stated) in cases {
        let ack = Ack {
            charset: Charset::from_label(agreed.as_bytes()).ok(),
            ..Ack::new(ApplicationAccept)
        };
        let stated_by = |msh_18: &str| match msh_18 {
            "" => String::new(),
            msh_18 => format!("|||||{msh_18}"),
        };
        let input = format!("MSH|^~\\&|LAB|||||||7|P|2.3{}\r", stated_by(msh_18));
        let answer = ack.answer(&Header::parse(input.as_bytes()).unwrap(), &stamp);
        let end = format!(
            "||LAB||20240503143000.250-0500||ACK|TANK0001|P|2.3{}\rMSA|AA|7\r",
            stated_by(stated)
        );
        let expected = [b"MSH|^~\\&|", ours, end.as_bytes()].concat();
        assert_eq!(answer, expected, "{agreed}, {}", answer.escape_ascii());
    }
}

/// Fields that are not written again may be in whatever set they are.
#[test]
fn only_what_is_given_back_keeps_its_character_set() {
    let mut named = stamp();
    named.sending_application = Some("LAB");
    named.sending_facility = Some("CITY");
    let is_utf_8 = |fields: &str, stamp: &AckStamp<'_>, version| {
        let input = Charset::LATIN_1.encode(fields).unwrap();
        let ack = Ack {
            text: Some("Łódź"),
            version,
            ..Ack::new(ApplicationAccept)
        };
        let answer = ack.answer(&Header::parse(&input).unwrap(), stamp);
        Header::parse(&answer).unwrap().charsets() == b"UNICODE UTF-8"
    };
    for (fields, stamp, version, expected) in [
        ("A|B|ü|C||||7|P|2.3", &stamp(), None, false),
        ("A|B|C|ü||||7|P|2.3", &stamp(), None, false),
        ("A|B|ü|ü||||7|P|2.3", &named, None, true),
        ("A|B|C|D|||ü|7|P|2.3", &named, None, true),
        ("A|B|C|D|||X^ü|7|P|2.3", &named, None, false),
        ("A|B|C|D|||X^ü|7|P|2.2", &named, None, true),
        ("A|B|C|D|||X^A08^ü|7|P|2.3", &named, None, true),
        ("A|B|C|D||||7|P|2.3^ü", &named, None, false),
        ("A|B|C|D||||7|P|2.3^ü", &named, Some("2.4"), true),
        ("A|B|C|D||||7|ü|2.3", &named, None, false),
        ("A|B|C|D||||ü|P|2.3", &named, None, false),
        ("ü|B|C|D||||7|P|2.3", &named, None, false),
        ("A|B|C|D|ü|ü||7|P|2.3|ü", &named, None, true),
    ] {
        let fields = format!("MSH|^~\\&|{fields}\r");
        assert_eq!(is_utf_8(&fields, stamp, version), expected, "{fields}");
    }
}

#[test]
fn the_text_is_cut_to_80_characters_when_escaped() {
    for text in [
        "x".repeat(81),
        "&".repeat(81),
        format!("{}&yy", "x".repeat(78)),
        format!("{}&&", "x".repeat(77)),
        "é".repeat(81),
    ] {
        let ack = Ack {
            text: Some(&text),
            ..Ack::new(ApplicationError)
        };
        let answer = answered(message("2.3", "|").as_bytes(), &ack);
        let answer = Message::parse(&answer).unwrap();
        let value = answer.get(&path!("MSA-3")).value().unwrap();
        let written = value.decode(answer.charset().unwrap()).unwrap();
        let length = String::from_utf8_lossy(value.raw()).chars().count();
        assert!(text.starts_with(&*written), "{written}");
        assert!((77..=80).contains(&length), "{length}: {written}");
    }
}

#[test]
fn codes_read_as_they_are_written() {
    let codes = ["AA", "AE", "AR", "CA", "CE", "CR"];
    assert_eq!(
        codes.map(|code| AckCode::parse(code.as_bytes())),
        [
            Some(ApplicationAccept),
            Some(ApplicationError),
            Some(ApplicationReject),
            Some(CommitAccept),
            Some(CommitError),
            Some(CommitReject),
        ]
    );
    let written = codes.map(|code| AckCode::parse(code.as_bytes()).unwrap().as_str());
    assert_eq!(written, codes);
    let codes = ["AL", "NE", "ER", "SU"];
    let written = codes.map(|code| AckCondition::parse(code.as_bytes()).unwrap().as_str());
    assert_eq!(written, codes);
    let codes = [
        "0", "100", "101", "102", "103", "104", "198", "199", "200", "201", "202", "203", "204",
        "205", "206", "207",
    ];
    let written = codes.map(|code| ErrorCondition::parse(code.as_bytes()).unwrap().code());
    assert_eq!(written, codes);
    let codes = ["101", "102", "103"];
    let written = codes.map(|code| ApplicationCode::parse(code.as_bytes()).unwrap().code());
    assert_eq!(written, codes);
    let codes = ["I", "W", "E", "F"];
    let severity = |code: &str| Severity::parse(code.as_bytes()).unwrap();
    let written = |version| codes.map(|code| severity(code).code(version));
    assert_eq!(written(Version::new(7, 0)), codes);
    assert_eq!(written(Version::new(6, 0)), ["I", "W", "E", "E"]);
    for code in [&b""[..], b"aa", b"AA ", b"105", b"\"\""] {
        assert_eq!(AckCode::parse(code), None);
        assert_eq!(AckCondition::parse(code), None);
        assert_eq!(ErrorCondition::parse(code), None);
        assert_eq!(ApplicationCode::parse(code), None);
        assert_eq!(Severity::parse(code), None);
    }
}

#[test]
fn modes() {
    use AckCondition::{Always, Never, OnError, OnSuccess};
    let enhanced = |accept, application| AckMode::Enhanced {
        accept,
        application,
    };
    for (conditions, mode, accepted, refused) in [
        (
            "|",
            AckMode::Original,
            Some(ApplicationAccept),
            Some(ApplicationReject),
        ),
        (
            "\"\"|\"\"",
            AckMode::Original,
            Some(ApplicationAccept),
            Some(ApplicationReject),
        ),
        ("\"\"|AL", enhanced(Never, Always), None, None),
        (
            "AL|",
            enhanced(Always, Never),
            Some(CommitAccept),
            Some(CommitReject),
        ),
        (
            "AL|NE",
            enhanced(Always, Never),
            Some(CommitAccept),
            Some(CommitReject),
        ),
        (
            "AL|SU",
            enhanced(Always, OnSuccess),
            Some(CommitAccept),
            Some(CommitReject),
        ),
        ("NE|AL", enhanced(Never, Always), None, None),
        ("ER|AL", enhanced(OnError, Always), None, Some(CommitReject)),
        (
            "SU|ER",
            enhanced(OnSuccess, OnError),
            Some(CommitAccept),
            None,
        ),
        ("|AL", enhanced(Never, Always), None, None),
        (
            "XX|",
            enhanced(Always, Never),
            Some(CommitAccept),
            Some(CommitReject),
        ),
    ] {
        let input = message("2.5.1", conditions);
        let header = Header::parse(input.as_bytes()).unwrap();
        assert_eq!(header.ack_mode(), mode, "{conditions}");
        assert_eq!(
            mode.first_answer(ApplicationAccept),
            accepted,
            "{conditions}"
        );
        assert_eq!(
            mode.first_answer(ApplicationReject),
            refused,
            "{conditions}"
        );
    }
}

#[test]
fn an_answer_is_an_acknowledgment_and_a_message_is_none() {
    let input = message("2.5.1", "|");
    let answer = answered(input.as_bytes(), &Ack::new(ApplicationAccept));
    assert!(Header::parse(&answer).unwrap().is_acknowledgment());
    assert!(!Header::parse(input.as_bytes()).unwrap().is_acknowledgment());
}
