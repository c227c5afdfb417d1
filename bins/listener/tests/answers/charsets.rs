//! Letters beyond ASCII: in which character set a message is read, what is recorded of that, and
//! what becomes of the name in it.

use std::sync::Arc;

use bytes::Bytes;
use care::Value;
use importer::{Importer, Rules};
use service::Config;
use tank::{Database, Filter, HoldingTank as _, MessageView};

use crate::listening::{Listening, Store};
use crate::peer::{Peer, framed};

/// A registration of Ada, whose MSH-18 and last name are these.
fn registration(msh_18: &str, last_name: &[u8]) -> Vec<u8> {
    let head = format!(
        "MSH|^~\\&|EHR|HARBOR|CISTERN|CLINIC|20260302101500||ADT^A28|17|P|2.5.1||||||{msh_18}\r\
         PID|1||1001^^^HARBOR^MR||"
    );
    [head.as_bytes(), last_name, b"^Ada||19700101|F\r"].concat()
}

/// What there is of the only message.
#[derive(Debug, PartialEq)]
struct Outcome {
    /// Its state, its character set and who says so.
    message: [String; 3],
    /// The sentence of its only finding.
    finding: Option<String>,
    /// The last name of the only client.
    last_name: Option<String>,
}

impl Outcome {
    fn imported(charset: &str, source: &str, last_name: &str) -> Outcome {
        Outcome {
            message: ["imported", charset, source].map(str::to_owned),
            finding: None,
            last_name: Some(last_name.to_owned()),
        }
    }

    fn held(charset: &str, source: &str, finding: &str) -> Outcome {
        Outcome {
            message: ["held", charset, source].map(str::to_owned),
            finding: Some(finding.to_owned()),
            last_name: None,
        }
    }
}

/// What comes of a message that is sent to a feed with these settings, and that it is the very
/// bytes that are kept.
async fn outcome(store: &Store, feed: &str, message: &[u8]) -> Outcome {
    let listening = Listening::with_feed(&store.url(), "", feed).await;
    let answer = listening.peer().await.ask(message).await;
    assert!(answer.ends_with("\rMSA|AA|17\r"), "{answer}");
    assert_eq!(listening.bodies().await, [Bytes::copy_from_slice(message)]);
    let tank = Database::open(&store.url()).await.unwrap();
    import(&tank).await;
    settled(&tank).await
}

/// Imports what waits.
async fn import(tank: &Database) {
    let config = Config::default();
    let rules = Rules::load(&config.importer).unwrap();
    let holding = Arc::new(tank.clone());
    let mut importer = Importer::start(holding, rules, &config).await.unwrap();
    importer.finish().await.unwrap();
}

async fn view(tank: &Database) -> MessageView {
    let filter = Filter {
        limit: 2,
        ..Filter::default()
    };
    let mut messages = tank.list(&filter).await.unwrap();
    assert_eq!(messages.len(), 1);
    messages.remove(0)
}

async fn settled(tank: &Database) -> Outcome {
    let MessageView {
        id, state, read_as, ..
    } = view(tank).await;
    let stored = tank.get(id).await.unwrap().unwrap();
    assert!(stored.findings.len() <= 1);
    let client = care::record_type("client").unwrap();
    let clients = tank.records(client, 2).await.unwrap();
    let mut values = clients.iter().flat_map(|client| &client.values);
    let last_name = values.find(|value| value.field == "last_name");
    Outcome {
        message: [state, read_as.charset, read_as.source.as_str().to_owned()],
        finding: stored.findings.first().map(|it| it.sentence.clone()),
        last_name: last_name.map(|name| match &name.value {
            Value::Text(text) => text.clone(),
            other => panic!("{other:?}"),
        }),
    }
}

const LATIN_1: &[u8] = b"Pe\xF1a";
const UTF_8: &[u8] = "Peña".as_bytes();

/// Lines of a feed, MSH-18 and a name; and what is recorded, with the name in the records.
#[rustfmt::skip]
const READABLE: &[(&str, &str, &[u8], [&str; 3])] = &[
    // No rule: a guess.
    ("", "", LATIN_1, ["WINDOWS-1252", "guess", "Peña"]),
    ("", "", UTF_8, ["UNICODE UTF-8", "guess", "Peña"]),
    // MSH-18 says it.
    ("", "8859/1", LATIN_1, ["8859/1", "msh18", "Peña"]),
    ("", "~ISO IR87", b"\x1B$B;3\x1B(B", ["ISO IR87", "msh18", "山"]),
    // The rule of the feed, where MSH-18 is empty.
    ("charset = \"8859/1\"", "", LATIN_1, ["8859/1", "feed", "Peña"]),
    ("charset = \"8859/1\"", "", UTF_8, ["8859/1", "feed", "PeÃ±a"]),
    ("charset = \"8859/2\"", "", b"Ko\xB3o", ["8859/2", "feed", "Koło"]),
    ("charset = \"GB18030\"", "", b"\x96|", ["GB 18030-2000", "feed", "東"]),
    ("charset = \"8859/1\"", "utf-8", UTF_8, ["UNICODE UTF-8", "msh18", "Peña"]),
    // It wins over what MSH-18 says.
    ("charset = \"latin1\"\ncharset_wins = true", "UTF-8", LATIN_1, ["8859/1", "feed", "Peña"]),
    ("charset = \"UTF-8\"\ncharset_wins = true", "BIG-5", UTF_8, ["UNICODE UTF-8", "feed", "Peña"]),
    ("charset = \"CP1252\"\ncharset_wins = true", "44", LATIN_1, ["WINDOWS-1252", "feed", "Peña"]),
    // Nothing beyond ASCII in an unknown set.
    ("charset = \"8859/1\"", "FANCY", b"Pena", ["", "unknown", "Pena"]),
];

#[tokio::test]
async fn a_name_is_read_as_its_feed_or_its_message_says() {
    for (feed, msh_18, name, [charset, source, expected]) in READABLE {
        for store in Store::all() {
            let found = outcome(&store, feed, &registration(msh_18, name)).await;
            let expected = Outcome::imported(charset, source, expected);
            assert_eq!(found, expected, "{feed}, MSH-18 {msh_18:?}");
        }
    }
}

#[tokio::test]
async fn what_is_no_text_waits_and_names_the_setting() {
    let cases = [
        (
            "charset = \"UNICODE UTF-8\"",
            "",
            &b"Pe\xF1a"[..],
            ["UNICODE UTF-8", "feed"],
            "byte 2 of the value is no character of UNICODE UTF-8; as hexadecimal: 5065F161; its \
             feed says so: set charset of feed main to what the sender writes, then cistern retry",
        ),
        (
            "",
            "UNICODE UTF-8",
            b"Pe\xF1a",
            ["UNICODE UTF-8", "msh18"],
            "byte 2 of the value is no character of UNICODE UTF-8; as hexadecimal: 5065F161; \
             MSH-18 says so: set charset and charset_wins of feed main to what the sender writes, \
             then cistern retry",
        ),
        (
            "",
            "",
            b"Pe\x81a",
            ["WINDOWS-1252", "guess"],
            "byte 2 of the value is no character of WINDOWS-1252; as hexadecimal: 50658161; MSH-18 \
             is empty: set charset of feed main to what the sender writes, then cistern retry",
        ),
        (
            "charset = \"8859/1\"",
            "FANCY",
            b"Pe\xF1a",
            ["", "unknown"],
            "byte 2 of the value is no character of ASCII; as hexadecimal: 5065F161; MSH-18 names \
             no set that can be read: set charset and charset_wins of feed main to what the sender \
             writes, then cistern retry",
        ),
        (
            "charset = \"BIG-5\"",
            "",
            b"\xB4^\xFF",
            ["BIG-5", "feed"],
            "byte 103 of the message is no character of BIG-5; its feed says so: set charset of \
             feed main to what the sender writes, then cistern retry",
        ),
    ];
    for (feed, msh_18, name, [charset, source], finding) in cases {
        for store in Store::all() {
            let found = outcome(&store, feed, &registration(msh_18, name)).await;
            let expected = Outcome::held(charset, source, finding);
            assert_eq!(found, expected, "{feed}, MSH-18 {msh_18:?}");
        }
    }
}

/// A sender is told from others, and a message from others, by their bytes: another rule makes
/// nothing new of what is sent again.
#[tokio::test]
async fn a_repeat_stays_one_under_another_rule() {
    let message =
        b"MSH|^~\\&|EHR|CL\xCDNICA|CISTERN|T\xC3\xA1nk|20260302||ADT^A08|\xE9-1|P|2.5.1\r\
        PID|1||\xC9-7^^^\xC9MR\r";
    for store in Store::all() {
        let mut answers = Vec::new();
        for rule in ["", "charset = \"8859/1\"", "charset = \"8859/5\""] {
            let listening = Listening::with_feed(&store.url(), "", rule).await;
            let mut peer: Peer = listening.peer().await;
            peer.write(framed(message)).await;
            answers.push(peer.raw_answer().await);
        }
        assert_eq!(answers[0], answers[1]);
        assert_eq!(answers[0], answers[2]);
        let tank = Database::open(&store.url()).await.unwrap();
        view(&tank).await;
    }
}

#[tokio::test]
async fn names_in_the_header_are_read_like_the_rest() {
    let message = b"MSH|^~\\&|EHR|\xA3\xD3D\xAC|CISTERN|TANK|20260302||ADT^A08|\xB3-1|P|2.5.1\r";
    for store in Store::all() {
        let rule = "charset = \"8859/2\"\nsenders = [{ facility = \"ŁÓDŹ\" }]";
        let listening = Listening::with_feed(&store.url(), "", rule).await;
        let mut peer = listening.peer().await;
        peer.write(framed(message)).await;
        let answer = peer.raw_answer().await;
        let shown = answer.escape_ascii();
        assert!(answer.ends_with(b"\rMSA|AA|\xB3-1\r"), "{shown}");
        let tank = Database::open(&store.url()).await.unwrap();
        let kept = view(&tank).await;
        assert_eq!(
            [&*kept.sending_facility, &*kept.control_id],
            ["ŁÓDŹ", "ł-1"]
        );
    }
}

/// While one of a patient's messages is in hand, the next waits.
#[tokio::test]
async fn a_patient_is_the_same_in_two_character_sets() {
    let update = |control_id: u8, msh_18: &str, patient: &[u8]| {
        let head = format!(
            "MSH|^~\\&|EHR|HARBOR|||20260302||ADT^A08|{control_id}|P|2.5.1||||||{msh_18}\rPID|1||"
        );
        [head.as_bytes(), patient, b"^^^HARBOR^MR\r"].concat()
    };
    for store in Store::all() {
        let rule = "charset = \"8859/2\"";
        let listening = Listening::with_feed(&store.url(), "", rule).await;
        let mut peer = listening.peer().await;
        peer.ask(update(1, "", b"\xA3-7")).await;
        peer.ask(update(2, "UTF-8", "Ł-7".as_bytes())).await;
        let tank = Database::open(&store.url()).await.unwrap();
        let first = tank.claim("one", 1, 0).await.unwrap();
        let second = tank.claim("another", 1, 0).await.unwrap();
        assert_eq!([first.messages.len(), second.messages.len()], [1, 0]);
    }
}

/// What we say ourselves is in the sender's set, and MSH-18 as the sender fills it.
#[tokio::test]
async fn the_answer_is_in_the_character_set_of_the_feed() {
    let ours = "sending_facility = \"CLÍNICA\"";
    let wins = "charset = \"8859/1\"\ncharset_wins = true";
    // As Latin-1 has it, and UTF-8 when it is taken for Latin-1.
    let (latin_1, utf_8) = ("CL\u{CD}NICA", "CL\u{C3}\u{8D}NICA");
    let cases = [
        ("", "", utf_8, "||||||UNICODE UTF-8"),
        ("charset = \"8859/1\"", "", latin_1, ""),
        ("charset = \"UTF-8\"", "", utf_8, ""),
        (wins, "UNICODE UTF-8", latin_1, "||||||UNICODE UTF-8"),
        ("charset = \"8859/5\"", "", utf_8, "||||||UNICODE UTF-8"),
        ("charset = \"8859/1\"", "UTF-8", utf_8, "||||||UTF-8"),
    ];
    for (rule, msh_18, facility, end) in cases {
        let store = Store::sqlite();
        let listening = Listening::with_feed(&store.url(), ours, rule).await;
        let mut peer = listening.peer().await;
        let answer = peer.ask(registration(msh_18, b"Pena")).await;
        let expected = format!(
            "MSH|^~\\&|CISTERN|{facility}|EHR|HARBOR|<time>||ACK^A28^ACK|<id>|P|2.5.1{end}\r\
             MSA|AA|17\r"
        );
        assert_eq!(answer, expected, "{rule}, MSH-18 {msh_18:?}");
    }
}
