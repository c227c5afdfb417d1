//! Messages whose senders wait for the import: what has become of them, and what they are told.

use bytes::Bytes;
use care::{Finding, FindingKind, Severity};
use cistern_tank::{
    Answer, Database, Disposition, FindingView, Followed, Given, HoldingTank as _, Outcome,
    Receipt, State,
};

use crate::support::*;

/// Holds messages that nobody has answered yet; their ids.
async fn hold_unanswered(tank: &Database, control_ids: &[&str]) -> Vec<i64> {
    let mut ids = Vec::new();
    for control_id in control_ids {
        let mut arrival = arrival(control_id, control_id.as_bytes());
        arrival.answer = Answer {
            code: String::new(),
            bytes: Bytes::new(),
        };
        ids.push(new_id(&tank.hold(&[arrival]).await.unwrap()[0]));
    }
    ids
}

fn given(message_id: i64, code: &str) -> Given {
    Given {
        message_id,
        answer: answer(code, "1"),
    }
}

/// A message, what came of it, how many findings there are, and the code of its answer.
fn seen(followed: &[Followed]) -> Vec<(i64, State, usize, &str)> {
    let code = |one: &'_ Followed| one.answer.as_ref().map_or("", |_| "answered");
    followed
        .iter()
        .map(|one| (one.message_id, one.state, one.findings.len(), code(one)))
        .collect()
}

fn held(message_id: i64) -> Outcome {
    let sentence = "nobody is known";
    let finding = Finding::new(Severity::Hold, FindingKind::UnknownClient, sentence);
    Outcome {
        message_id,
        disposition: Disposition::Hold(vec![finding.at("PID")]),
    }
}

pub(crate) async fn what_is_settled_is_seen_with_its_findings(tank: &Database, _: &str) {
    let ids = hold_unanswered(tank, &["1", "2", "3"]).await;
    let altered = tank.hold(&[arrival("1", b"other")]).await.unwrap();
    let Receipt::Altered { id: other, .. } = altered[0] else {
        panic!("{altered:?}");
    };
    assert_eq!(
        seen(&tank.follow(&ids).await.unwrap()),
        [],
        "nothing is settled"
    );
    let settlement = prepare(tank).await;
    let batch = claim(tank, "importer", NOW).await;
    let outcomes = [held(ids[0]), ignore(ids[1]), ignore(ids[2]), ignore(other)];
    tank.settle(&batch, &outcomes, settlement).await.unwrap();

    let asked = [ids[1], ids[0], other, 999];
    let followed = tank.follow(&asked).await.unwrap();
    assert_eq!(
        seen(&followed),
        [
            (ids[0], State::Held, 1, ""),
            (ids[1], State::Ignored, 0, ""),
            (other, State::Ignored, 0, "answered"),
        ]
    );
    let finding = FindingView {
        severity: "hold".into(),
        kind: "unknown_client".into(),
        path: "PID".into(),
        sentence: "nobody is known".into(),
    };
    assert_eq!(followed[0].findings, [finding]);
    let altered: Vec<bool> = followed.iter().map(|one| one.is_altered).collect();
    assert_eq!(altered, [false, false, true]);
}

pub(crate) async fn the_first_answer_stands_and_every_repeat_gets_it(tank: &Database, url: &str) {
    let ids = hold_unanswered(tank, &["1", "2"]).await;
    let other = Database::open(url).await.unwrap();
    let first = [given(ids[0], "AE"), given(ids[1], "AA")];
    assert_eq!(tank.answer(&first).await.unwrap(), first);
    let second = [given(ids[0], "AA"), given(999, "AA")];
    assert_eq!(other.answer(&second).await.unwrap(), first[..1]);

    let followed = other.follow(&ids).await.unwrap();
    let answers: Vec<Answer> = followed.into_iter().filter_map(|one| one.answer).collect();
    assert_eq!(answers, first.clone().map(|given| given.answer));
    let mut again = arrival("1", b"1");
    again.answer = answer("AA", "another");
    let repeat = Receipt::Repeat {
        id: ids[0],
        answer: first[0].answer.bytes.clone(),
        earlier: None,
    };
    assert_eq!(tank.hold(&[again]).await.unwrap(), [repeat]);
    let stored = tank.get(ids[0]).await.unwrap().unwrap();
    assert_eq!(stored.view.answer_code, "AE");
}
