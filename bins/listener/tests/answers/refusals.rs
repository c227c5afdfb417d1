//! What a feed does not take: the whole answer, and what is kept, in either mode and in the shapes
//! of several versions.

use std::fmt::Write as _;
use std::path::Path;

use testkit::golden;

use crate::listening::{Listening, Store};
use crate::peer::{accepted, framed, update};

const RESTRICTED: &str = "\
senders = [{ application = \"EHR\", facility = \"HARBOR\" }, { facility = \"QUARRY\" }]
versions = [\"2.3\", \"2.5.1\"]
types = [\"ADT^A08\", \"ORU\"]
processing_ids = [\"P\"]
";

/// What makes a good message one that is refused.
type Change = fn(&str) -> String;

/// A message that passes every check, in a version, with what follows MSH-12.
fn good(id: &str, version: &str) -> String {
    update(id, version)
}

#[tokio::test]
async fn each_reason_has_its_answer() {
    let refused: [(&str, Change); 5] = [
        ("a sender that is not known", |text| {
            text.replace("|HARBOR|", "|HARBOUR|")
        }),
        ("a version that is not taken", |text| {
            text.replace("|P|2.3", "|P|2.2")
                .replace("|P|2.5.1", "|P|2.6")
        }),
        ("a type that is not taken", |text| {
            text.replace("ADT^A08", "SIU^S12")
        }),
        ("an event that is not taken", |text| {
            text.replace("ADT^A08", "ADT^A40")
        }),
        ("a test", |text| text.replace("|P|2", "|T|2")),
    ];
    let store = Store::sqlite();
    let listening = Listening::with_feed(&store.url(), "", RESTRICTED).await;
    let mut peer = listening.peer().await;
    let mut page = String::new();
    for (reason, change) in refused {
        for (shape, version) in [
            ("2.3", "2.3"),
            ("2.5.1", "2.5.1"),
            ("enhanced", "2.5.1|||AL|NE"),
        ] {
            let answer = peer.ask(change(&good("1", version))).await;
            writeln!(page, "{reason}, {shape}:\n{}", answer.replace('\r', "\n")).unwrap();
        }
    }
    for kept in listening.kept().await {
        writeln!(page, "{} {}: {}", kept.state, kept.answer_code, kept.reason).unwrap();
    }
    golden::check(Path::new("tests/answers/refusals.txt"), page);

    assert_eq!(peer.ask(good("1", "2.5.1")).await, accepted("1"));
    let quarry = good("2", "2.5.1").replace("ADT^A08", "ORU^R01");
    let quarry = quarry.replace("|EHR|HARBOR|", "|ANY|QUARRY&1.2&ISO^X|");
    assert!(peer.ask(quarry).await.contains("MSA|AA|2\r"));
}

#[tokio::test]
async fn a_refusal_is_no_earlier_message() {
    for store in Store::all() {
        let message = good("1", "2.5.1");
        {
            let mut listening =
                Listening::with_feed(&store.url(), "", "versions = [\"2.3\"]").await;
            let mut peer = listening.peer().await;
            let first = peer.ask(&message).await;
            assert!(first.contains("MSA|AR|1\r"), "{first}");
            assert_eq!(peer.ask(&message).await, first);
            assert_eq!(listening.bodies().await, [&*message]);
            listening.wish_to_stop();
            listening.returned().await.unwrap();
        }
        let listening = Listening::start(&store.url(), "").await;
        let mut peer = listening.peer().await;
        assert_eq!(peer.ask(&message).await, accepted("1"));
        assert_eq!(peer.ask(&message).await, accepted("1"));
        let kept = listening.kept().await;
        let states: Vec<&str> = kept.iter().map(|kept| &*kept.state).collect();
        assert_eq!(states, ["refused", "received"]);
    }
}

#[tokio::test]
async fn an_answer_is_answered_by_nobody_and_must_be_of_a_sender_too() {
    let store = Store::sqlite();
    let feed = "senders = [{ facility = \"HARBOR\" }]";
    let listening = Listening::with_feed(&store.url(), "", feed).await;
    let mut peer = listening.peer().await;
    let ack = good("1", "2.5.1").replace("ADT^A08", "ACK^A08");
    let order_response = good("2", "2.5.1").replace("ADT^A08", "ORR^O02");
    let order_response = order_response.replace("\rPID", "\rMSA|AA|17\rPID");
    let forged = ack.replace("|HARBOR|", "|OTHER|");
    for message in [&forged, &ack, &order_response] {
        peer.write(framed(message)).await;
    }
    assert_eq!(peer.ask(good("3", "2.5.1")).await, accepted("3"));
    let kept = listening.kept().await;
    let states: Vec<&str> = kept.iter().map(|kept| &*kept.state).collect();
    assert_eq!(states, ["refused", "ignored", "received", "received"]);
}

#[tokio::test]
async fn the_mode_of_a_feed_goes_before_the_message() {
    let store = Store::sqlite();
    let cases: [(&str, &str, Option<&str>); 6] = [
        ("original", "2.5.1|||AL|NE", Some("AA")),
        ("original", "2.5.1|||NE|NE", Some("AA")),
        ("enhanced", "2.5.1", Some("CA")),
        ("enhanced", "2.5.1|||NE|AL", Some("CA")),
        ("silent", "2.5.1", None),
        ("silent", "2.5.1|||AL|NE", None),
    ];
    for (number, (mode, version, code)) in cases.into_iter().enumerate() {
        let feed = format!("mode = \"{mode}\"");
        let mut listening = Listening::with_feed(&store.url(), "", &feed).await;
        let mut peer = listening.peer().await;
        let id = format!("{number}");
        peer.write(framed(good(&id, version))).await;
        if let Some(code) = code {
            let answer = peer.answer().await;
            assert!(
                answer.ends_with(&format!("MSA|{code}|{id}\r")),
                "{mode}: {answer}"
            );
        }
        peer.finish().await;
        peer.closed().await;
        listening.wish_to_stop();
        listening.returned().await.unwrap();
        let kept = listening.kept().await.pop().unwrap();
        assert_eq!(kept.answer_code, code.unwrap_or_default(), "{mode}");
    }
}

#[tokio::test]
async fn a_feed_chooses_its_codes() {
    let store = Store::sqlite();
    let codes = "versions = [\"2.3\", \"2.5.1\"]
        codes = { version = \"accept\", no_control_id = \"reject\", altered = \"error\", \
        unreadable = \"error\" }";
    let listening = Listening::with_feed(&store.url(), "", codes).await;
    let mut peer = listening.peer().await;
    let mut page = String::new();
    let messages = [
        good("1", "2.5.1"),
        good("1", "2.5.1").replace("Quill", "Quayle"),
        good("2", "2.4"),
        good("", "2.5.1|||AL|NE"),
        "good morning".to_owned(),
    ];
    for message in messages {
        let answer = peer.ask(message).await;
        writeln!(page, "{}", answer.replace('\r', "\n")).unwrap();
    }
    for kept in listening.kept().await {
        writeln!(page, "{} {}: {}", kept.state, kept.answer_code, kept.reason).unwrap();
    }
    golden::check(Path::new("tests/answers/codes.txt"), page);
}

/// Row 10: what was told nothing is told nothing again.
#[tokio::test]
async fn a_repeat_of_what_was_not_answered_is_not_answered() {
    for store in Store::all() {
        let feed = "codes = { altered = \"error\" }";
        let listening = Listening::with_feed(&store.url(), "", feed).await;
        let mut peer = listening.peer().await;
        let first = update("1", "2.5.1|||SU|NE");
        let altered = first.replace("Quill", "Quayle");
        assert_ne!(altered, first);
        let last = update("2", "2.5.1");
        peer.write([&first, &altered, &altered, &last].map(framed).concat())
            .await;
        assert!(peer.answer().await.contains("MSA|CA|1"));
        assert_eq!(peer.answer().await, accepted("2"));
        assert_eq!(listening.bodies().await, [first, altered, last]);
    }
}
