//! The acknowledgment decision table: who hears what, and in which state the message is kept.

use crate::listening::{Kept, Listening, Store};
use crate::peer::{HEAD_2_5_1, accepted, framed, update};

/// A message, its whole answer (none where empty), and what is kept of it beside its bytes.
struct Case {
    message: String,
    answer: String,
    kept: (&'static str, &'static str, &'static str),
}

const RECEIVED: (&str, &str, &str) = ("received", "", "AA");
const COMMITTED: (&str, &str, &str) = ("received", "", "CA");
const UNANSWERED: (&str, &str, &str) = ("received", "", "");
pub(crate) const ACKNOWLEDGMENT: &str = "an acknowledgment, which says nothing of a patient";
const NO_ID: &str = "MSH-10 is empty: give each message a control id of its own";
const NO_TYPE: &str = "MSH-9 is empty: say what the message is";

#[tokio::test]
async fn each_row_of_the_table() {
    for store in Store::all() {
        let listening = Listening::start(&store.url(), "").await;
        let mut peer = listening.peer().await;
        let mut expected = Vec::new();
        for case in accepts().into_iter().chain(enhanced()).chain(faults()) {
            peer.write(framed(&case.message)).await;
            if !case.answer.is_empty() {
                assert_eq!(peer.answer().await, case.answer);
            }
            let (state, reason, answer_code) = case.kept;
            expected.push(Kept {
                state: state.into(),
                reason: reason.into(),
                answer_code: answer_code.into(),
                body: case.message.into(),
            });
        }
        // Had one of the unanswered been answered, this would be the wrong answer.
        assert_eq!(peer.ask(update("last", "2.5.1")).await, accepted("last"));
        let mut kept = listening.kept().await;
        kept.pop();
        assert_eq!(kept, expected);
    }
}

/// Original mode: the shape follows the version of the message.
fn accepts() -> Vec<Case> {
    let head = |kind, version| {
        format!("MSH|^~\\&|CISTERN|CLINIC|EHR|HARBOR|<time>||{kind}|<id>|P|{version}\r")
    };
    let case = |id: &str, version, kind| Case {
        message: update(id, version),
        answer: format!("{}MSA|AA|{id}\r", head(kind, version)),
        kept: RECEIVED,
    };
    vec![
        case("a23", "2.3", "ACK^A08"),
        case("a24", "2.4", "ACK^A08^ACK"),
        case("a251", "2.5.1", "ACK^A08^ACK"),
        case("007", "2.5.1", "ACK^A08^ACK"),
        case("3~1 & 2", "2.5.1", "ACK^A08^ACK"),
    ]
}

/// Enhanced mode: MSH-15 says which commit answers are wanted, good or bad.
fn enhanced() -> Vec<Case> {
    let head = "MSH|^~\\&|CISTERN|CLINIC|EHR|HARBOR|<time>||ACK^A08^ACK|<id>|P|2.5.1\r";
    let refused =
        format!("{head}MSA|CE\rERR||MSH^1^10|101^Required field missing^HL70357|E||||{NO_ID}\r");
    let good = |id: &str, conditions: &str, wanted: bool| Case {
        message: update(id, &format!("2.5.1|||{conditions}")),
        answer: if wanted {
            format!("{head}MSA|CA|{id}\r")
        } else {
            String::new()
        },
        kept: if wanted { COMMITTED } else { UNANSWERED },
    };
    let bad = |conditions: &str, wanted: bool| Case {
        message: update("", &format!("2.5.1|||{conditions}")),
        answer: if wanted {
            refused.clone()
        } else {
            String::new()
        },
        kept: ("held", NO_ID, if wanted { "CE" } else { "" }),
    };
    vec![
        good("al", "AL|NE", true),
        good("ne", "NE|AL", false),
        good("er", "ER", false),
        good("su", "SU", true),
        good("only16", "|AL", false),
        good("unknown", "XX", true),
        bad("AL|NE", true),
        bad("NE|AL", false),
        bad("ER", true),
        bad("SU", false),
    ]
}

/// Headers that lack what an import needs, what is no message, and an acknowledgment.
fn faults() -> Vec<Case> {
    let in_2_3 = |segments: String| {
        format!("MSH|^~\\&|CISTERN|CLINIC|EHR|HARBOR|<time>||ACK^A08|<id>|P|2.3\r{segments}")
    };
    let cases = [
        (
            update("", "2.5.1"),
            format!(
                "{HEAD_2_5_1}MSA|AE\r\
                 ERR||MSH^1^10|101^Required field missing^HL70357|E||||{NO_ID}\r"
            ),
            ("held", NO_ID, "AE"),
        ),
        (
            update("", "2.3"),
            in_2_3(format!(
                "MSA|AE||{NO_ID}|||101^Required field missing^HL70357\r\
                 ERR|MSH^1^10^101&Required field missing&HL70357\r"
            )),
            ("held", NO_ID, "AE"),
        ),
        (
            update("nine", "2.5.1").replace("ADT^A08", ""),
            format!(
                "MSH|^~\\&|CISTERN|CLINIC|EHR|HARBOR|<time>||ACK|<id>|P|2.5.1\rMSA|AE|nine\r\
                 ERR||MSH^1^9|101^Required field missing^HL70357|E||||{NO_TYPE}\r"
            ),
            ("held", NO_TYPE, "AE"),
        ),
        (
            update("\"\"", "2.5.1"),
            format!(
                "{HEAD_2_5_1}MSA|AE\r\
                 ERR||MSH^1^10|101^Required field missing^HL70357|E||||{NO_ID}\r"
            ),
            ("held", NO_ID, "AE"),
        ),
        (
            update("ten", "2.5.1").replace("ADT^A08", "\"\""),
            format!(
                "MSH|^~\\&|CISTERN|CLINIC|EHR|HARBOR|<time>||ACK|<id>|P|2.5.1\rMSA|AE|ten\r\
                 ERR||MSH^1^9|101^Required field missing^HL70357|E||||{NO_TYPE}\r"
            ),
            ("held", NO_TYPE, "AE"),
        ),
        (
            update("ack", "2.5.1").replace("ADT^A08", "ACK^A08"),
            String::new(),
            ("ignored", ACKNOWLEDGMENT, ""),
        ),
    ];
    let case = |(message, answer, kept)| Case {
        message,
        answer,
        kept,
    };
    cases.into_iter().map(case).collect()
}

#[tokio::test]
async fn what_is_no_message_is_rejected_and_kept() {
    const REASONS: [&str; 4] = [
        "byte 0: the message does not start with MSH",
        "byte 0: the message does not start with MSH",
        "byte 9: MSH-2 declares more than five delimiters (is the field separator MSH-1 missing?)",
        "byte 3: MSH-1, the field separator, is missing",
    ];
    for store in Store::all() {
        let listening = Listening::start(&store.url(), "").await;
        let mut peer = listening.peer().await;
        let frames: [&[u8]; 4] = [
            b"good morning",
            b"<?xml version=\"1.0\"?><ADT_A08/>",
            b"MSH^~\\&|EHR|HARBOR|CISTERN|CLINIC|20260302||ADT^A08|1|P|2.5.1\r",
            b"MSH",
        ];
        let rejected = "MSH|^~\\&|||||<time>||ACK|<id>|P|2.3\r\
            MSA|AR||not an HL7 v2 message: it must begin with MSH and delimiters\
            |||100^Segment sequence error^HL70357\r\
            ERR|^^^100&Segment sequence error&HL70357\r";
        for frame in frames {
            assert_eq!(peer.ask(frame).await, rejected);
        }
        let kept = listening.kept().await;
        let expected = frames.iter().zip(REASONS).map(|(frame, reason)| Kept {
            state: "broken".into(),
            reason: reason.into(),
            answer_code: "AR".into(),
            body: frame.to_vec().into(),
        });
        assert_eq!(kept, expected.collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn an_exact_repeat_gets_the_very_answer_that_was_given() {
    for store in Store::all() {
        let listening = Listening::start(&store.url(), "").await;
        let mut peer = listening.peer().await;
        peer.write(framed(update("once", "2.5.1"))).await;
        let first = peer.raw_answer().await;

        let mut other = listening.peer().await;
        for link in [&mut peer, &mut other] {
            link.write(framed(update("once", "2.5.1"))).await;
            assert_eq!(
                link.raw_answer().await.escape_ascii().to_string(),
                first.escape_ascii().to_string()
            );
        }
        assert_eq!(listening.bodies().await, [update("once", "2.5.1")]);
    }
}

#[tokio::test]
async fn an_altered_repeat_is_kept_and_flagged() {
    for store in Store::all() {
        let listening = Listening::start(&store.url(), "").await;
        let mut peer = listening.peer().await;
        let first = update("once", "2.5.1");
        let altered = first.replace("Quill", "Quayle");
        let flagged = format!(
            "{HEAD_2_5_1}MSA|AA|once\r\
             ERR||MSH^1^10|205^Duplicate key identifier^HL70357|W\
             |102^Duplicate key identifier^HL70533\
             |||this control id came before with other content; both are kept\r"
        );
        assert_eq!(peer.ask(&first).await, accepted("once"));
        assert_eq!(peer.ask(&altered).await, flagged);
        assert_eq!(peer.ask(&altered).await, flagged);
        assert_eq!(peer.ask(&first).await, accepted("once"));
        assert_eq!(listening.bodies().await, [first, altered]);
    }
}

#[tokio::test]
async fn repeats_in_one_write_are_told_apart() {
    for store in Store::all() {
        let listening = Listening::start(&store.url(), "").await;
        let mut peer = listening.peer().await;
        let first = update("once", "2.3");
        let altered = first.replace("Quill", "Quayle");
        let write = [&first, &first, &altered, &altered, &first].map(framed);
        peer.write(write.concat()).await;

        let mut answers = Vec::new();
        for _ in &write {
            answers.push(peer.raw_answer().await);
        }
        assert_eq!(answers[0], answers[1]);
        assert_eq!(answers[0], answers[4]);
        assert_eq!(answers[2], answers[3]);
        assert_ne!(answers[0], answers[2]);
        assert_eq!(listening.bodies().await, [first, altered]);
    }
}

#[tokio::test]
async fn the_answers_bear_the_configured_name() {
    let store = Store::sqlite();
    let settings = "sending_application = \"TANK\"\nsending_facility = \"Health & Care\"";
    let listening = Listening::start(&store.url(), settings).await;
    let answer = listening.peer().await.ask(update("1", "2.5.1")).await;
    let head = HEAD_2_5_1.replace("CISTERN|CLINIC", "TANK|Health \\T\\ Care");
    assert_eq!(answer, format!("{head}MSA|AA|1\r"));
}
