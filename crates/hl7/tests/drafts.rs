//! Messages that are written: set, cleared, added to, removed from, written with other delimiters.
#![cfg(test)]

use cistern_hl7::{
    Charset, Delimiters, Draft, DraftError, Message, MessageBuf, ParseErrorKind, Path, Presence,
    Segment, path, plain_text,
};

const TEXT: &str = "\u{FEFF}\nMSH|^~\\&|LAB|||||||7|P|2.5.1\r\n\r\nPID|1||17^^^A^PI~4711^^^B^MR||Roe^Ann\nOBX|1|NM|||182\rOBX|2";

fn draft(text: &str) -> Draft {
    Draft::of(&Message::parse(text.as_bytes()).unwrap())
}

/// What a message becomes by one change.
fn changed(
    text: &str,
    change: impl FnOnce(&mut Draft) -> Result<(), DraftError>,
) -> Result<String, DraftError> {
    let mut draft = draft(text);
    let done = change(&mut draft);
    let written = String::from_utf8(draft.to_bytes()).unwrap();
    if done.is_err() {
        assert_eq!(written, text, "an error leaves the draft as it was");
    }
    done.map(|()| written)
}

/// What one segment of a message becomes by one change.
fn segment(
    segment: &str,
    change: impl FnOnce(&mut Draft) -> Result<(), DraftError>,
) -> Result<String, DraftError> {
    let header = "MSH|^~\\&|\r";
    changed(&format!("{header}{segment}"), change)
        .map(|written| written.strip_prefix(header).unwrap().to_owned())
}

fn at(text: &str) -> Path {
    Path::parse(text).unwrap()
}

#[test]
fn an_untouched_draft_is_the_message() {
    let mut draft = draft(TEXT);
    assert_eq!(draft.to_bytes(), TEXT.as_bytes());
    draft.set(&path!("PID-5.2"), "Bob").unwrap();
    assert_eq!(
        String::from_utf8(draft.to_bytes()).unwrap(),
        TEXT.replace("Ann", "Bob")
    );
    assert_eq!(draft.get(&path!("PID-5.2")).value().unwrap().raw(), b"Bob");
    assert_eq!(draft.get(&path!("ZZZ-1")), Presence::Absent);
    let positions: Vec<usize> = draft.segments().map(Segment::position).collect();
    assert_eq!(positions, [0, 1, 2, 3]);
}

#[test]
fn set() {
    let cases = [
        ("PID|1", "PID-1", "2", "PID|2"),
        ("PID", "PID-3", "x", "PID|||x"),
        ("PID|1|", "PID-3.2", "x", "PID|1||^x"),
        ("PID|1|a", "PID-2.1.2", "x", "PID|1|a&x"),
        ("PID|1|a", "PID-2[3].2.2", "x", "PID|1|a~~^&x"),
        ("PID|a~b^c|d", "PID-1[2].2", "x", "PID|a~b^x|d"),
        ("PID|a~b^c|d", "PID-1", "x", "PID|x~b^c|d"),
        ("PID|a~b^c|d", "PID-1[*]", "x", "PID|x|d"),
        ("PID|a~b^c~|d", "PID-1[*].2", "x", "PID|a^x~b^x~^x|d"),
        ("PID", "PID-1[*].2", "x", "PID|^x"),
        (
            "PID|a^^^^PI~b^^^^MR|d",
            "PID-1[5=MR].1",
            "x",
            "PID|a^^^^PI~x^^^^MR|d",
        ),
        ("PID|a&b&c^d", "PID-1.1", "x", "PID|x^d"),
        ("PID|a&b&c^d", "PID-1.1.2", "x", "PID|a&x&c^d"),
        ("PID|\"\"", "PID-1.2", "x", "PID|\"\"^x"),
        (
            "PID|1\rPID|2\rPID|3",
            "PID[2]-2",
            "x",
            "PID|1\rPID|2|x\rPID|3",
        ),
        (
            "PID|1",
            "PID-2",
            "a|b^c~d\\e&f\rg",
            "PID|1|a\\F\\b\\S\\c\\R\\d\\E\\e\\T\\f\\X0D\\g",
        ),
        ("PID|1", "PID-2", "\"\"", "PID|1|\\X22\\\""),
        ("PID|1", "PID-2", "\"\"\"", "PID|1|\"\"\""),
        ("PID|1|a^b", "PID-2.1", "", "PID|1|^b"),
        ("PID|1", "PID-9", "", "PID|1"),
    ];
    for (before, path, text, after) in cases {
        let found = segment(before, |draft| draft.set(&at(path), text));
        assert_eq!(found.as_deref(), Ok(after), "{before} {path} {text}");
    }
    let cases = [
        ("ZZZ-1", DraftError::NoSegment),
        ("PID[2]-1", DraftError::NoSegment),
        ("PID-1[5=MR].1", DraftError::NoRepetition),
        ("PID-1[5=MR]", DraftError::NoRepetition),
        ("MSH-1", DraftError::DelimiterField),
        ("MSH-2", DraftError::DelimiterField),
    ];
    for (path, error) in cases {
        assert_eq!(
            segment("PID|1", |draft| draft.set(&at(path), "x")),
            Err(error),
            "{path}"
        );
    }
}

#[test]
fn the_header_is_numbered_as_in_the_standard() {
    let cases = [
        ("MSH|^~\\&\r", "MSH-3", "MSH|^~\\&|x\r"),
        ("MSH|^~\\&|\r", "MSH-5.2", "MSH|^~\\&|||^x\r"),
        ("MSH|^~\\&|a|b\r", "MSH-4", "MSH|^~\\&|a|x\r"),
    ];
    for (before, path, after) in cases {
        let found = changed(before, |draft| draft.set(&at(path), "x"));
        assert_eq!(found.as_deref(), Ok(after));
    }
}

#[test]
fn set_raw() {
    let cases = [
        ("PID|1|a", "PID-2", "b^c&d\\F\\", Ok("PID|1|b^c&d\\F\\")),
        ("PID|1|a", "PID-2[*]", "b~c^d", Ok("PID|1|b~c^d")),
        ("PID|1|a", "PID-2.1", "b&c", Ok("PID|1|b&c")),
        ("PID|1|a", "PID-2", "b|c", Err(1)),
        ("PID|1|a", "PID-2[*]", "\r", Err(0)),
        ("PID|1|a", "PID-2", "bc\n", Err(2)),
        ("PID|1|a", "PID-2", "b~c", Err(1)),
        ("PID|1|a", "PID-2[*].1", "b~c", Err(1)),
        ("PID|1|a", "PID-2.1", "b^c", Err(1)),
        ("PID|1|a", "PID-2.1.1", "b&c", Err(1)),
    ];
    for (before, path, raw, after) in cases {
        let found = segment(before, |draft| draft.set_raw(&at(path), raw.as_bytes()));
        let after = after
            .map(str::to_owned)
            .map_err(|offset| DraftError::BreaksOut { offset });
        assert_eq!(found, after, "{path} {raw}");
    }
}

#[test]
fn null_and_clear() {
    let null = |before, path| segment(before, |draft| draft.set_null(&at(path)));
    assert_eq!(
        null("PID|a~b^c", "PID-1[2].2").as_deref(),
        Ok("PID|a~b^\"\"")
    );
    assert_eq!(null("PID|a~b", "PID-1[*]").as_deref(), Ok("PID|\"\""));
    assert_eq!(null("PID", "PID-2.1").as_deref(), Ok("PID||\"\""));
    assert_eq!(null("PID", "ZZZ-1"), Err(DraftError::NoSegment));

    let cases = [
        ("PID|a|b", "PID-1", "PID||b"),
        ("PID|a^b", "PID-1.2", "PID|a^"),
        ("PID|a~b^c|d", "PID-1[*]", "PID||d"),
        ("PID|a~b^c~d^e|f", "PID-1[*].2", "PID|a~b^~d^|f"),
        ("PID|a", "PID-1.2", "PID|a"),
        ("PID|a", "PID-1[2]", "PID|a"),
        ("PID|a", "PID-9", "PID|a"),
        ("PID|a", "PID-1[5=MR].2", "PID|a"),
        ("PID|a", "ZZZ-1", "PID|a"),
        ("PID|\"\"", "PID-1", "PID|"),
        ("PID|\"\"", "PID-1.1", "PID|"),
        ("PID|\"\"", "PID-1.2", "PID|\"\"^"),
    ];
    for (before, path, after) in cases {
        let found = segment(before, |draft| draft.clear(&at(path)));
        assert_eq!(found.as_deref(), Ok(after), "{before} {path}");
    }
    let found = segment("PID|a", |draft| draft.clear(&path!("MSH-2")));
    assert_eq!(found, Err(DraftError::DelimiterField));
}

#[test]
fn append() {
    let cases = [
        ("PID", "PID-2", Ok("PID||x\\T\\y")),
        ("PID|1|", "PID-2", Ok("PID|1|x\\T\\y")),
        ("PID|1|a|b", "PID-2.3", Ok("PID|1|a~^^x\\T\\y|b")),
        ("PID|1|a~b", "PID-2[*]", Ok("PID|1|a~b~x\\T\\y")),
        ("PID|1|~", "PID-2", Ok("PID|1|~~x\\T\\y")),
        ("PID|1|\"\"", "PID-2", Ok("PID|1|x\\T\\y")),
        ("PID|1|\"\"|b", "PID-2[*].2", Ok("PID|1|^x\\T\\y|b")),
        ("PID|1|\"\"~a", "PID-2", Ok("PID|1|\"\"~a~x\\T\\y")),
        ("PID|1|a", "PID-2[1]", Err(DraftError::ChosenRepetition)),
        ("PID|1|a", "PID-2[5=MR]", Err(DraftError::ChosenRepetition)),
        ("PID|1|a", "MSH-2", Err(DraftError::DelimiterField)),
    ];
    for (before, path, after) in cases {
        let found = segment(before, |draft| draft.append(&at(path), "x&y"));
        assert_eq!(found, after.map(str::to_owned), "{before} {path}");
    }
    let raw = |raw: &str| {
        segment("PID|a", |draft| {
            draft.append_raw(&path!("PID-1[*]"), raw.as_bytes())
        })
    };
    assert_eq!(raw("b^c&d").as_deref(), Ok("PID|a~b^c&d"));
    for before in ["PID|a", "PID|\"\"", "PID|", "PID"] {
        for path in ["PID-1", "PID-1.2", "PID-1[*]"] {
            let found = segment(before, |draft| draft.append(&at(path), ""));
            assert_eq!(found.as_deref(), Ok(before), "{path}");
        }
    }
    let nothing = segment("PID|a", |draft| draft.append(&path!("PID-1[1]"), ""));
    assert_eq!(nothing, Err(DraftError::ChosenRepetition));
    assert_eq!(raw("b~c"), Err(DraftError::BreaksOut { offset: 1 }));
}

#[test]
fn segments_are_added_and_removed() {
    let mut draft = draft(TEXT);
    draft.insert(2, b"PV1|1").unwrap();
    draft.remove(4).unwrap();
    let mut added = draft.add(b"NTE").unwrap();
    added.set(&path!("NTE-3"), "fine").unwrap();
    assert_eq!(added.get(&path!("NTE-3")).value().unwrap().raw(), b"fine");
    assert_eq!(added.get(&path!("NTE-4")), Presence::Absent);
    let expected = "\u{FEFF}\nMSH|^~\\&|LAB|||||||7|P|2.5.1\r\n\r\nPID|1||17^^^A^PI~4711^^^B^MR||Roe^Ann\n\
        PV1|1\r\nOBX|1|NM|||182\rNTE|||fine\r\n";
    assert_eq!(String::from_utf8(draft.to_bytes()).unwrap(), expected);

    let mut open = self::draft("MSH|^~\\&\nPID|1");
    open.add(b"PV1|1").unwrap();
    assert_eq!(open.to_bytes(), b"MSH|^~\\&\nPID|1\nPV1|1\n");
    let mut only = self::draft("MSH|^~\\&");
    only.add(b"PV1|1").unwrap();
    assert_eq!(only.to_bytes(), b"MSH|^~\\&\rPV1|1\r");
    only.segment_at(1).unwrap().clear(&path!("PV1-1")).unwrap();
    assert_eq!(only.to_bytes(), b"MSH|^~\\&\rPV1|\r");
    assert_eq!(only.segment_at(2).map(drop), Err(DraftError::NoSegment));

    assert_eq!(only.insert(0, b"PID").map(drop), Err(DraftError::Header));
    assert_eq!(only.insert(3, b"PID").map(drop), Err(DraftError::NoSegment));
    assert_eq!(only.remove(0), Err(DraftError::Header));
    assert_eq!(only.remove(2), Err(DraftError::NoSegment));
    for name in [
        "",
        "PI",
        "pid",
        "1ID",
        "PIDX|1",
        "PID^1",
        "MSH|^~\\&",
        "BHS",
        "FTS|1",
    ] {
        let added = only.add(name.as_bytes()).map(drop);
        assert_eq!(added, Err(DraftError::SegmentName), "{name}");
    }
    let added = only.add(b"PID|1\rPV1").map(drop);
    assert_eq!(added, Err(DraftError::BreaksOut { offset: 5 }));
    assert_eq!(only.to_bytes(), b"MSH|^~\\&\rPV1|\r");
}

#[test]
fn a_message_from_nothing() {
    let mut draft = Draft::new("!*@+-".parse().unwrap());
    draft.set(&path!("MSH-9.2"), "A!1").unwrap();
    draft.add(b"PID!1").unwrap();
    draft.append(&path!("PID-3.4.2"), "1-2").unwrap();
    let written = draft.to_bytes();
    assert_eq!(written, b"MSH!*@+-!!!!!!!*A+F+1\rPID!1!!***-1+T+2\r");
    let message = MessageBuf::parse(written.into()).unwrap();
    let value = message.message().get(&path!("PID-3.4.2")).value().unwrap();
    assert_eq!(value.decode(Charset::ASCII).unwrap(), "1-2");
}

#[test]
fn text_is_in_the_character_set_of_the_message() {
    let set = |label: &str, text: &str| {
        let header = format!("MSH|^~\\&||||||||||||||||{label}\r");
        let mut draft = draft(&format!("{header}PID|1"));
        draft.set(&path!("PID-2"), text)?;
        Ok(draft.to_bytes()[header.len()..].to_vec())
    };
    let unencodable = |label: &str, offset| {
        let charset = Charset::from_label(label.as_bytes()).unwrap();
        Err(DraftError::Unencodable { charset, offset })
    };
    assert_eq!(set("UNICODE UTF-8", "é"), Ok(b"PID|1|\xC3\xA9".to_vec()));
    assert_eq!(set("8859/1~UNICODE UTF-8", "é"), Ok(b"PID|1|\xE9".to_vec()));
    assert_eq!(set("8859/1", "aé€"), unencodable("8859/1", 3));
    assert_eq!(set("", "aé"), unencodable("", 1));
    assert_eq!(set("ASCII", "aé"), unencodable("ASCII", 1));
    assert_eq!(set("FANCY", "a|b"), Ok(b"PID|1|a\\F\\b".to_vec()));
    let unknown = Charset::from_label(b"FANCY").unwrap_err();
    assert_eq!(set("FANCY", "é"), Err(DraftError::Charset(unknown)));

    let mut draft = Draft::new(Delimiters::default());
    draft.set(&path!("MSH-18"), "8859/1").unwrap();
    draft.set(&path!("MSH-3"), "é").unwrap();
    assert_eq!(draft.get(&path!("MSH-3")).value().unwrap().raw(), b"\xE9");
}

/// 揉 is B4 7C in BIG-5, whose second byte is the field separator.
#[test]
#[cfg(feature = "charset")]
fn where_characters_hold_delimiters_nothing_is_changed() {
    let bytes = b"MSH|^~\\&||||||||||||||||BIG-5\rPID|||||\xB4\x7C^Ann|F";
    let message = Message::parse(bytes).unwrap();
    let charset = message.charset().unwrap();
    let mut draft = Draft::of(&message);
    let refused = [
        draft.set(&path!("PID-6"), "X"),
        draft.set_raw(&path!("MSH-18"), b"ASCII"),
        draft.set_null(&path!("PID-6")),
        draft.clear(&path!("PID-9")),
        draft.append(&path!("PID-6"), "X"),
        draft.append_raw(&path!("PID-6"), b"X"),
        draft.segment_at(1).map(drop),
        draft.add(b"NTE").map(drop),
        draft.insert(1, b"NTE").map(drop),
        draft.remove(1),
        draft.redelimit("!*@+-".parse().unwrap()),
    ];
    assert_eq!(refused, [Err(DraftError::NeedsRecoding { charset }); 11]);
    assert_eq!(draft.to_bytes(), bytes);

    let mut draft = Draft::of(&message.to_utf8().unwrap().message());
    draft.set(&path!("PID-6"), "X").unwrap();
    let changed = draft.to_message().unwrap();
    assert_eq!(
        str::from_utf8(changed.bytes()).unwrap(),
        "MSH|^~\\&||||||||||||||||UNICODE UTF-8\rPID|||||揉^Ann|X"
    );

    let mut new = Draft::new(Delimiters::default());
    new.set(&path!("MSH-18"), "BIG-5").unwrap();
    let refused = new.set(&path!("MSH-3"), "揉");
    assert_eq!(refused, Err(DraftError::NeedsRecoding { charset }));
}

#[test]
fn delimiters_that_are_not_declared() {
    let bare = |path, text: &str| changed("MSH|^~\rPID|1", |draft| draft.set(&at(path), text));
    assert_eq!(
        bare("PID-2.2", "a&b\\").as_deref(),
        Ok("MSH|^~\rPID|1|^a&b\\")
    );
    assert_eq!(bare("PID-2.2.1", "a").as_deref(), Ok("MSH|^~\rPID|1|^a"));
    assert_eq!(bare("PID-2.2.2", "a"), Err(DraftError::NoSubcomponents));
    assert_eq!(
        bare("PID-2", "ab|"),
        Err(DraftError::Unwritable { offset: 2 })
    );
    assert_eq!(
        bare("PID-2", "\"\""),
        Err(DraftError::Unwritable { offset: 0 })
    );
    assert_eq!(
        bare("PID-2", "a\tb"),
        Err(DraftError::Unwritable { offset: 1 })
    );
}

#[test]
fn other_delimiters() {
    let rewrite = |text: &str, delimiters: &str| {
        changed(text, |draft| draft.redelimit(delimiters.parse().unwrap()))
    };
    let cases = [
        (
            "MSH|^~\\&|A\rPID|a^b&c~d|\"\"|",
            "#$%'*",
            "MSH#$%'*#A\rPID#a$b*c%d#\"\"#",
        ),
        (
            "MSH|^~\\&\nPID|\\F\\\\S\\\\T\\\\R\\\\E\\",
            "#$%'*",
            "MSH#$%'*\nPID#|^&~\\",
        ),
        (
            "MSH|^~\\&\rPID|#$%'*",
            "#$%'*",
            "MSH#$%'*\rPID#'F''S''R''E''T'",
        ),
        (
            "MSH|^~\\&\rNTE|\\.br\\\\H\\x\\N\\\\X0D\\\\Zq\\",
            "|^~'&",
            "MSH|^~'&\rNTE|'.br''H'x'N''X0D''Zq'",
        ),
        (
            "MSH|^~\\&\rNTE|4\\5 re.",
            "|^~\\&",
            "MSH|^~\\&\rNTE|4\\E\\5 re.",
        ),
        ("MSH|^~\\&\rNTE|4\\5 re.", "|^~'&", "MSH|^~'&\rNTE|4\\5 re."),
        ("MSH|^~\\\\&\rNTE|a", "|^~\\&", "MSH|^~\\&\rNTE|a"),
        ("MSH|^~&|a&b", "#$%'*", "MSH#$%'*#a*b"),
        ("MSH|^~|\\F\\&", "|^~\\&", "MSH|^~\\&|\\E\\F\\E\\\\T\\"),
        ("MSH|^~\\&#|a#|\\P\\", "|^~\\&@", "MSH|^~\\&@|a@|#"),
        ("MSH|^~\\&#|a#|\\P\\", "|^~\\&", "MSH|^~\\&|a#|#"),
        ("MSH|^~\\&|a#|\\P\\", "|^~\\&#", "MSH|^~\\&#|a\\P\\|\\P\\"),
        (
            "MSH|^~\\&\rstray! ^line\rBHS|^~\\&|A^B",
            "!$%'*",
            "MSH!$%'*\rstray'F' $line\rBHS!$%'*!A$B",
        ),
    ];
    for (before, delimiters, after) in cases {
        assert_eq!(
            rewrite(before, delimiters).as_deref(),
            Ok(after),
            "{before}"
        );
    }
    let cases = [
        ("MSH|^~\\&\rPID|a&b", "|^~", 14),
        ("MSH|^~\\&\rPID|a|bc\\F\\", "|^~", 15),
        ("MSH|^~\\&\rPID|a|\\.br\\", "|^~\\.", 15),
        ("MSH|^~\\&\rPID|a|\\H\\", "|^~", 15),
    ];
    for (before, delimiters, offset) in cases {
        assert_eq!(
            rewrite(before, delimiters),
            Err(DraftError::Unwritable { offset }),
            "{before}"
        );
    }
}

#[test]
fn a_formatting_command_ends_at_any_escape_character() {
    for (text, plain) in [("a-.br-b-.sp2-c", "a\nb\n\nc"), ("a-.br-1", "a\n1")] {
        let delimiters: Delimiters = "|^~-&".parse().unwrap();
        assert_eq!(plain_text(text, &delimiters, Charset::ASCII), plain);
    }
}

#[test]
fn delimiters_are_declared_as_in_a_message() {
    let parsed = |text: &str| text.parse::<Delimiters>();
    assert_eq!(parsed("|^~\\&"), Ok(Delimiters::default()));
    for text in ["|^~\\&", "|^~\\&#", "|^~&", "|^~", "#*!", "!@~'"] {
        assert_eq!(parsed(text).unwrap().to_string(), text);
    }
    let five = parsed("|^~\\&#").unwrap();
    assert_eq!(five.truncation(), Some(b'#'));
    let error = |text: &str| {
        let error = parsed(text).unwrap_err();
        (error.kind(), error.offset())
    };
    let cases = [
        ("", ParseErrorKind::MissingSeparator, 0),
        ("A^~\\&", ParseErrorKind::BadDelimiter, 0),
        ("|", ParseErrorKind::TooFewDelimiters, 1),
        ("|^~\\&|", ParseErrorKind::DuplicateDelimiter, 5),
        ("|^~\\&#!", ParseErrorKind::TooManyDelimiters, 6),
        ("|^~é", ParseErrorKind::BadDelimiter, 3),
        ("|^~\\\"", ParseErrorKind::BadDelimiter, 4),
    ];
    for (text, kind, offset) in cases {
        assert_eq!(error(text), (kind, offset), "{text}");
    }
}
