//! Replies: owed with what is held, due when it is settled, delivered once.

use care::{Finding, FindingKind, Severity};
use cistern_tank::{
    Altered, Answer, Arrival, Arrived, Body, CharsetSource, Database, Decision, Disposition,
    DueReply, FindingView, HoldingTank as _, OpenLink, Outcome, ReadAs, Replies, ReplyClaim,
    ReplyFate, ReplyOutcome, ReplyWay, Retention, State,
};

use crate::support::*;

const NOTHING: [i64; 0] = [];

fn asking(control_id: &str, wanted: &str) -> Arrival {
    let mut arrival = arrival(control_id, control_id.as_bytes());
    arrival.keys.sending_application = "EHR".into();
    arrival.reply = wanted.into();
    arrival.read_as = latin_1();
    arrival
}

fn latin_1() -> ReadAs {
    ReadAs {
        charset: "8859/1".into(),
        source: CharsetSource::Feed,
    }
}

/// Holds messages whose senders want to hear of them always; their ids.
async fn hold_asking(tank: &Database, control_ids: &[&str]) -> Vec<i64> {
    let arrivals: Vec<_> = control_ids.iter().map(|id| asking(id, "AL")).collect();
    let receipts = tank.hold(&arrivals).await.unwrap();
    receipts.iter().map(new_id).collect()
}

fn claim_of(worker: &str, now: i64) -> ReplyClaim {
    ReplyClaim {
        worker: worker.into(),
        feed: "main".into(),
        way: ReplyWay::Address,
        limit: 10,
        due_since: NOW - 100,
        now,
        counts: true,
    }
}

async fn claim_replies(tank: &Database, worker: &str, now: i64) -> Replies {
    tank.claim_replies(&claim_of(worker, now)).await.unwrap()
}

fn messages(replies: &Replies) -> Vec<i64> {
    replies.due.iter().map(|reply| reply.message_id).collect()
}

async fn settle(tank: &Database, worker: &str, message_id: i64, fate: ReplyFate) {
    let outcome = ReplyOutcome {
        message_id,
        due_at: NOW,
        fate,
    };
    let lost = tank.settle_replies(worker, &[outcome], NOW).await.unwrap();
    assert_eq!(lost, NOTHING);
}

async fn ignore_all(tank: &Database) {
    let settlement = prepare(tank).await;
    let batch = claim(tank, "importer", NOW).await;
    let outcomes: Vec<Outcome> = ids(&batch).into_iter().map(ignore).collect();
    tank.settle(&batch, &outcomes, settlement).await.unwrap();
}

fn held(message_id: i64) -> Outcome {
    let finding = Finding::new(
        Severity::Hold,
        FindingKind::UnknownClient,
        "nobody is known",
    );
    Outcome {
        message_id,
        disposition: Disposition::Hold(vec![finding.at("PID")]),
    }
}

pub(crate) async fn a_reply_is_due_once_its_message_is_settled(tank: &Database, _: &str) {
    let id = hold_asking(tank, &["1"]).await[0];
    let settlement = prepare(tank).await;
    let early = claim_replies(tank, "listener", NOW).await;
    assert_eq!((messages(&early), early.outstanding), (vec![], Some(1)));

    let batch = claim(tank, "importer", NOW).await;
    tank.settle(&batch, &[held(id)], settlement).await.unwrap();
    let mut replies = claim_replies(tank, "listener", NOW).await;
    assert_eq!(replies.outstanding, Some(1));
    let DueReply {
        message_id,
        due_at,
        received_at,
        peer,
        sending_application,
        sending_facility,
        wanted,
        state,
        head,
        read_as,
        findings,
        written,
    } = replies.due.remove(0);
    let finding = FindingView {
        severity: "hold".into(),
        kind: "unknown_client".into(),
        path: "PID".into(),
        sentence: "nobody is known".into(),
    };
    assert_eq!(
        (message_id, due_at, received_at, &*peer),
        (id, NOW, NOW, "10.0.0.7:50112")
    );
    assert_eq!(
        (&*sending_application, &*sending_facility),
        ("EHR", "CLINIC")
    );
    assert_eq!((&*wanted, state, &head[..]), ("AL", State::Held, &b"1"[..]));
    assert_eq!((read_as, findings), (latin_1(), vec![finding]));
    assert_eq!(written, None);

    settle(tank, "listener", id, ReplyFate::Delivered).await;
    let done = claim_replies(tank, "listener", NOW + 10 * LEASE_MS).await;
    assert_eq!((messages(&done), done.outstanding), (vec![], Some(0)));
}

pub(crate) async fn only_what_is_received_is_replied_to(tank: &Database, _: &str) {
    let mut faulty = asking("1", "AL");
    faulty.state = Arrived::Held("no type".into());
    let mut refused = asking("2", "AL");
    refused.state = Arrived::Refused("not taken".into());
    let first = asking("3", "");
    let mut altered = asking("3", "AL");
    altered.body = Body::new("other bytes");
    altered.altered = Some(Altered {
        state: Arrived::Held("altered".into()),
        answer: answer("CE", "3"),
    });
    tank.hold(&[faulty, refused, first, altered]).await.unwrap();
    assert_eq!(
        claim_replies(tank, "listener", NOW).await.outstanding,
        Some(0)
    );

    let mut accepted = asking("3", "SU");
    accepted.body = Body::new("third bytes");
    accepted.altered = Some(Altered {
        state: Arrived::Received,
        answer: answer("CA", "3"),
    });
    tank.hold(&[accepted, asking("4", "ER"), asking("5", "")])
        .await
        .unwrap();
    ignore_all(tank).await;
    let replies = claim_replies(tank, "listener", NOW).await;
    let wanted = replies.due.iter().map(|reply| &*reply.wanted);
    assert_eq!(wanted.collect::<Vec<_>>(), ["SU", "ER"]);
}

pub(crate) async fn what_was_written_is_what_the_next_one_sends(tank: &Database, _: &str) {
    let id = hold_asking(tank, &["1"]).await[0];
    let settlement = prepare(tank).await;
    let batch = claim(tank, "importer", NOW).await;
    tank.settle(&batch, &[held(id)], settlement).await.unwrap();
    assert_eq!(messages(&claim_replies(tank, "dead", NOW).await), [id]);
    let said = Answer {
        code: "AE".into(),
        bytes: "MSA|AE|1\r".into(),
    };
    settle(tank, "dead", id, ReplyFate::Written(said.clone())).await;
    // What comes of the message later changes nothing.
    let freed = Decision::Retry(vec![id]);
    tank.release(&freed, "ada", NOW).await.unwrap();

    let before = NOW + LEASE_MS - 1;
    assert_eq!(
        messages(&claim_replies(tank, "heir", before).await),
        NOTHING
    );
    let mut claim = claim_of("heir", NOW + LEASE_MS);
    claim.due_since = NOW;
    let replies = tank.claim_replies(&claim).await.unwrap();
    assert_eq!(replies.due[0].written, Some(said));

    let late = ReplyOutcome {
        message_id: id,
        due_at: NOW,
        fate: ReplyFate::Delivered,
    };
    let lost = tank.settle_replies("dead", &[late], NOW).await.unwrap();
    assert_eq!(lost, [id]);
    settle(tank, "heir", id, ReplyFate::Refused).await;
    ignore_all(tank).await;
    assert_eq!(claim_replies(tank, "heir", NOW).await.outstanding, Some(0));
}

pub(crate) async fn what_is_lost_leaves_the_other_outcomes(tank: &Database, _: &str) {
    let held = hold_asking(tank, &["1", "2"]).await;
    ignore_all(tank).await;
    let mut claim = claim_of("one", NOW);
    claim.limit = 1;
    assert_eq!(
        messages(&tank.claim_replies(&claim).await.unwrap()),
        held[..1]
    );
    let outcomes = [0, 1].map(|place| ReplyOutcome {
        message_id: held[place],
        due_at: NOW,
        fate: ReplyFate::NotWanted,
    });
    let lost = tank.settle_replies("one", &outcomes, NOW).await.unwrap();
    assert_eq!(lost, held[1..]);
    assert_eq!(claim_replies(tank, "one", NOW).await.outstanding, Some(1));
}

pub(crate) async fn what_is_put_back_waits_until_its_moment(tank: &Database, _: &str) {
    let held = hold_asking(tank, &["1", "2"]).await;
    ignore_all(tank).await;
    assert_eq!(messages(&claim_replies(tank, "one", NOW).await), held);
    settle(tank, "one", held[0], ReplyFate::Later(NOW + 50)).await;
    settle(tank, "one", held[1], ReplyFate::Later(NOW)).await;
    assert_eq!(
        messages(&claim_replies(tank, "two", NOW + 49).await),
        held[1..]
    );
    assert_eq!(
        messages(&claim_replies(tank, "two", NOW + 50).await),
        held[..1]
    );
}

pub(crate) async fn an_exact_repeat_asks_for_its_reply_again(tank: &Database, _: &str) {
    let id = hold_asking(tank, &["1"]).await[0];
    let mut again = asking("1", "AL");
    again.received_at = NOW + 7;
    tank.hold(&[again.clone(), again.clone()]).await.unwrap();
    ignore_all(tank).await;
    assert_eq!(messages(&claim_replies(tank, "one", NOW).await), [id]);
    settle(tank, "one", id, ReplyFate::Written(answer("AA", "1"))).await;
    settle(tank, "one", id, ReplyFate::Delivered).await;

    let mut indifferent = again.clone();
    indifferent.reply = String::new();
    tank.hold(&[indifferent]).await.unwrap();
    assert_eq!(
        claim_replies(tank, "one", NOW + 7).await.outstanding,
        Some(0)
    );
    tank.hold(&[again.clone()]).await.unwrap();
    assert_eq!(
        messages(&claim_replies(tank, "one", NOW + 6).await),
        NOTHING
    );
    let replies = claim_replies(tank, "one", NOW + 7).await;
    assert_eq!(replies.due[0].written, Some(answer("AA", "1")));

    // Once more while the reply is on its way, which may be too late for it.
    tank.hold(&[again]).await.unwrap();
    let outcome = ReplyOutcome {
        message_id: id,
        due_at: NOW + 7,
        fate: ReplyFate::Delivered,
    };
    tank.settle_replies("one", std::slice::from_ref(&outcome), NOW)
        .await
        .unwrap();
    let replies = claim_replies(tank, "one", NOW + 8).await;
    assert_eq!(replies.due[0].due_at, NOW + 8);
    let due_at = NOW + 8;
    let outcome = ReplyOutcome { due_at, ..outcome };
    tank.settle_replies("one", &[outcome], NOW).await.unwrap();
    assert_eq!(
        claim_replies(tank, "one", NOW + 8).await.outstanding,
        Some(0)
    );
}

pub(crate) async fn a_reply_leaves_by_a_link_of_its_sender(tank: &Database, _: &str) {
    let id = hold_asking(tank, &["1"]).await[0];
    ignore_all(tank).await;
    let link = |peer: &str, application: &str, facility: &str, heard_at| OpenLink {
        peer: peer.into(),
        sending_application: application.into(),
        sending_facility: facility.into(),
        heard_at,
    };
    let own = "10.0.0.7:50112";
    let cases = [
        (vec![], 5_000, false),
        (vec![link(own, "EHR", "CLINIC", NOW - 50)], 0, true),
        (vec![link(own, "EHR", "HARBOR", NOW)], 5_000, false),
        (vec![link(own, "LAB", "CLINIC", NOW)], 5_000, false),
        (vec![link("10.0.0.7:9", "EHR", "CLINIC", NOW)], 1_999, false),
        (vec![link("10.0.0.7:9", "EHR", "CLINIC", NOW)], 2_000, true),
        (
            vec![link("10.0.0.7:9", "EHR", "CLINIC", NOW - 1)],
            2_000,
            false,
        ),
    ];
    for (links, after, is_claimed) in cases {
        let mut claim = claim_of("listener", NOW + after);
        claim.way = ReplyWay::Links(links.clone());
        let replies = tank.claim_replies(&claim).await.unwrap();
        let expected = if is_claimed { vec![id] } else { vec![] };
        assert_eq!(messages(&replies), expected, "{links:?} after {after}");
        if is_claimed {
            settle(tank, "listener", id, ReplyFate::Later(0)).await;
        }
    }
}

pub(crate) async fn what_is_long_overdue_is_given_up(tank: &Database, _: &str) {
    hold_asking(tank, &["1"]).await;
    ignore_all(tank).await;
    let mut claim = claim_of("listener", NOW + 1_000);
    claim.way = ReplyWay::Links(Vec::new());
    claim.due_since = NOW;
    assert_eq!(tank.claim_replies(&claim).await.unwrap().given_up, 0);
    claim.due_since = NOW + 1;
    assert_eq!(tank.claim_replies(&claim).await.unwrap().given_up, 1);
    let after = tank.claim_replies(&claim).await.unwrap();
    assert_eq!((after.outstanding, after.given_up), (Some(0), 0));

    tank.hold(&[asking("1", "AL")]).await.unwrap();
    assert_eq!(claim_replies(tank, "one", NOW).await.outstanding, Some(1));
}

pub(crate) async fn a_long_backlog_is_given_up_claim_by_claim(tank: &Database, _: &str) {
    let ids: Vec<String> = (0..1_500).map(|id| id.to_string()).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    hold_asking(tank, &ids).await;
    let settlement = prepare(tank).await;
    let batch = tank.claim("importer", 1_500, NOW).await.unwrap();
    let outcomes: Vec<Outcome> = crate::support::ids(&batch)
        .into_iter()
        .map(ignore)
        .collect();
    tank.settle(&batch, &outcomes, settlement).await.unwrap();
    let mut claim = claim_of("listener", NOW + 1_000);
    claim.due_since = NOW + 1;
    for (outstanding, given_up) in [(1_500, 1_000), (500, 500), (0, 0)] {
        let replies = tank.claim_replies(&claim).await.unwrap();
        let found = (replies.outstanding, replies.given_up, messages(&replies));
        assert_eq!(found, (Some(outstanding), given_up, Vec::new()));
    }
}

pub(crate) async fn what_another_has_claimed_is_not_given_up(tank: &Database, _: &str) {
    hold_asking(tank, &["1"]).await;
    ignore_all(tank).await;
    assert_eq!(claim_replies(tank, "one", NOW).await.due.len(), 1);
    let mut claim = claim_of("two", NOW + LEASE_MS - 1);
    claim.due_since = NOW + 1;
    claim.counts = false;
    let replies = tank.claim_replies(&claim).await.unwrap();
    // Nobody counts where nothing can be given up.
    assert_eq!((replies.outstanding, replies.given_up), (None, 0));
    claim.now = NOW + LEASE_MS;
    let replies = tank.claim_replies(&claim).await.unwrap();
    assert_eq!((replies.outstanding, replies.given_up), (Some(1), 1));
}

pub(crate) async fn where_there_is_no_way_all_are_given_up(tank: &Database, _: &str) {
    hold_asking(tank, &["1"]).await;
    ignore_all(tank).await;
    hold_asking(tank, &["not imported yet"]).await;
    let mut claim = claim_of("listener", NOW);
    claim.way = ReplyWay::Nowhere;
    let replies = tank.claim_replies(&claim).await.unwrap();
    let expected = (Some(2), 2, Vec::new());
    let found = (replies.outstanding, replies.given_up, messages(&replies));
    assert_eq!(found, expected);
    ignore_all(tank).await;
    let after = claim_replies(tank, "listener", NOW).await;
    let found = (after.is_any_outstanding, after.outstanding);
    assert_eq!(found, (false, Some(0)));
    claim.counts = false;
    let after = tank.claim_replies(&claim).await.unwrap();
    assert_eq!((after.outstanding, after.given_up), (None, 0));
}

pub(crate) async fn senders_of_long_names_are_told_apart(tank: &Database, _: &str) {
    let noise: String = ('\u{4e00}'..'\u{9fff}').cycle().take(30_000).collect();
    let mut first = asking("1", "AL");
    first.keys.sending_application = noise.clone() + "1";
    let mut second = asking("2", "AL");
    second.keys.sending_application = noise + "2";
    tank.hold(&[first.clone(), second.clone()]).await.unwrap();
    ignore_all(tank).await;
    for (id, arrival) in [(2, second), (1, first)] {
        let mut claim = claim_of("listener", NOW);
        claim.way = ReplyWay::Links(vec![OpenLink {
            peer: arrival.peer,
            sending_application: arrival.keys.sending_application,
            sending_facility: arrival.keys.sending_facility,
            heard_at: NOW,
        }]);
        assert_eq!(messages(&tank.claim_replies(&claim).await.unwrap()), [id]);
    }
}

pub(crate) async fn many_listeners_share_out_each_reply_once(tank: &Database, _: &str) {
    let ids: Vec<String> = (0..60).map(|id| id.to_string()).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let held = hold_asking(tank, &ids).await;
    ignore_all(tank).await;
    let listeners = (0..4).map(|listener| {
        let (tank, name) = (tank.clone(), format!("listener {listener}"));
        tokio::spawn(async move {
            let mut done = Vec::new();
            loop {
                let replies = claim_replies(&tank, &name, NOW).await;
                if replies.outstanding == Some(0) {
                    return done;
                }
                for id in messages(&replies) {
                    settle(&tank, &name, id, ReplyFate::Delivered).await;
                    done.push(id);
                }
            }
        })
    });
    let mut done = Vec::new();
    for listener in listeners.collect::<Vec<_>>() {
        done.extend(listener.await.unwrap());
    }
    done.sort_unstable();
    assert_eq!(done, held);
}

pub(crate) async fn bytes_stay_while_a_reply_is_owed(tank: &Database, _: &str) {
    let id = hold_asking(tank, &["1"]).await[0];
    ignore_all(tank).await;
    let all = Retention {
        received_before: i64::MAX,
        messages_max: 10,
    };
    assert_eq!(tank.purge(&all).await.unwrap(), 0);
    claim_replies(tank, "listener", NOW).await;
    settle(tank, "listener", id, ReplyFate::Delivered).await;
    assert_eq!(tank.purge(&all).await.unwrap(), 1);
}
