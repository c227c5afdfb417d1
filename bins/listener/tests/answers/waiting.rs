//! Rows 16 to 18 of the decision table: a feed whose answers wait for the import.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use testkit::golden;

use crate::importing::{Importing, document, registration, result};
use crate::listening::{Listening, Store};
use crate::masked::masked;
use crate::peer::{HEAD_2_5_1, Peer, framed, update};
use crate::program::Program;
use crate::stub::{Stub, Way};

const AFTER_IMPORT: &str = "answer_after = \"import\"";
const AT_ONCE: &str = "answer_after = \"import\"\nimport_secs_max = 1";

async fn listening(url: &str) -> Listening {
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
        let accepted = "MSH|^~\\&|CISTERN|HARBOR_CARE|QUARRY|QUARRY LABS|<time>||ACK^R01^ACK|<id>\
                        |P|2.5.1\rMSA|AA|1\r";
        assert_eq!(masked(&first), accepted);
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
async fn a_sender_that_has_heard_nothing_asks_again_and_hears_what_came_of_it() {
    for store in Store::all() {
        let environment = [("CISTERN_DATABASE_URL", &*store.url())];
        let config =
            format!("[[feed]]\nname = \"main\"\naddress = \"127.0.0.1:0\"\n{AFTER_IMPORT}\n");
        let program = env!("CARGO_BIN_EXE_cistern-listener");
        let mut first = Program::start(program, &config, &environment);
        let line = first.wait_for("address=");
        let address = line.rsplit("address=").next().unwrap().trim();
        let second = listening(&store.url()).await;
        let mut peer = Peer::connect(address.parse().unwrap()).await;
        peer.write(framed(result("1", ""))).await;
        while second.kept().await.is_empty() {}
        assert_eq!(second.kept().await[0].answer_code, "");
        first.kill();
        let importing = Importing::start(&store.url()).await;

        while second.kept().await[0].state != "held" {}
        let mut peer = second.peer().await;
        peer.write(framed(result("1", ""))).await;
        let heard = peer.raw_answer().await;
        assert_eq!(acknowledged(&heard), ["AE", "1"]);
        peer.write(framed(result("1", ""))).await;
        assert_eq!(peer.raw_answer().await, heard, "a repeat");
        assert_eq!(second.kept().await[0].answer_code, "AE");
        importing.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_said_for_good_to_a_link_that_broke() {
    for store in Store::all() {
        let listening = Listening::with_feed(&store.url(), "", AT_ONCE).await;
        let mut gone = listening.peer().await;
        gone.write(framed(result("1", ""))).await;
        while listening.kept().await.is_empty() {}
        gone.reset();
        // Which comes when the first would have waited long enough.
        let mut peer = listening.peer().await;
        peer.write(framed(result("2", ""))).await;
        assert_eq!(acknowledged(&peer.raw_answer().await), ["AA", "2"]);
        let kept = listening.kept().await;
        assert_eq!([&*kept[0].answer_code, &kept[1].answer_code], ["", "AA"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_closed_gets_its_answer_and_so_does_the_repeat() {
    for store in Store::all() {
        let listening = listening(&store.url()).await;
        let mut closed = listening.peer().await;
        closed.write(framed(result("1", ""))).await;
        closed.finish().await;
        while listening.kept().await.is_empty() {}
        let importing = Importing::start(&store.url()).await;
        let heard = closed.raw_answer().await;
        assert_eq!(acknowledged(&heard), ["AE", "1"]);
        closed.closed().await;
        let mut peer = listening.peer().await;
        peer.write(framed(result("1", ""))).await;
        assert_eq!(peer.raw_answer().await, heard, "a repeat");
        importing.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_that_waits_no_more_answers_what_was_never_answered() {
    let store = Store::sqlite();
    let waiting = listening(&store.url()).await;
    let mut gone = waiting.peer().await;
    gone.write(framed(registration("1", ""))).await;
    while waiting.kept().await.is_empty() {}
    let listening = Listening::start(&store.url(), "").await;
    let mut peer = listening.peer().await;
    peer.write(framed(registration("1", ""))).await;
    assert_eq!(acknowledged(&peer.raw_answer().await), ["AA", "1"]);
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
            heard.push(acknowledged(&peer.raw_answer().await));
        }
        let expected = [
            ["AE", "1"],
            ["CA", "2"],
            ["AE", ""],
            ["AA", "5"],
            ["AE", "1"],
            ["AE", "7"],
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
        assert_eq!(acknowledged(&heard), ["AE", "1"]);
        assert_eq!(second.raw_answer().await, heard);
        assert_eq!(third.raw_answer().await, heard);
        importing.stop().await;
    }
}

/// What says the same as [`registration`], but of another name.
fn altered(control_id: &str) -> String {
    registration(control_id, "").replace("Gullwing", "Gannet")
}

/// The masked answer that accepts [`altered`].
fn accepted_as_altered(control_id: &str) -> String {
    format!(
        "MSH|^~\\&|CISTERN|HARBOR_CARE|HARBOR_EHR^2.999.7.1^ISO|HARBOR^2.999.7^ISO|<time>\
         ||ACK^A28^ACK|<id>|P|2.5.1\r\
         MSA|AA|{control_id}\r\
         ERR||MSH^1^10|205^Duplicate key identifier^HL70357|W\
         |102^Duplicate key identifier^HL70533\
         |||this control id came before with other content; both are kept\r"
    )
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
async fn a_late_repeat_of_an_altered_message_that_nobody_answered_is_told_so() {
    for store in Store::all() {
        let listening = Listening::with_feed(&store.url(), "", AT_ONCE).await;
        let mut gone = listening.peer().await;
        gone.write([registration("1", ""), altered("1")].map(framed).concat())
            .await;
        while listening.kept().await.len() < 2 {}
        gone.reset();
        let mut peer = listening.peer().await;
        peer.write(framed(altered("1"))).await;
        let heard = peer.raw_answer().await;
        assert_eq!(masked(&heard), accepted_as_altered("1"));
        peer.write(framed(altered("1"))).await;
        assert_eq!(peer.raw_answer().await, heard, "a repeat");
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
        assert_eq!(acknowledged(&peer.raw_answer().await), ["AA", "1"]);
        assert_eq!(acknowledged(&peer.raw_answer().await), ["AE", "2"]);
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
        for (number, message, msa) in [
            ("7", result("1", ""), "MSA|AE|1||7"),
            ("8", registration("2", ""), "MSA|AA|2||8"),
            ("10", registration("3", ""), "MSA|AR|3||9"),
        ] {
            let numbered = message.replace("|P|2.5.1|||", &format!("|P|2.5.1|{number}||"));
            let answer = peer.ask(numbered).await;
            assert_eq!(answer.split('\r').nth(1), Some(msa));
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

/// What an answer acknowledges: MSA-1 and MSA-2.
fn acknowledged(answer: &[u8]) -> [String; 2] {
    let answer = String::from_utf8(answer.to_vec()).unwrap();
    let msa = answer.split('\r').nth(1).unwrap();
    let mut fields = msa.split('|').skip(1).map(str::to_owned);
    [(); 2].map(|()| fields.next().unwrap_or_default())
}
