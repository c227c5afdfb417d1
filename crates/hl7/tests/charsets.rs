//! Character sets: the names of MSH-18, and values in each.
#![cfg(test)]

use cistern_hl7::{Charset, CharsetProblem, Message, UnknownCharset, path};

fn label(name: &str) -> Result<&'static str, CharsetProblem> {
    Charset::from_label(name.as_bytes())
        .map(Charset::label)
        .map_err(UnknownCharset::problem)
}

#[test]
fn names_and_what_stands_in_their_place() {
    for (name, expected) in [
        ("ASCII", Ok("ASCII")),
        ("ISO IR6", Ok("ASCII")),
        ("8859/1", Ok("8859/1")),
        ("ISO-8859-1", Ok("8859/1")),
        ("8859-1", Ok("8859/1")),
        ("iso8859-1", Ok("8859/1")),
        ("UNICODE UTF-8", Ok("UNICODE UTF-8")),
        ("UNICODE", Ok("UNICODE UTF-8")),
        ("UTF-8", Ok("UNICODE UTF-8")),
        ("utf8", Ok("UNICODE UTF-8")),
        ("WINDOWS-1252", Ok("WINDOWS-1252")),
        ("UNICODE UTF-16", Err(CharsetProblem::Wide)),
        ("UTF-32", Err(CharsetProblem::Wide)),
        ("CNS 11643-1992", Err(CharsetProblem::Unsupported)),
        ("44", Err(CharsetProblem::Unrecognised)),
        ("GGGG7", Err(CharsetProblem::Unrecognised)),
        ("8859/12", Err(CharsetProblem::Unrecognised)),
        ("latin1", Ok("8859/1")),
        ("ISO_IR 100", Ok("8859/1")),
        ("ISO_IR 192", Ok("UNICODE UTF-8")),
        ("CP1252", Ok("WINDOWS-1252")),
        ("ISO IR13", Err(CharsetProblem::Unsupported)),
    ] {
        assert_eq!(label(name), expected, "{name}");
    }
    assert_eq!(Charset::from_label(b""), Ok(Charset::UNSTATED));
}

#[test]
fn each_label_is_a_name_of_its_set() {
    let labels: Vec<&str> = Charset::labels().collect();
    let without_decoders = ["ASCII", "UNICODE UTF-8", "8859/1", "WINDOWS-1252"];
    assert_eq!(labels[..4], without_decoders);
    assert_eq!(labels.len(), if cfg!(feature = "charset") { 42 } else { 4 });
    for label in labels {
        assert_eq!(self::label(label), Ok(label));
    }
}

#[cfg(feature = "charset")]
#[test]
fn all_of_table_0211_that_has_a_decoder() {
    for (name, bytes, text) in [
        ("8859/2", &b"\xA3\xF3d\xBC"[..], "Łódź"),
        ("8859/3", b"\xA1", "Ħ"),
        ("8859/4", b"\xE7", "į"),
        ("8859/5", b"\xB0", "А"),
        ("8859/6", b"\xC7", "ا"),
        ("8859/7", b"\xC1", "Α"),
        ("8859/8", b"\xE0", "א"),
        ("8859/9", b"\xDD", "İ"),
        ("8859/15", b"\xA4", "€"),
        ("ISO IR14", b"Smith\x1B(J-\x1B$B;3ED\x1B(J", "Smith-山田"),
        ("ISO IR87", b"\x1B$B;3ED\x1B(B", "山田"),
        ("ISO IR159", b"\x1B$(D0!\x1B$B;3\x1B(B", "丂山"),
        ("GB 18030-2000", b"\xCD\xF5", "王"),
        ("KS X 1001", b"\xB1\xE8", "김"),
        ("BIG-5", b"\xA4\xFD", "王"),
    ] {
        let charset = Charset::from_label(name.as_bytes()).unwrap();
        assert_eq!(charset.decode(bytes).unwrap(), text, "{name}");
        assert_eq!(charset.label(), name);
    }
    let charset = Charset::from_label(b"GB 18030-2000").unwrap();
    assert_eq!(charset.decode(b"ab\xCD\xF5\xFFc").unwrap_err().offset(), 4);
    let charset = Charset::from_label(b"8859/3").unwrap();
    assert_eq!(charset.decode(b"abc\xA5d").unwrap_err().offset(), 3);
}

#[test]
fn what_the_field_writes() {
    for (names, label) in [
        (&["LATIN2", "ISO_IR 101", "ISO-8859-2"][..], "8859/2"),
        (&["LATIN9", "ISO_IR 203", "iso8859-15"], "8859/15"),
        (&["ISO_IR 144"], "8859/5"),
        (&["ISO_IR 148", "latin5"], "8859/9"),
        (&["ISO_IR 166", "TIS-620"], "8859/11"),
        (&["CP1250", "windows-1250"], "WINDOWS-1250"),
        (&["CP1256", "WINDOWS 1256"], "WINDOWS-1256"),
        (&["KOI8-R"], "KOI8-R"),
        (&["GB18030", "gb_18030-2022"], "GB 18030-2000"),
        (&["gbk", "CP936"], "GBK"),
        (&["GB2312", "GB_2312-80", "EUC-CN"], "GB2312"),
        (&["Big5", "BIG5-HKSCS"], "BIG-5"),
        (
            &["EUC-KR", "KSC5601", "KS_C_5601-1987", "CP949"],
            "KS X 1001",
        ),
        (&["Shift_JIS", "SJIS", "Windows-31J"], "SHIFT_JIS"),
        (&["EUC-JP"], "EUC-JP"),
        (&["ISO-2022-JP"], "ISO-2022-JP"),
        (&["ISO 2022 IR 87"], "ISO IR87"),
    ] {
        let expected = if cfg!(feature = "charset") {
            Ok(label)
        } else {
            Err(CharsetProblem::Unsupported)
        };
        for name in [names, &[label]].concat() {
            assert_eq!(self::label(name), expected, "{name}");
        }
    }
}

#[cfg(feature = "charset")]
#[test]
fn sets_that_table_0211_lacks() {
    for (name, bytes, text) in [
        ("8859/10", &b"\xBD"[..], "―"),
        ("8859/13", b"\xB8", "ø"),
        ("WINDOWS-1251", b"\xC0\xED\xED\xE0", "Анна"),
        ("WINDOWS-874", b"\xA1", "ก"),
        ("IBM866", b"\x80", "А"),
        ("KOI8-U", b"\xB4", "Є"),
        ("MACINTOSH", b"\x8E", "é"),
        ("GBK", b"\xCD\xF5", "王"),
        ("GB2312", b"\xCD\xF5", "王"),
        ("SHIFT_JIS", b"\x8ER\x93\x63 \xD4\xCF", "山田 ﾔﾏ"),
        ("EUC-JP", b"\xBB\xB3\xC5\xC4", "山田"),
        ("ISO-2022-JP", b"\x1B$B;3ED\x1B(B", "山田"),
    ] {
        let charset = Charset::from_label(name.as_bytes()).unwrap();
        assert_eq!(charset.decode(bytes).unwrap(), text, "{name}");
        assert_eq!(charset.label(), name);
    }
}

#[test]
fn nothing_is_replaced() {
    for (charset, bytes, offset) in [
        (Charset::ASCII, &b"ab\xE9"[..], 2),
        (Charset::UTF_8, b"\xC3\xA9\xE9", 2),
        (Charset::UTF_8, b"ab\xC3", 2),
        (Charset::WINDOWS_1252, b"\x80\x81", 1),
        (Charset::UNSTATED, b"\xE9\x8D", 1),
    ] {
        let error = charset.decode(bytes).unwrap_err();
        assert_eq!((error.charset(), error.offset()), (charset, offset));
    }
}

#[test]
fn unstated_is_utf_8_or_else_windows_1252() {
    assert_eq!(Charset::UNSTATED.decode(b"Ren\xC3\xA9e").unwrap(), "Renée");
    assert_eq!(
        Charset::UNSTATED.decode(b"Ren\xE9e \x96 \x80").unwrap(),
        "Renée – €"
    );
    assert_eq!(Charset::guess(b"Ren\xC3\xA9e"), Charset::UTF_8);
    assert_eq!(Charset::guess(b"Ren\xE9e"), Charset::WINDOWS_1252);
}

#[test]
fn latin_1_is_read_as_it_is_meant() {
    let all: Vec<u8> = (160..=255).collect();
    let expected: String = (160..=255u8).map(char::from).collect();
    assert_eq!(Charset::LATIN_1.decode(&all).unwrap(), expected);
    assert_eq!(
        Charset::LATIN_1.decode(b"O\x92Hara \x81").unwrap(),
        "O’Hara \u{81}"
    );
}

fn charset_of(msh_18: &str) -> Result<&'static str, CharsetProblem> {
    let text = format!("MSH|^~\\&|A|||||||||2.5||||||{msh_18}\r");
    let message = Message::parse(text.as_bytes()).unwrap();
    let charset = message.charset().map_err(UnknownCharset::problem);
    charset.map(Charset::label)
}

#[test]
fn the_first_repetition_of_msh_18_rules_the_message() {
    for (msh_18, expected) in [
        ("", Ok(Charset::UNSTATED)),
        ("\"\"", Ok(Charset::UNSTATED)),
        ("8859/1~ISO IR87", Ok(Charset::LATIN_1)),
        ("UNICODE UTF-8~ISO IR87", Ok(Charset::UTF_8)),
        ("~8859/1", Ok(Charset::UNSTATED)),
        ("ASCII~GB 18030-2000", Ok(Charset::ASCII)),
        ("UNICODE UTF-8^^~", Ok(Charset::UTF_8)),
        ("UTF-16", Err(CharsetProblem::Wide)),
        ("GGGG7~ISO IR87", Err(CharsetProblem::Unrecognised)),
    ] {
        assert_eq!(charset_of(msh_18), expected.map(Charset::label), "{msh_18}");
    }
}

#[test]
fn after_ascii_an_alternate_may_be_switched_to() {
    for (msh_18, label) in [
        ("~ISO IR87", "ISO IR87"),
        ("ASCII~ISO IR87", "ISO IR87"),
        ("ISO IR6~ISO IR14~ISO IR87", "ISO IR14"),
        ("~8859/1~ISO IR159", "ISO IR159"),
        ("ISO IR87~ISO IR159", "ISO IR87"),
    ] {
        let expected = if cfg!(feature = "charset") {
            Ok(label)
        } else {
            Err(CharsetProblem::Unsupported)
        };
        assert_eq!(charset_of(msh_18), expected, "{msh_18}");
    }
}

#[test]
fn a_name_is_read_as_it_was_before_it_was_escaped() {
    for (text, label) in [
        ("MSH|^~\\/|A|||||||||2.5||||||8859\\T\\1", "8859/1"),
        (
            "MSH|^~\\&|A|||||||||2.5||||||UNICODE \\X555446\\-8",
            "UNICODE UTF-8",
        ),
        ("MSH|-~\\&|A|||||||||2.5||||||UTF\\S\\8", "UNICODE UTF-8"),
    ] {
        let message = Message::parse(text.as_bytes()).unwrap();
        assert_eq!(message.charset().map(Charset::label), Ok(label), "{text}");
    }
}

/// As SS-MIX2 writes names: kanji, then katakana. The katakana hold the byte of `^`.
#[cfg(feature = "charset")]
#[test]
fn escape_sequences_switch_between_ascii_and_japanese_sets() {
    let japanese = Charset::from_label(b"ISO IR87").unwrap();
    for (bytes, text) in [
        (&b"Yamamoto"[..], "Yamamoto"),
        (b"\x1B$B;3K\\\x1B(B", "山本"),
        (b"\x1B$B%d%^%b%H\x1B(B^\x1B$B5~;R\x1B(B", "ヤマモト^京子"),
        (b"\x1B$@;3\x1B$(BK\\", "山本"),
        (b"\x1B$B;3\x1B$BK\\\x1B(B\x1B(B", "山本"),
        (b"a~\x1B(Jb~\\\x1B$B;3\x1B(Jc~\\", "a~b~\\山c~\\"),
        (b"\x1B(ITOSD^\x1B(B", "ﾔﾏﾓﾄﾞ"),
        (b"\x1B$(D0!\x1B$B;3\x1B(B.", "丂山."),
        (b"\x1B$B", ""),
    ] {
        assert_eq!(japanese.decode(bytes).unwrap(), text, "{bytes:?}");
    }
    for (bytes, offset) in [
        (&b"ab\xD4"[..], 2),
        (b"a\x1B[1m", 1),
        (b"a\x1B", 1),
        (b"a\x1B$A;3", 1),
        (b"a\x1B$B;3K", 6),
        (b"\x1B$B;3 K", 5),
        (b"\x1B$B;3)!\x1B(B", 5),
        (b"\x1B(IT\x7F", 4),
        (b"\x1B(ITOs", 5),
        (b"\x1B$(D0!!!", 6),
        (b"\x1B$B;3\x1B(B\xE9", 8),
    ] {
        let error = japanese.decode(bytes).unwrap_err();
        assert_eq!(
            (error.charset(), error.offset()),
            (japanese, offset),
            "{bytes:?}"
        );
    }
}

#[cfg(feature = "charset")]
#[test]
fn what_a_japanese_set_lacks_is_not_written() {
    let japanese = Charset::from_label(b"ISO IR87").unwrap();
    let encoded = japanese.encode("山本 Y").unwrap();
    assert_eq!(encoded, &b"\x1B$B;3K\\\x1B(B Y"[..]);
    for text in ["a\x1Bb", "ﾔﾏﾓﾄ", "¥", "é", "丂"] {
        assert_eq!(japanese.encode(text), None, "{text}");
    }
}

#[test]
fn hexadecimal_bytes_are_in_the_character_set_of_the_message() {
    let text = "MSH|^~\\&|A\rNTE|1||T\\XE4\\glich \\XC3A4\\ \\XFFFE\\ \\X1\\ \\XG1\\ \\X\\";
    let message = Message::parse(text.as_bytes()).unwrap();
    let value = message.get(&path!("NTE-3")).value().unwrap();
    assert_eq!(
        value.decode(Charset::LATIN_1).unwrap(),
        "Täglich Ã¤ ÿþ \\X1\\ \\XG1\\ \\X\\"
    );
    let in_utf_8 = value.decode(Charset::UTF_8).unwrap();
    assert_eq!(
        in_utf_8, "T\\XE4\\glich ä \\XFFFE\\ \\X1\\ \\XG1\\ \\X\\",
        "kept when no text"
    );
}

#[test]
fn plain_text_has_one_kind_of_line_break() {
    let text = "MSH|^~\\&|A\rNTE|1||a\\X0D0A\\b\\X0D\\c\\X0A\\d\\.br\\e\\.ti+4\\f\\Zq\\ \\T\\";
    let message = Message::parse(text.as_bytes()).unwrap();
    let value = message.get(&path!("NTE-3")).value().unwrap();
    assert_eq!(
        value.plain_text(Charset::UTF_8).unwrap(),
        "a\nb\nc\nd\nef\\Zq\\ &"
    );
}
