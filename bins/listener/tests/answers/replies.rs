//! The application acknowledgment of enhanced mode, over the link that asked for it.

use std::collections::HashMap;

use crate::decisions::ACKNOWLEDGMENT;
use crate::importing::{Importing, document, registration, result};
use crate::listening::{Listening, Store};
use crate::peer::{Peer, framed, update};

const SAME_LINK: &str = "application_ack = \"same_link\"";

async fn listening(url: &str) -> Listening {
    Listening::with_feed(url, "", SAME_LINK).await
}

/// The commit acknowledgment of [`registration`].
fn kept(control_id: &str) -> String {
    format!("{}\rMSA|CA|{control_id}\r", head("A28", ""))
}

/// The application acknowledgment of [`registration`].
fn imported(control_id: &str) -> String {
    format!("{}\rMSA|AA|{control_id}\r", head("A28", "|||NE|NE"))
}

fn head(event: &str, conditions: &str) -> String {
    format!(
        "MSH|^~\\&|CISTERN|HARBOR_CARE|HARBOR_EHR^2.999.7.1^ISO|HARBOR^2.999.7^ISO|<time>||\
         ACK^{event}^ACK|<id>|P|2.5.1{conditions}"
    )
}

/// What an answer acknowledges: MSA-1 and MSA-2.
fn acknowledged(answer: &str) -> (String, String) {
    let msa = answer.split('\r').nth(1).unwrap();
    let fields: Vec<&str> = msa.split('|').collect();
    (fields[1].to_owned(), fields[2].to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_imported_or_wanted_by_no_rule_is_accepted() {
    for store in Store::all() {
        let listening = listening(&store.url()).await;
        let importing = Importing::start(&store.url()).await;
        let mut peer = listening.peer().await;
        assert_eq!(peer.ask(registration("1", "AL|AL")).await, kept("1"));
        assert_eq!(peer.answer().await, imported("1"));
        peer.ask(document("2", "AL|AL")).await;
        let late = format!("{}\rMSA|AA|2\r", head("T02", "|||NE|NE"));
        assert_eq!(peer.answer().await, late);
        importing.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_held_is_told_of_without_a_word_of_it() {
    let head = "MSH|^~\\&|CISTERN|HARBOR_CARE|QUARRY|QUARRY LABS|<time>||ACK^R01";
    let in_2_5_1 = format!(
        "{head}^ACK|<id>|P|2.5.1|||NE|NE\rMSA|AE|1\r\
         ERR||OBX^2^3|103^Table value not found^HL70357|E|||unmapped_code\
         |this code is not known here: it waits until somebody says what it means\r\
         ERR||PID^1|204^Unknown key identifier^HL70357|E|||unknown_client\
         |nobody is known here under these identifiers: it waits until somebody is\r"
    );
    let in_2_3 = format!(
        "{head}|<id>|P|2.3|||NE|NE\r\
         MSA|AE|2|this code is not known here: it waits until somebody says what it means\
         |||103^Table value not found^HL70357\r\
         ERR|OBX^2^3^103&Table value not found&HL70357\
         ~PID^1^^204&Unknown key identifier&HL70357\r"
    );
    for store in Store::all() {
        let listening = listening(&store.url()).await;
        let importing = Importing::start(&store.url()).await;
        let mut peer = listening.peer().await;
        peer.write(framed(result("1", "NE|AL"))).await;
        assert_eq!(peer.answer().await, in_2_5_1);
        let older = result("2", "NE|AL").replace("|2.5.1|", "|2.3|");
        peer.write(framed(older)).await;
        assert_eq!(peer.answer().await, in_2_3);
        importing.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn msh_16_says_which_outcomes_are_wanted() {
    for store in Store::all() {
        let listening = listening(&store.url()).await;
        let mut peer = listening.peer().await;
        let messages = [
            registration("never", "NE|NE"),
            registration("empty", "NE|"),
            registration("error", "NE|ER"),
            registration("success", "NE|SU"),
            result("held success", "NE|SU"),
            result("held error", "NE|ER"),
            registration("only 16", "|AL"),
            registration("unknown", "NE|XX"),
            registration("last", "NE|AL"),
        ];
        peer.write(messages.iter().flat_map(framed).collect::<Vec<u8>>())
            .await;
        // Original mode has but one answer.
        assert!(peer.ask(update("original", "2.5.1")).await.contains("|AA|"));
        let importing = Importing::start(&store.url()).await;
        for (code, id) in [
            ("AA", "success"),
            ("AE", "held error"),
            ("AA", "only 16"),
            ("AA", "unknown"),
            ("AA", "last"),
        ] {
            let answer = peer.answer().await;
            assert_eq!(acknowledged(&answer), (code.to_owned(), id.to_owned()));
        }
        importing.stop().await;
        listening.wish_to_stop();
        peer.closed().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_sends_none_where_it_is_not_told_to() {
    for feed in ["", "mode = \"original\"", "mode = \"enhanced\""] {
        let store = Store::sqlite();
        let listening = Listening::with_feed(&store.url(), "", feed).await;
        let importing = Importing::start(&store.url()).await;
        let mut peer = listening.peer().await;
        peer.ask(registration("1", "AL|AL")).await;
        while listening.kept().await[0].state != "imported" {}
        let answer = peer.ask(registration("2", "AL|AL")).await;
        assert_eq!(acknowledged(&answer).1, "2");
        importing.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_that_comes_back_is_told_on_its_new_link() {
    for store in Store::all() {
        let listening = listening(&store.url()).await;
        let mut gone = listening.peer().await;
        assert_eq!(gone.ask(registration("1", "AL|AL")).await, kept("1"));
        gone.finish().await;
        gone.closed().await;
        let importing = Importing::start(&store.url()).await;

        let mut stranger = listening.peer().await;
        stranger.ask(update("2", "2.5.1")).await;
        let mut back = listening.peer().await;
        assert_eq!(back.ask(registration("3", "AL|NE")).await, kept("3"));
        assert_eq!(back.answer().await, imported("1"));
        assert_eq!(back.ask(registration("4", "AL|NE")).await, kept("4"));
        let answer = stranger.ask(update("5", "2.5.1")).await;
        assert_eq!(acknowledged(&answer), ("AA".to_owned(), "5".to_owned()));
        importing.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_that_is_owed_outlives_the_listener() {
    for store in Store::all() {
        let mut first = listening(&store.url()).await;
        assert_eq!(
            first.peer().await.ask(registration("1", "AL|AL")).await,
            kept("1")
        );
        first.wish_to_stop();
        first.returned().await.unwrap();
        let importing = Importing::start(&store.url()).await;

        let second = listening(&store.url()).await;
        let mut peer = second.peer().await;
        assert_eq!(peer.ask(registration("2", "AL|NE")).await, kept("2"));
        assert_eq!(peer.answer().await, imported("1"));
        assert_eq!(peer.ask(registration("3", "AL|NE")).await, kept("3"));
        importing.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_is_in_the_character_set_in_which_its_message_came() {
    let ours = "sending_facility = \"CLÍNICA\"";
    let feed = |charset: &str| format!("{SAME_LINK}\ncharset = \"{charset}\"\ncharset_wins = true");
    // As Latin-1 has it, and UTF-8 when it is taken for Latin-1.
    let (latin_1, utf_8) = ("CL\u{CD}NICA", "CL\u{C3}\u{8D}NICA");
    let by = |facility: &str, answer: String| answer.replace("HARBOR_CARE", facility);
    for store in Store::all() {
        let mut first = Listening::with_feed(&store.url(), ours, &feed("8859/1")).await;
        let answer = first.peer().await.ask(registration("1", "AL|AL")).await;
        assert_eq!(answer, by(latin_1, kept("1")));
        first.wish_to_stop();
        first.returned().await.unwrap();
        let importing = Importing::start(&store.url()).await;

        let second = Listening::with_feed(&store.url(), ours, &feed("UTF-8")).await;
        let mut peer = second.peer().await;
        let answer = peer.ask(registration("2", "AL|NE")).await;
        assert_eq!(answer, by(utf_8, kept("2")));
        assert_eq!(peer.answer().await, by(latin_1, imported("1")));
        importing.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exact_repeat_is_told_again_in_the_same_words() {
    for store in Store::all() {
        let listening = listening(&store.url()).await;
        let importing = Importing::start(&store.url()).await;
        let mut peer = listening.peer().await;
        let mut heard = Vec::new();
        for _ in 0..2 {
            peer.write(framed(registration("1", "AL|AL"))).await;
            heard.push([peer.raw_answer().await, peer.raw_answer().await]);
        }
        assert_eq!(heard[0], heard[1]);
        importing.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_answers_the_acknowledgment_of_a_reply() {
    let store = Store::sqlite();
    let listening = listening(&store.url()).await;
    let importing = Importing::start(&store.url()).await;
    let mut peer = listening.peer().await;
    peer.ask(registration("1", "AL|AL")).await;
    let late = peer.answer().await;
    let ack = format!(
        "MSH|^~\\&|HARBOR_EHR|HARBOR|CISTERN|CLINIC|20260302||ACK|9|P|2.5.1\rMSA|CA|{}\r",
        late.split('|').nth(9).unwrap()
    );
    peer.write(framed(&ack)).await;
    assert_eq!(peer.ask(registration("2", "AL|NE")).await, kept("2"));
    let kept = listening.kept().await;
    assert_eq!(
        (&*kept[1].state, &*kept[1].reason),
        ("ignored", ACKNOWLEDGMENT)
    );
    assert_eq!(kept[1].body, ack);
    importing.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn under_load_each_message_is_acknowledged_and_then_replied_to() {
    const MESSAGES: usize = 50;
    for store in Store::all() {
        let (one, two) = (listening(&store.url()).await, listening(&store.url()).await);
        let importing = Importing::start(&store.url()).await;
        // Those before one listener bear one name, which tells them from those before the other.
        let senders = [
            ("A", "a1-", &one),
            ("A", "a2-", &one),
            ("B", "b1-", &two),
            ("B", "b2-", &two),
        ];
        let heard = senders.map(|(facility, name, listening)| {
            let address = listening.address;
            tokio::spawn(async move {
                let mut peer = Peer::connect(address).await;
                let facility = format!("|{facility}^");
                let frames = (0..MESSAGES).map(|number| {
                    let message = registration(&format!("{name}{number}"), "AL|AL");
                    framed(message.replace("|HARBOR^", &facility))
                });
                peer.write(frames.collect::<Vec<_>>().concat()).await;
                let mut heard: HashMap<String, Vec<String>> = HashMap::new();
                for _ in 0..2 * MESSAGES {
                    let (code, id) = acknowledged(&peer.answer().await);
                    assert!(id.starts_with(name), "{id} is not of {name}");
                    heard.entry(id).or_default().push(code);
                }
                heard
            })
        });
        for heard in heard {
            let heard = heard.await.unwrap();
            assert_eq!(heard.len(), MESSAGES);
            assert!(heard.values().all(|codes| *codes == ["CA", "AA"]));
        }
        importing.stop().await;
    }
}
