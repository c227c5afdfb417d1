//! Rows 16 to 18 of the decision table: a feed whose answers wait for the import.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use testkit::golden;

use crate::importing::{
    Importing, REGISTRATION_HEAD, RESULT_HEAD, accepted_as_altered, altered, document, held,
    registration, result,
};
use crate::listening::{Listening, Store};
use crate::masked::masked;
use crate::peer::{HEAD_2_5_1, framed, update};
use crate::stub::{Stub, Way};

pub(crate) const AFTER_IMPORT: &str = "answer_after = \"import\"";
pub(crate) const AT_ONCE: &str = "answer_after = \"import\"\nimport_secs_max = 1";

pub(crate) async fn listening(url: &str) -> Listening {
    Listening::with_feed(url, "", AFTER_IMPORT).await
}

/// The same message in another version.
fn in_version(version: &str, message: &str) -> String {
    message.replace("|P|2.5.1|||", &format!("|P|{version}|||"))
}

/// A registration of the far future: it is imported, and counts from its arrival.
fn of_the_future(control_id: &str) -> String {
    registration(control_id, "").replace("|20260302", "|20990302")
}

/// A registration of long ago: what it says is known better.
fn of_long_ago(control_id: &str) -> String {
    registration(control_id, "").replace("|20260302", "|20250302")
}

/// The messages of the golden files, each with what comes of it.
fn messages() -> Vec<(&'static str, String)> {
    let in_2_3 = |message: String| in_version("2.3", &message);
    vec![
        ("imported", registration("1", "")),
        ("imported", in_2_3(registration("2", ""))),
        ("wanted by no rule", document("3", "")),
        ("held", result("4", "")),
        ("held", in_version("2.4", &result("5", ""))),
        ("held", in_2_3(result("6", ""))),
        ("part ignored", of_the_future("7")),
        ("part ignored", in_2_3(of_the_future("8"))),
        ("of note", of_long_ago("9")),
        ("of note", in_2_3(of_long_ago("10"))),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_says_what_came_of_the_import() {
    let chosen = "codes = { held = \"accept\", part_ignored = \"reject\" }";
    for (feed, file) in [("", "waiting.txt"), (chosen, "waiting_codes.txt")] {
        for store in Store::all() {
            let feed = format!("{AFTER_IMPORT}\n{feed}");
            let listening = Listening::with_feed(&store.url(), "", &feed).await;
            let importing = Importing::start(&store.url()).await;
            let mut peer = listening.peer().await;
            let mut page = String::new();
            for (what, message) in messages() {
                let answer = peer.ask(message).await;
                writeln!(page, "{what}:\n{}", answer.replace('\r', "\n")).unwrap();
            }
            for kept in listening.kept().await {
                writeln!(page, "{} {}", kept.state, kept.answer_code).unwrap();
            }
            golden::check(Path::new("tests/answers").join(file), page);
            importing.stop().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_takes_too_long_is_answered_as_after_the_commit() {
    for store in Store::all() {
        let listening = Listening::with_feed(&store.url(), "", AT_ONCE).await;
        let mut peer = listening.peer().await;
        peer.write(framed(result("1", ""))).await;
        let first = peer.raw_answer().await;
        assert_eq!(masked(&first), format!("{RESULT_HEAD}MSA|AA|1\r"));
        let kept = listening.kept().await;
        assert_eq!([&*kept[0].state, &kept[0].answer_code], ["received", "AA"]);

        let importing = Importing::start(&store.url()).await;
        while listening.kept().await[0].state != "held" {}
        peer.write(framed(result("1", ""))).await;
        assert_eq!(peer.raw_answer().await, first, "a repeat");
        listening.wish_to_stop();
        peer.closed().await;
        importing.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_keep_the_order_of_the_messages_of_a_link() {
    for store in Store::all() {
        let listening = listening(&store.url()).await;
        let mut peer = listening.peer().await;
        let messages = [
            result("1", ""),
            registration("2", "AL|NE"),
            registration("3", "NE|NE"),
            registration("", ""),
            registration("5", ""),
            result("1", ""),
            result("7", ""),
        ];
        peer.write(messages.iter().flat_map(framed).collect::<Vec<u8>>())
            .await;
        while listening.kept().await.len() < 6 {}
        let importing = Importing::start(&store.url()).await;
        let mut heard = Vec::new();
        for _ in 0..6 {
            heard.push(peer.answer().await);
        }
        let expected = [
            held("1"),
            format!("{REGISTRATION_HEAD}MSA|CA|2\r"),
            format!(
                "{REGISTRATION_HEAD}MSA|AE\r\
                 ERR||MSH^1^10|101^Required field missing^HL70357|E\
                 ||||MSH-10 is empty: give each message a control id of its own\r"
            ),
            format!("{REGISTRATION_HEAD}MSA|AA|5\r"),
            held("1"),
            held("7"),
        ];
        assert_eq!(heard, expected);
        importing.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_on_two_links_hears_the_same_on_both() {
    for store in Store::all() {
        let (one, two) = (listening(&store.url()).await, listening(&store.url()).await);
        let mut peers = [one.peer().await, one.peer().await, two.peer().await];
        for peer in &mut peers {
            peer.write(framed(result("1", ""))).await;
        }
        while one.kept().await.is_empty() {}
        let importing = Importing::start(&store.url()).await;
        let [first, second, third] = &mut peers;
        let heard = first.raw_answer().await;
        assert_eq!(masked(&heard), held("1"));
        assert_eq!(second.raw_answer().await, heard);
        assert_eq!(third.raw_answer().await, heard);
        importing.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_altered_message_is_flagged_and_told_of() {
    for store in Store::all() {
        let listening = listening(&store.url()).await;
        let importing = Importing::start(&store.url()).await;
        let mut peer = listening.peer().await;
        peer.ask(registration("1", "")).await;
        assert_eq!(peer.ask(altered("1")).await, accepted_as_altered("1"));
        importing.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_message_of_a_batch_is_awaited() {
    for store in Store::all() {
        let listening = listening(&store.url()).await;
        let importing = Importing::start(&store.url()).await;
        let mut peer = listening.peer().await;
        let messages = [registration("1", ""), result("2", "")].concat();
        peer.write(framed(format!("BHS|^~\\&|EHR\r{messages}BTS|2\r")))
            .await;
        assert_eq!(
            peer.answer().await,
            format!("{REGISTRATION_HEAD}MSA|AA|1\r")
        );
        assert_eq!(peer.answer().await, held("2"));
        importing.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_accepted_number_is_told_after_the_import() {
    for store in Store::all() {
        let feed = format!("{AFTER_IMPORT}\nsequence = \"strict\"");
        let listening = Listening::with_feed(&store.url(), "", &feed).await;
        let importing = Importing::start(&store.url()).await;
        let mut peer = listening.peer().await;
        let gap = format!(
            "{REGISTRATION_HEAD}MSA|AR|3||9\r\
             ERR||MSH^1^13|207^Application internal error^HL70357|E\
             ||||MSH-13 is not the next number: MSA-4 says which is expected\r"
        );
        for (number, message, expected) in [
            ("7", result("1", ""), held("1||7")),
            (
                "8",
                registration("2", ""),
                format!("{REGISTRATION_HEAD}MSA|AA|2||8\r"),
            ),
            ("10", registration("3", ""), gap),
        ] {
            let numbered = message.replace("|P|2.5.1|||", &format!("|P|2.5.1|{number}||"));
            assert_eq!(peer.ask(numbered).await, expected);
        }
        importing.stop().await;
    }
}

#[tokio::test]
async fn what_cannot_be_recorded_is_to_be_sent_again() {
    let stub = Arc::new(Stub::new(Way::Wait));
    stub.open();
    let settings = "commit_secs = 1";
    let listening = Listening::before_stub_with_feed(stub, settings, AT_ONCE).await;
    let expected = format!(
        "{HEAD_2_5_1}MSA|AR|1\r\
         ERR|||207^Application internal error^HL70357|E\
         ||||the message could not be stored: send it again later\r"
    );
    let mut peer = listening.peer().await;
    assert_eq!(peer.ask(update("1", "2.5.1")).await, expected);
}
