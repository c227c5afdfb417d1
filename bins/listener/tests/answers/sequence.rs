//! The sequence number protocol: what is answered, what is kept, and that it outlives whatever ends.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use cistern_listener::{FileDoor, FileFormat};
use service::Config;
use tank::Database;
use testkit::{golden, postgres};

use crate::faults::not_kept;
use crate::gate;
use crate::listening::{Listening, Store};
use crate::peer::{HEAD_2_5_1, Peer, framed, update};
use crate::stub::{Stub, Way};

const STRICT: &str = "sequence = \"strict\"";

/// An update of this number.
fn numbered(number: i64) -> String {
    named(&number.to_string(), number)
}

fn named(control_id: &str, number: i64) -> String {
    update(control_id, &format!("2.5.1|{number}"))
}

/// The masked answer that accepts [`numbered`].
fn accepted(number: i64) -> String {
    format!("{HEAD_2_5_1}MSA|AA|{number}||{number}\r")
}

/// The masked answer that refuses a message, because another number is expected.
fn refused(control_id: &str, expected: i64) -> String {
    format!(
        "{HEAD_2_5_1}MSA|AR|{control_id}||{expected}\r\
         ERR||MSH^1^13|207^Application internal error^HL70357|E\
         ||||MSH-13 is not the next number: MSA-4 says which is expected\r"
    )
}

async fn start(url: &str) -> Listening {
    Listening::with_feed(url, "", STRICT).await
}

/// Each row of the table: what happens, and MSH-13 of the message.
const ROWS: [(&str, &str); 16] = [
    ("a start before anything was accepted", "0"),
    ("no number before anything was accepted", "x"),
    ("the first number", "41"),
    ("the next number", "42"),
    ("the same again, byte for byte", "42"),
    ("a start", "0"),
    ("the same number, with other bytes", "42"),
    ("a gap", "44"),
    ("no number", ""),
    ("a negative number", "-2"),
    ("a number that is none", "43.5"),
    ("the number that was expected all the time", "43"),
    ("a resynchronization", "-1"),
    ("a start after it", "0"),
    ("whatever number comes then", "7"),
    ("a gap after it", "9"),
];

#[tokio::test]
async fn each_row_has_its_answer() {
    for store in Store::all() {
        let listening = start(&store.url()).await;
        let mut peer = listening.peer().await;
        let mut page = String::new();
        for (shape, version, rest) in [
            ("2.3", "2.3", ""),
            ("2.5.1", "2.5.1", ""),
            ("enhanced", "2.5.1", "||AL|NE"),
        ] {
            let mut same = 0;
            for (place, (row, number)) in ROWS.iter().enumerate() {
                same += usize::from(!row.starts_with("the same again"));
                let id = format!("{shape}-{same}");
                let message = update(&id, &format!("{version}|{number}{rest}"));
                let mut message = message.replace("|EHR|", &format!("|EHR{}|", shape.len()));
                if ["0", "-1"].contains(number) {
                    message.truncate(message.find('\r').unwrap() + 1);
                }
                let answer = peer.ask(message).await.replace('\r', "\n");
                writeln!(page, "{}. {row}, {shape}:\n{answer}", place + 1).unwrap();
            }
        }
        for kept in listening.kept().await {
            writeln!(page, "{} {}: {}", kept.state, kept.answer_code, kept.reason).unwrap();
        }
        golden::check(Path::new("tests/answers/sequence.txt"), page);
    }
}

#[tokio::test]
async fn a_message_of_the_link_that_has_content_waits_for_a_person() {
    for store in Store::all() {
        let listening = start(&store.url()).await;
        let mut peer = listening.peer().await;
        for number in [0, -1] {
            let id = format!("link {number}");
            let answer = format!("{HEAD_2_5_1}MSA|AA|{id}||-1\r");
            assert_eq!(peer.ask(named(&id, number)).await, answer);
        }
        let kept = listening.kept().await;
        let states: Vec<&str> = kept.iter().map(|kept| &*kept.state).collect();
        assert_eq!(states, ["held", "held"]);
    }
}

#[tokio::test]
async fn only_what_is_accepted_has_a_place() {
    for store in Store::all() {
        let feed = format!(
            "{STRICT}\nversions = [\"2.5.1\"]\ntypes = [\"ADT\"]\ncodes = {{ message_code = \"accept\" }}"
        );
        let listening = Listening::with_feed(&store.url(), "", &feed).await;
        let mut peer = listening.peer().await;
        assert_eq!(peer.ask(numbered(1)).await, accepted(1));
        let other_version = numbered(2).replace("2.5.1", "2.4");
        let in_2_4 = HEAD_2_5_1.replace("2.5.1", "2.4");
        let unsupported = format!(
            "{in_2_4}MSA|AR|2|this version (MSH-12) is not taken here\r\
             ERR|MSH^1^12^203&Unsupported version id&HL70357\r"
        );
        assert_eq!(peer.ask(other_version).await, unsupported);
        let accepted_type = numbered(2).replace("ADT^A08", "SIU^S12");
        let with_warning = format!(
            "{}ERR||MSH^1^9^1^1|200^Unsupported message type^HL70357|W\
             ||||messages of this type (MSH-9.1) are not taken here\r",
            accepted(2).replace("A08", "S12")
        );
        assert_eq!(peer.ask(accepted_type).await, with_warning);
        assert_eq!(peer.ask(numbered(2)).await, refused("2", 3));
        let answer = numbered(9).replace("ADT^A08", "ACK");
        peer.write(framed(answer)).await;
        assert_eq!(peer.ask(numbered(3)).await, accepted(3));
        let kept = listening.kept().await;
        let states: Vec<&str> = kept.iter().map(|kept| &*kept.state).collect();
        let expected = [
            "received", "refused", "refused", "refused", "ignored", "received",
        ];
        assert_eq!(states, expected);
    }
}

#[tokio::test]
async fn a_refusal_is_answered_anew_each_time() {
    for store in Store::all() {
        let listening = start(&store.url()).await;
        let mut peer = listening.peer().await;
        assert_eq!(peer.ask(numbered(1)).await, accepted(1));
        assert_eq!(peer.ask(numbered(4)).await, refused("4", 2));
        assert_eq!(peer.ask(numbered(2)).await, accepted(2));
        assert_eq!(peer.ask(numbered(4)).await, refused("4", 3));
        assert_eq!(peer.ask(numbered(3)).await, accepted(3));
        assert_eq!(peer.ask(numbered(4)).await, accepted(4));
        assert_eq!(peer.ask(numbered(4)).await, accepted(4));
        let kept = listening.kept().await;
        let states: Vec<&str> = kept.iter().map(|kept| &*kept.state).collect();
        let expected = ["received", "refused", "received", "received", "received"];
        assert_eq!(states, expected);
    }
}

#[tokio::test]
async fn a_restart_forgets_nothing() {
    for store in Store::all() {
        {
            let mut listening = start(&store.url()).await;
            let mut peer = listening.peer().await;
            for number in 1..=3 {
                assert_eq!(peer.ask(numbered(number)).await, accepted(number));
            }
            listening.wish_to_stop();
            listening.returned().await.unwrap();
        }
        let listening = start(&store.url()).await;
        let mut peer = listening.peer().await;
        assert_eq!(peer.ask(numbered(5)).await, refused("5", 4));
        assert_eq!(peer.ask(numbered(3)).await, accepted(3), "a repeat");
        assert_eq!(peer.ask(numbered(4)).await, accepted(4));
        assert_eq!(peer.ask(numbered(5)).await, accepted(5));
    }
}

#[tokio::test]
async fn two_listeners_on_one_database_have_one_sequence() {
    let Some(database) = postgres::Database::create_or_skip() else {
        return;
    };
    let listeners = [start(&database.url()).await, start(&database.url()).await];
    let mut peers = [listeners[0].peer().await, listeners[1].peer().await];
    for number in 1..=10 {
        let place = usize::from(number % 3 == 0);
        let [one, other] = [place, 1 - place];
        assert_eq!(peers[one].ask(numbered(number)).await, accepted(number));
        let ahead = format!("ahead {number}");
        let answer = peers[other].ask(named(&ahead, number + 2)).await;
        assert_eq!(answer, refused(&ahead, number + 1));
        assert_eq!(peers[other].ask(numbered(number)).await, accepted(number));
    }
}

#[tokio::test]
async fn a_pipelined_run_is_in_sequence() {
    for store in Store::all() {
        let listening = start(&store.url()).await;
        let mut peer = listening.peer().await;
        let frames: Vec<u8> = (1..=200).flat_map(|n| framed(numbered(n))).collect();
        peer.write(frames).await;
        for number in 1..=200 {
            assert_eq!(peer.answer().await, accepted(number));
        }
        let bodies = listening.bodies().await;
        assert_eq!(bodies, (1..=200).map(numbered).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn what_follows_a_gap_in_a_pipeline_is_refused_until_it_is_sent_again() {
    for store in Store::all() {
        let listening = start(&store.url()).await;
        let mut peer = listening.peer().await;
        let sent = (1..=100).filter(|n| *n != 50);
        peer.write(sent.flat_map(|n| framed(numbered(n))).collect::<Vec<_>>())
            .await;
        for number in 1..50 {
            assert_eq!(peer.answer().await, accepted(number));
        }
        for number in 51..=100 {
            assert_eq!(peer.answer().await, refused(&number.to_string(), 50));
        }
        goes_on_from(&mut peer, 50, 100).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_fails_moves_nothing() {
    let Some(database) = postgres::Database::create_or_skip() else {
        return;
    };
    let listening = start(&database.url()).await;
    let mut peer = listening.peer().await;
    let url = database.url();
    gate::run(
        &url,
        "ALTER TABLE message ADD CONSTRAINT bad CHECK (control_id <> '50')",
    );
    let frames: Vec<u8> = (1..=100).flat_map(|n| framed(numbered(n))).collect();
    peer.write(frames).await;
    for number in 1..50 {
        assert_eq!(peer.answer().await, accepted(number));
    }
    assert_eq!(peer.answer().await, not_kept("50"));
    for number in 51..=100 {
        assert_eq!(peer.answer().await, refused(&number.to_string(), 50));
    }
    gate::run(&url, "ALTER TABLE message DROP CONSTRAINT bad");
    goes_on_from(&mut peer, 50, 100).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_follows_a_first_message_that_is_not_kept_does_not_begin() {
    let Some(database) = postgres::Database::create_or_skip() else {
        return;
    };
    let listening = start(&database.url()).await;
    let mut peer = listening.peer().await;
    let url = database.url();
    let bad = "ADD CONSTRAINT bad CHECK (control_id <> '5')";
    gate::run(&url, &format!("ALTER TABLE message {bad}"));
    peer.write([5, 6, 7].map(|n| framed(numbered(n))).concat())
        .await;
    assert_eq!(peer.answer().await, not_kept("5"));
    assert_eq!(peer.answer().await, refused("6", 5));
    assert_eq!(peer.answer().await, refused("7", 5));
    // What was under way when the sender heard it, and another link of the sender.
    assert_eq!(peer.ask(numbered(8)).await, refused("8", 5));
    let mut other = listening.peer().await;
    assert_eq!(other.ask(numbered(8)).await, refused("8", 5));
    let start = other.ask(named("start", 0)).await;
    assert_eq!(start, format!("{HEAD_2_5_1}MSA|AA|start||5\r"));
    gate::run(&url, "ALTER TABLE message DROP CONSTRAINT bad");
    goes_on_from(&mut peer, 5, 8).await;

    // Another beginning, which may be any.
    let restart = peer.ask(named("restart", -1)).await;
    assert_eq!(restart, format!("{HEAD_2_5_1}MSA|AA|restart||-1\r"));
    goes_on_from(&mut peer, 20, 21).await;
    assert_eq!(peer.ask(named("restart", -1)).await, restart, "a repeat");
    assert_eq!(peer.ask(numbered(30)).await, refused("30", 22));
}

#[tokio::test]
async fn refusals_need_no_more_room_than_their_messages() {
    for store in Store::all() {
        let settings = "in_flight_bytes_max = 1_000";
        let listening = Listening::with_feed(&store.url(), settings, STRICT).await;
        let mut peer = listening.peer().await;
        assert_eq!(peer.ask(numbered(1)).await, accepted(1));
        let long = |n: i64| numbered(n) + &format!("NTE|1||{}\r", "x".repeat(500));
        peer.write((11..=30).flat_map(|n| framed(long(n))).collect::<Vec<_>>())
            .await;
        for number in 11..=30 {
            assert_eq!(peer.answer().await, refused(&number.to_string(), 2));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_that_cannot_be_kept_is_asked_for_again() {
    let Some(database) = postgres::Database::create_or_skip() else {
        return;
    };
    let url = database.url();
    let feed = format!("{STRICT}\ncommit_bytes = true");
    let listening = Listening::with_feed(&url, "", &feed).await;
    let mut peer = listening.peer().await;
    gate::run(
        &url,
        "ALTER TABLE message ADD CONSTRAINT bad CHECK (state <> 'refused')",
    );
    let cases = [
        (1, b"\x06", accepted(1)),
        (3, b"\x15", not_kept("3")),
        (2, b"\x06", accepted(2)),
    ];
    for (number, commit, answer) in cases {
        peer.write(framed(numbered(number))).await;
        assert_eq!(peer.raw_answer().await, commit);
        assert_eq!(peer.answer().await, answer);
    }
}

/// Sends again what was not accepted, as the answers ask for it.
async fn goes_on_from(peer: &mut Peer, first: i64, last: i64) {
    for number in first..=last {
        assert_eq!(peer.ask(numbered(number)).await, accepted(number));
    }
}

#[tokio::test]
async fn a_batch_is_judged_message_by_message() {
    for store in Store::all() {
        let listening = start(&store.url()).await;
        let mut peer = listening.peer().await;
        let messages = [1, 2, 4].map(numbered).concat();
        peer.write(framed(format!("BHS|^~\\&\r{messages}BTS|3\r")))
            .await;
        assert_eq!(peer.answer().await, accepted(1));
        assert_eq!(peer.answer().await, accepted(2));
        assert_eq!(peer.answer().await, refused("4", 3));
        assert_eq!(peer.ask(numbered(3)).await, accepted(3));
    }
}

#[tokio::test]
async fn the_refusals_of_a_batch_are_one_commit() {
    let stub = Arc::new(Stub::new(Way::Expect1));
    let listening = Listening::before_stub_with_feed(stub.clone(), "", STRICT).await;
    let mut peer = listening.peer().await;
    let messages = [4, 5, 6].map(numbered).concat();
    peer.write(framed(format!("BHS|^~\\&\r{messages}BTS|3\r")))
        .await;
    for id in ["4", "5", "6"] {
        assert_eq!(peer.answer().await, refused(id, 1));
    }
    let batch = vec!["4", "5", "6", ""];
    assert_eq!(stub.held(), [batch, vec!["4", "5", "6"]]);
}

#[tokio::test]
async fn a_file_has_no_place_in_the_sequence_of_a_link() {
    let store = Store::sqlite();
    let text = format!("[[feed]]\nname = \"main\"\naddress = \"127.0.0.1:0\"\n{STRICT}\n");
    let config = Config::parse("test", &text).unwrap();
    let listening = start(&store.url()).await;
    let mut peer = listening.peer().await;
    assert_eq!(peer.ask(numbered(1)).await, accepted(1));
    let tank = Database::open(&store.url()).await.unwrap();
    let door = FileDoor::new(&config.feeds()[0], &config.listener).unwrap();
    let file = Bytes::from([7, 8].map(numbered).concat());
    let mut reading = door.begin(FileFormat::Hl7);
    reading.hold(&tank, &file, |_| ()).await.unwrap();
    let report = reading.report();
    assert_eq!((report.received, report.waiting()), (2, 0));
    assert_eq!(peer.ask(numbered(2)).await, accepted(2));
}
