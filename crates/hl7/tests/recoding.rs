//! Messages in UTF-8, whatever they came in.
#![cfg(test)]

use std::borrow::Cow;

use cistern_hl7::{Charset, CharsetProblem, Draft, DraftError, Message, RecodeError, path};
use proptest::prelude::*;

fn message(msh_18: &str, rest: &[u8]) -> Vec<u8> {
    let header = format!("MSH|^~\\&|A|||||||||2.5||||||{msh_18}\r");
    [header.as_bytes(), rest].concat()
}

fn recoded(bytes: &[u8]) -> Result<String, RecodeError> {
    let recoded = Message::parse(bytes).unwrap().to_utf8()?;
    assert_eq!(recoded.message().charset(), Ok(Charset::UTF_8));
    Ok(String::from_utf8(recoded.bytes().to_vec()).unwrap())
}

fn in_utf_8(rest: &str) -> String {
    format!("MSH|^~\\&|A|||||||||2.5||||||UNICODE UTF-8\r{rest}")
}

/// The names hold bytes of `~`, `|`, `\` and `^`.
#[cfg(feature = "charset")]
#[test]
fn characters_that_hold_delimiters_come_out_whole() {
    for (msh_18, rest, text) in [
        ("GB 18030-2000", &b"PID|||||\xC8~^\x96|^\xCD\xF5~X\r"[..], "PID|||||葉^東^王~X\r"),
        ("BIG-5", b"PID|||||\xB4^^\xB3\\&\xA4\xFD\nPV1|1\n", "PID|||||彭^許&王\nPV1|1\n"),
        (
            "~ISO IR87",
            b"PID|||||\x1B$B;3K\\\x1B(B^\x1B$B5~;R\x1B(B^^^^^L^I~\x1B$B%d%^%b%H\x1B(B^\x1B$B%-%g%&%3\x1B(B^^^^^L^P\r",
            "PID|||||山本^京子^^^^^L^I~ヤマモト^キョウコ^^^^^L^P\r",
        ),
        ("KS X 1001", b"PID|||||\xB1\xE8^\xB9\xCE", "PID|||||김^민"),
        ("GBK", b"PID|||||\xC8~^\x96|", "PID|||||葉^東"),
        ("SHIFT_JIS", b"PID|||||\x83\\\x83|^\x94\x5C", "PID|||||ソポ^能"),
        ("ISO-2022-JP", b"PID|||||\x1B$B%d%^\x1B(B^X", "PID|||||ヤマ^X"),
    ] {
        let bytes = message(msh_18, rest);
        assert!(Message::parse(&bytes).unwrap().needs_recoding(), "{msh_18}");
        assert_eq!(recoded(&bytes), Ok(in_utf_8(text)), "{msh_18}");
    }
    let bytes = message("GB 18030-2000", b"PID|||||\xC8~^\x96|^\xCD\xF5~X|F\r");
    let recoded = Message::parse(&bytes).unwrap().to_utf8().unwrap();
    let recoded = recoded.message();
    let text = |path| {
        recoded
            .get(&path)
            .value()
            .unwrap()
            .decode(Charset::UTF_8)
            .unwrap()
    };
    assert_eq!(text(path!("PID-5.1")), "葉");
    assert_eq!(text(path!("PID-5.2")), "東");
    assert_eq!(text(path!("PID-5[2]")), "X");
    assert_eq!(text(path!("PID-6")), "F");
}

/// Without a decoder there is no other way to tell that such a message cannot be split.
#[test]
fn sets_whose_characters_hold_delimiters_need_it_with_or_without_a_decoder() {
    for (msh_18, expected) in [
        ("GB 18030-2000", true),
        ("GBK", true),
        ("GB2312", true),
        ("BIG-5", true),
        ("KS X 1001", true),
        ("SHIFT_JIS", true),
        ("ISO-2022-JP", true),
        ("~ISO IR14", true),
        ("ISO IR87", true),
        ("ISO IR159", true),
        ("CNS 11643-1992", true),
        ("ISO IR13", true),
        ("EUC-JP", false),
        ("8859/2", false),
        ("8859/9", false),
        ("WINDOWS-874", false),
        ("UTF-8", false),
        ("FANCY", false),
    ] {
        let bytes = message(msh_18, b"PID|1\r");
        let message = Message::parse(&bytes).unwrap();
        assert_eq!(message.needs_recoding(), expected, "{msh_18}");
        let mut draft = Draft::of(&message);
        let changed = draft.set(&path!("PID-2"), "X");
        assert_eq!(changed.is_err(), expected, "{msh_18}");
        if let Err(unknown) = message.charset()
            && expected
        {
            assert_eq!(changed, Err(DraftError::Charset(unknown)), "{msh_18}");
            assert_eq!(recoded(&bytes), Err(RecodeError::Charset(unknown)));
        }
    }
}

/// MSH-18 is empty or wrong, and the set is known otherwise.
#[test]
fn a_set_that_is_agreed_goes_before_what_the_message_says() {
    for (msh_18, charset, rest, text) in [
        ("", "8859/1", "PID|||||Pe\u{F1}a\r", "PID|||||PeÃ±a\r"),
        (
            "BIG-5",
            "UTF-8",
            "PID|||||Pe\u{F1}a\\XF1\\\r",
            "PID|||||Peña\\XF1\\\r",
        ),
        ("44", "UTF-8", "PID|||||Pe\u{F1}a\r", "PID|||||Peña\r"),
        (
            "UTF-8",
            "8859/1",
            "PID|||||Z\\XFC\\\r",
            "PID|||||Z\\XC3BC\\\r",
        ),
    ] {
        let bytes = message(msh_18, rest.as_bytes());
        let charset = Charset::from_label(charset.as_bytes()).unwrap();
        let message = Message::parse(&bytes).unwrap();
        let recoded = message.to_utf8_from(charset).unwrap();
        let label = if msh_18 == "UTF-8" {
            "UTF-8"
        } else {
            "UNICODE UTF-8"
        };
        let expected = in_utf_8(text).replace("UNICODE UTF-8", label);
        assert_eq!(str::from_utf8(recoded.bytes()), Ok(&*expected), "{msh_18}");
    }
}

#[cfg(feature = "charset")]
#[test]
fn a_set_that_is_agreed_keeps_its_characters_whole() {
    let bytes = message("", b"PID|||||\xB4^^\xB3\\\r");
    let message = Message::parse(&bytes).unwrap();
    let big_5 = Charset::from_label(b"BIG-5").unwrap();
    assert!(big_5.overlaps_ascii() && !message.needs_recoding());
    let recoded = message.to_utf8_from(big_5).unwrap();
    let expected = in_utf_8("PID|||||彭^許\r");
    assert_eq!(str::from_utf8(recoded.bytes()), Ok(&*expected));
}

#[test]
fn other_sets_need_no_recoding_but_may_be() {
    for (msh_18, rest, text) in [
        (
            "8859/1",
            &b"PID|||||Z\xFCrich^\x80\r"[..],
            "PID|||||Zürich^€\r",
        ),
        ("", b"PID|||||Z\xFCrich\r", "PID|||||Zürich\r"),
        ("", "PID|||||Zürich\r".as_bytes(), "PID|||||Zürich\r"),
        ("ASCII", b"PID|||||Zurich", "PID|||||Zurich"),
        #[cfg(feature = "charset")]
        ("EUC-JP", b"PID|||||\xBB\xB3^\xC5\xC4", "PID|||||山^田"),
        (
            "UTF-8~8859/1",
            "PID|\r\n\nZürich".as_bytes(),
            "PID|\r\n\nZürich",
        ),
    ] {
        let bytes = message(msh_18, rest);
        assert!(
            !Message::parse(&bytes).unwrap().needs_recoding(),
            "{msh_18}"
        );
        let mut expected = in_utf_8(text);
        if msh_18.starts_with("UTF-8") {
            expected = expected.replace("UNICODE UTF-8", msh_18);
        }
        assert_eq!(recoded(&bytes), Ok(expected), "{msh_18}");
    }
}

#[test]
fn the_header_says_so() {
    for (header, expected) in [
        ("MSH|^~\\&", "MSH|^~\\&||||||||||||||||UNICODE UTF-8"),
        (
            "\u{FEFF}\r\nMSH|^~\\&|A|||||||||2.5||||||8859/1|NL|ISO 2022-1994|X\n",
            "\u{FEFF}\r\nMSH|^~\\&|A|||||||||2.5||||||UNICODE UTF-8|NL||X\n",
        ),
        (
            "MSH|^~\\&|A|||||||||2.3||||||ASCII||2.3",
            "MSH|^~\\&|A|||||||||2.3||||||UNICODE UTF-8||2.3",
        ),
        (
            "MSH-^~\\&-A---------2.3",
            "MSH-^~\\&-A---------2.3------UTF8",
        ),
        ("MSH|-~\\&", "MSH|-~\\&||||||||||||||||UTF8"),
    ] {
        assert_eq!(
            recoded(header.as_bytes()),
            Ok(expected.to_owned()),
            "{header:?}"
        );
    }
}

#[test]
fn hexadecimal_bytes_become_those_of_utf_8() {
    let bytes = message(
        "8859/1",
        br"NTE|1||T\XE4\glich\.br\\X0d0A\ \H\x\N\ \XE\ \T\ \Cxxyy\",
    );
    let expected = in_utf_8(r"NTE|1||T\XC3A4\glich\.br\\X0d0A\ \H\x\N\ \XE\ \T\ \Cxxyy\");
    assert_eq!(recoded(&bytes), Ok(expected));
    if cfg!(feature = "charset") {
        let bytes = message("GB 18030-2000", br"NTE|1||\XC87E\^\X41\^\XFF\");
        assert_eq!(
            recoded(&bytes),
            Ok(in_utf_8(r"NTE|1||\XE89189\^\X41\^\XFF\"))
        );
        let bytes = message("~ISO IR87", br"NTE|1||\X1B24423B331B2842\^\X1B2842\.");
        assert_eq!(recoded(&bytes), Ok(in_utf_8(r"NTE|1||\XE5B1B1\^.")));
    }
    let without_escape = b"MSH|^~|A|||||||||2.5||||||8859/1\rNTE|\\XE4\\";
    let expected = "MSH|^~|A|||||||||2.5||||||UNICODE UTF-8\rNTE|\\XE4\\";
    assert_eq!(recoded(without_escape), Ok(expected.to_owned()));
}

#[test]
fn what_is_no_text_has_a_place() {
    let bytes = message("ASCII", b"PID|1\r\nNTE|1||abc\xE9\r");
    let error = recoded(&bytes).unwrap_err();
    let (charset, offset) = (Charset::ASCII, bytes.len() - 2);
    assert_eq!(
        error,
        RecodeError::Undecodable {
            charset,
            segment: 2,
            offset
        }
    );
    let sentence = format!("byte {offset} of the message is no character of ASCII");
    assert_eq!(error.to_string(), sentence);
    match recoded(&message("UTF-16", b"")).unwrap_err() {
        RecodeError::Charset(unknown) => assert_eq!(unknown.problem(), CharsetProblem::Wide),
        other => panic!("{other:?}"),
    }
}

/// Every leaf as text.
fn texts<'a>(message: &Message<'a>, charset: Charset) -> Vec<Option<Cow<'a, str>>> {
    let leaves = message
        .leaves()
        .filter(|leaf| leaf.segment().position() > 0);
    leaves
        .map(|leaf| {
            leaf.presence()
                .value()
                .map(|value| value.decode(charset).unwrap())
        })
        .collect()
}

fn text_with_delimiters() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "|", "^", "~", "&", "\\", "\\X", "41", "E4", "C3A4", "\\T\\", ".br", "\"\"", "Z", "ü", "ß",
        "é", "\r", "\n",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_leaf_keeps_its_text(text in text_with_delimiters(), is_utf_8: bool) {
        let (label, charset) = if is_utf_8 { ("UNICODE UTF-8", Charset::UTF_8) } else { ("8859/1", Charset::LATIN_1) };
        let bytes = message(label, &charset.encode(&text).unwrap());
        let before = Message::parse(&bytes).unwrap();
        let recoded = before.to_utf8().unwrap();
        prop_assert_eq!(texts(&recoded.message(), Charset::UTF_8), texts(&before, charset));
    }
}
