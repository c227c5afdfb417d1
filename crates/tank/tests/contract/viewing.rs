//! What people look at, and what retention lets go.

use care::{Coded, Finding, FindingKind, Severity};
use cistern_tank::{
    Altered, Answer, Arrival, Arrived, AsWritten, CharsetSource, Count, Database, Disposition,
    Filter, FindingView, HoldingTank as _, MessageKeys, MessageView, OpenLink, Outcome,
    RecordCount, ReplyClaim, ReplyFate, ReplyWay, Retention, WorkItem,
};

use crate::support::*;

pub(crate) async fn a_message_is_shown_as_it_came(tank: &Database, _: &str) {
    let mut kept = arrival("42", b"MSH|...");
    kept.keys.version = "2.5.1".into();
    tank.hold(&[kept.clone()]).await.unwrap();
    let stored = tank.get(1).await.unwrap().unwrap();
    let MessageView {
        id,
        feed,
        received_at,
        message_code,
        trigger_event,
        control_id,
        ..
    } = &stored.view;
    assert_eq!(
        (*id, &**feed, &**received_at),
        (1, "main", "2024-05-03T14:30:00.000Z")
    );
    assert_eq!(
        (&**message_code, &**trigger_event, &**control_id),
        ("ADT", "A08", "42")
    );
    let MessageView {
        sending_facility,
        state,
        reason,
        answer_code,
        altered_from,
        ..
    } = &stored.view;
    assert_eq!(
        (&**sending_facility, &**state, &**reason),
        ("CLINIC", "received", "")
    );
    assert_eq!((&**answer_code, *altered_from), ("AA", None));
    assert_eq!(
        (stored.body, stored.answer),
        (kept.body.bytes(), kept.answer.bytes)
    );
    assert_eq!(stored.findings, []);
    assert_eq!(tank.get(2).await.unwrap(), None);
}

pub(crate) async fn a_list_is_newest_first_and_goes_on(tank: &Database, _: &str) {
    let settlement = prepare(tank).await;
    hold(tank, &["1", "2", "3", "4", "5"]).await;
    let batch = tank.claim("importer", 2, NOW).await.unwrap();
    tank.settle(&batch, &[ignore(1), ignore(2)], settlement)
        .await
        .unwrap();
    let cases = [
        ("", None, 10, vec![5, 4, 3, 2, 1]),
        ("", None, 2, vec![5, 4]),
        ("", Some(4), 2, vec![3, 2]),
        ("ignored", None, 10, vec![2, 1]),
        ("ignored", Some(2), 10, vec![1]),
        ("held", None, 10, vec![]),
        ("", None, 0, vec![]),
    ];
    for (state, before, limit, expected) in cases {
        let filter = Filter {
            state: state.into(),
            before,
            limit,
            ..Filter::default()
        };
        let list = tank.list(&filter).await.unwrap();
        let ids: Vec<i64> = list.iter().map(|view| view.id).collect();
        assert_eq!(ids, expected, "{filter:?}");
    }
}

pub(crate) async fn a_list_goes_on_from_an_older_message_and_keeps_to_a_feed(
    tank: &Database,
    _: &str,
) {
    for (feed, id) in ["a", "b", "a", "b", "a"]
        .into_iter()
        .zip(["1", "2", "3", "4", "5"])
    {
        let mut of_feed = arrival(id, id.as_bytes());
        of_feed.feed = feed.into();
        tank.hold(&[of_feed]).await.unwrap();
    }
    let cases = [
        ("", Some(0), None, 3, vec![1, 2, 3]),
        ("", Some(3), None, 10, vec![4, 5]),
        ("", Some(1), Some(4), 10, vec![2, 3]),
        ("a", Some(0), None, 2, vec![1, 3]),
        ("b", None, None, 10, vec![4, 2]),
        ("c", Some(0), None, 10, vec![]),
    ];
    for (feed, after, before, limit, expected) in cases {
        let filter = Filter {
            feed: feed.into(),
            after,
            before,
            limit,
            ..Filter::default()
        };
        let list = tank.list(&filter).await.unwrap();
        let ids: Vec<i64> = list.iter().map(|view| view.id).collect();
        assert_eq!(ids, expected, "{filter:?}");
    }
}

pub(crate) async fn messages_and_records_are_counted(tank: &Database, _: &str) {
    let settlement = prepare(tank).await;
    take_in(tank, settlement, "1", registration(&jane(), 10)).await;
    for n in 0..3 {
        let mut preliminary = result(&jane(), &n.to_string(), 1.0, 10);
        if n == 0 {
            let status = care::record_type("lab")
                .unwrap()
                .field("result_status")
                .unwrap();
            preliminary.changes[0].set(status, care::Value::text("preliminary"), "OBX-11");
        }
        take_in(tank, settlement, &format!("r{n}"), preliminary).await;
    }
    let mut oru = arrival("oru", b"oru");
    oru.keys.message_code = "ORU".into();
    oru.keys.trigger_event = "R01".into();
    tank.hold(&[oru]).await.unwrap();
    let counts = tank.counts().await.unwrap();
    let shown: Vec<_> = counts.iter().map(of_messages).collect();
    assert_eq!(
        shown,
        [("ADT", "A08", "imported", 4), ("ORU", "R01", "received", 1)]
    );
    let counts = tank.record_counts().await.unwrap();
    let shown: Vec<_> = counts.iter().map(of_records).collect();
    assert_eq!(
        shown,
        [
            ("client", "active", 1),
            ("lab", "final", 2),
            ("lab", "preliminary", 1)
        ]
    );
}

fn of_messages(count: &Count) -> (&str, &str, &str, i64) {
    (
        &count.message_code,
        &count.trigger_event,
        &count.state,
        count.messages,
    )
}

fn of_records(count: &RecordCount) -> (&str, &str, i64) {
    (count.record_type, &count.status, count.records)
}

pub(crate) async fn the_work_list_has_one_line_for_each_decision(tank: &Database, _: &str) {
    let settlement = prepare(tank).await;
    let unmapped = |code: &str, path: &str| {
        let coded = Coded {
            table: "test".into(),
            code: code.into(),
            system: "L".into(),
            sender: "CLINIC".into(),
            text: format!("{code} text"),
        };
        Finding::new(Severity::Hold, FindingKind::UnmappedCode, "map this code")
            .at(path)
            .about(coded)
    };
    let info = Finding::new(Severity::Info, FindingKind::Late, "not waiting");
    for (control_id, findings) in [
        ("1", vec![unmapped("VL", "OBX-3"), info.clone()]),
        (
            "2",
            vec![unmapped("CD4", "OBX[1]-3"), unmapped("CD4", "OBX[2]-3")],
        ),
        ("3", vec![unmapped("CD4", "OBX-3"), unmapped("VL", "OBX-3")]),
        ("4", vec![unmapped("CD4", "OBX-3")]),
    ] {
        take_in(tank, settlement, control_id, found(findings)).await;
    }
    let list = tank.findings().await.unwrap();
    let shown: Vec<_> = list.iter().map(of_work).collect();
    assert_eq!(
        shown,
        [
            ("unmapped_code", "CD4", "CD4 text", 4, 3, 2),
            ("unmapped_code", "VL", "VL text", 2, 2, 1)
        ]
    );
    let WorkItem {
        table,
        system,
        sender,
        sentence,
        since,
        ..
    } = &list[0];
    assert_eq!((&**table, &**system, &**sender), ("test", "L", "CLINIC"));
    assert_eq!(
        (&**sentence, &**since),
        ("map this code", "2024-05-03T14:30:00.000Z")
    );
    let expected = [
        ("hold", "unmapped_code", "OBX-3", "map this code"),
        ("info", "late", "", "not waiting"),
    ];
    let expected = expected.map(|(severity, kind, path, sentence)| FindingView {
        severity: severity.into(),
        kind: kind.into(),
        path: path.into(),
        sentence: sentence.into(),
    });
    assert_eq!(tank.get(1).await.unwrap().unwrap().findings, expected);
}

/// Each entry has the words of its first message, and those whose set somebody else named have an
/// entry of their own.
pub(crate) async fn what_is_no_text_waits_by_feed_and_sender(tank: &Database, _: &str) {
    use CharsetSource::{Guess, Message};
    let settlement = prepare(tank).await;
    for (control_id, feed, application, charset, source) in [
        ("1", "main", "EHR", "8859/1", Guess),
        ("2", "main", "LIS", "UNICODE UTF-8", Message),
        ("3", "ward", "LIS", "UNICODE UTF-8", Message),
        ("4", "main", "LIS", "ASCII", Message),
        ("5", "main", "LIS", "UNICODE UTF-8", Guess),
        ("6", "main", "LIS", "UNICODE UTF-8", Message),
    ] {
        let mut arrival = arrival(control_id, control_id.as_bytes());
        arrival.feed = feed.into();
        arrival.keys.sending_application = application.into();
        arrival.read_as.charset = charset.into();
        arrival.read_as.source = source;
        tank.hold(&[arrival]).await.unwrap();
        let batch = claim(tank, "importer", NOW).await;
        let [id] = ids(&batch)[..] else {
            panic!("one waits");
        };
        // The later, the earlier in the alphabet.
        let finding = |place: i64| {
            let sentence = format!("byte {}", 99 - 2 * id - place);
            Finding::new(Severity::Hold, FindingKind::Undecodable, sentence).at("PID-5")
        };
        let outcome = import(id, found(vec![finding(0), finding(1)]));
        tank.settle(&batch, &[outcome], settlement).await.unwrap();
    }
    let list = tank.findings().await.unwrap();
    assert_eq!(
        list.iter().map(entry).collect::<Vec<_>>(),
        [
            "undecodable from LIS CLINIC by main: byte 95: 4 in 2 since 2",
            "undecodable from EHR CLINIC by main: byte 97: 2 in 1 since 1",
            "undecodable from LIS CLINIC by ward: byte 93: 2 in 1 since 3",
            "undecodable from LIS CLINIC by main: byte 91: 2 in 1 since 4",
            "undecodable from LIS CLINIC by main: byte 89: 2 in 1 since 5",
        ]
    );
}

/// A whole entry as one line; what it does not have is empty.
fn entry(item: &WorkItem) -> String {
    let WorkItem {
        kind,
        table,
        code,
        system,
        sender,
        feed,
        text,
        sentence,
        findings,
        messages,
        first_message,
        since,
        ..
    } = item;
    let of_code = [table, code, system, text].map(String::as_str);
    assert_eq!((of_code, &**since), ([""; 4], "2024-05-03T14:30:00.000Z"));
    format!(
        "{kind} from {sender} by {feed}: {sentence}: {findings} in {messages} since {first_message}"
    )
}

fn of_work(item: &WorkItem) -> (&str, &str, &str, i64, i64, i64) {
    (
        &item.kind,
        &item.code,
        &item.text,
        item.findings,
        item.messages,
        item.first_message,
    )
}

const MARKER: &str = "XENOPHON";

pub(crate) async fn what_is_shown_to_programmers_holds_no_content(tank: &Database, _: &str) {
    let settlement = prepare(tank).await;
    let arrival = marked_arrival();
    let held = tank.hold(std::slice::from_ref(&arrival)).await.unwrap();
    let repeat = tank.hold(std::slice::from_ref(&arrival)).await.unwrap();
    let batch = claim(tank, "importer", NOW).await;
    let coded = Coded {
        table: "test".into(),
        code: MARKER.into(),
        system: MARKER.into(),
        sender: MARKER.into(),
        text: MARKER.into(),
    };
    let finding = Finding::new(Severity::Hold, FindingKind::UnmappedCode, MARKER)
        .at(MARKER)
        .about(coded);
    let disposition = Disposition::Hold(vec![finding]);
    let outcomes = [Outcome {
        message_id: 1,
        disposition,
    }];
    tank.settle(&batch, &outcomes, settlement).await.unwrap();
    let import = import(1, registration(&person(MARKER, MARKER), 10));
    let ignore = Disposition::Ignore(MARKER.into());
    let stored = tank.get(1).await.unwrap().unwrap();
    let work = tank.findings().await.unwrap();
    let claim = ReplyClaim {
        worker: "listener".into(),
        feed: "main".into(),
        way: ReplyWay::Links(vec![OpenLink {
            peer: "10.0.0.7:50112".into(),
            sending_application: MARKER.into(),
            sending_facility: MARKER.into(),
            heard_at: NOW,
        }]),
        limit: 1,
        due_since: NOW,
        now: NOW,
        counts: false,
    };
    let replies = tank.claim_replies(&claim).await.unwrap();
    assert_eq!(replies.due.len(), 1);
    let fate = ReplyFate::Written(arrival.answer.clone());
    let reasons = [Arrived::Held, Arrived::Refused, Arrived::Broken].map(|of| of(MARKER.into()));
    let shown = format!(
        "{arrival:?} {:?} {held:?} {repeat:?} {batch:?} {outcomes:?} {import:?} {ignore:?} \
         {stored:?} {work:?} {claim:?} {replies:?} {fate:?} {reasons:?}",
        arrival.keys
    );
    assert!(!shown.contains(MARKER), "{shown}");
    let bytes = format!("{:?}", MARKER.as_bytes());
    assert!(!shown.contains(bytes.trim_matches(['[', ']'])), "{shown}");
    let body = "Claimed { id: 1, feed: \"main\", received_at: 1714746600000, body: [8], \
                attempts: 0, read_as: ReadAs { charset: \"\", source: Unrecorded } }";
    assert!(shown.contains(body), "{shown}");
}

fn marked_arrival() -> Arrival {
    let answer = Answer {
        code: "AA".into(),
        bytes: MARKER.into(),
    };
    let marker = || MARKER.to_owned();
    Arrival {
        keys: MessageKeys {
            sending_application: marker(),
            sending_facility: marker(),
            receiving_application: marker(),
            receiving_facility: marker(),
            control_id: marker(),
            message_code: marker(),
            trigger_event: marker(),
            version: marker(),
            place: marker(),
            as_written: Some(AsWritten {
                sending_application: marker(),
                sending_facility: marker(),
                control_id: marker(),
            }),
        },
        lane: marker(),
        reply: "AL".into(),
        answer: answer.clone(),
        altered: Some(Altered {
            state: Arrived::Held(marker()),
            answer,
        }),
        ..arrival("", MARKER.as_bytes())
    }
}

pub(crate) async fn only_what_is_done_with_lets_go_of_its_bytes(tank: &Database, _: &str) {
    let settlement = prepare(tank).await;
    let (imported, _) = take_in(tank, settlement, "1", registration(&jane(), 10)).await;
    let (held, _) = take_in(
        tank,
        settlement,
        "2",
        result(&person("9", "Poe"), "A", 1.0, 1),
    )
    .await;
    let ignored = hold(tank, &["3"]).await[0];
    let batch = claim(tank, "importer", NOW).await;
    tank.settle(&batch, &[ignore(ignored)], settlement)
        .await
        .unwrap();
    let mut young = arrival("4", b"4");
    young.received_at = NOW + 1;
    let young = new_id(&tank.hold(&[young]).await.unwrap()[0]);
    let batch = claim(tank, "importer", NOW).await;
    tank.settle(&batch, &[ignore(young)], settlement)
        .await
        .unwrap();
    let waiting = hold(tank, &["5"]).await[0];

    let rule = |messages_max| Retention {
        received_before: NOW + 1,
        messages_max,
    };
    assert_eq!(
        tank.purge(&Retention {
            received_before: NOW,
            messages_max: 10
        })
        .await
        .unwrap(),
        0
    );
    assert_eq!(tank.purge(&rule(1)).await.unwrap(), 1);
    assert_eq!(tank.purge(&rule(10)).await.unwrap(), 1);
    assert_eq!(tank.purge(&rule(10)).await.unwrap(), 0, "gone already");
    for (id, gone) in [
        (imported, true),
        (held, false),
        (ignored, true),
        (young, false),
        (waiting, false),
    ] {
        let stored = tank.get(id).await.unwrap().unwrap();
        assert_eq!(stored.body.is_empty(), gone, "message {id}");
        assert!(!stored.answer.is_empty());
    }
    let repeat = tank.hold(&[arrival("1", b"1")]).await.unwrap();
    let answer = answer("AA", "1").bytes;
    assert_eq!(
        repeat,
        [cistern_tank::Receipt::Repeat {
            id: imported,
            answer,
            earlier: None
        }]
    );
}
