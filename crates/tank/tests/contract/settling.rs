//! `settle`: what stands in each table afterwards.

use care::{Finding, FindingKind, Life, Patch, Severity, Source, Stamp, Value, record_type};
use cistern_tank::{
    Database, Decision, Disposition, HoldingTank as _, Outcome, RecordView, Settled, Settlement,
};

use crate::probe::lines;
use crate::support::*;

const CLIENTS: &str = "SELECT CAST(id AS TEXT), CAST(provider_id AS TEXT), status, as_of,
    CAST(message_id AS TEXT), CAST(mapping_version AS TEXT), created_at, updated_at, name_key,
    last_name, first_name, birth_date, sex_at_birth, city FROM client ORDER BY client.id";
const LABS: &str = "SELECT CAST(id AS TEXT), CAST(provider_id AS TEXT), CAST(client_id AS TEXT),
    feed, source_key, status, as_of, CAST(message_id AS TEXT), CAST(mapping_version AS TEXT),
    created_at, updated_at, test, date, result_text, result_status FROM lab ORDER BY lab.id";
const HISTORY: &str = "SELECT record_type, CAST(record_id AS TEXT), CAST(message_id AS TEXT),
    CAST(mapping_version AS TEXT), operator, changed_at, before, after
    FROM record_history ORDER BY record_history.id";
const IDENTIFIERS: &str = "SELECT authority, identifier, type_code, CAST(client_id AS TEXT),
    CAST(message_id AS TEXT), created_at FROM client_identifier ORDER BY authority, identifier";
const FINDINGS: &str = "SELECT CAST(message_id AS TEXT), severity, kind, path, table_name, code,
    system, sender, code_text, sentence, created_at FROM finding ORDER BY finding.id";
const AWAITS: &str = "SELECT CAST(message_id AS TEXT), key FROM awaits ORDER BY message_id, key";
const MESSAGES: &str = "SELECT CAST(id AS TEXT), state, reason, worker,
    CAST(claimed_until_ms AS TEXT), CAST(attempts AS TEXT), CAST(mapping_version AS TEXT),
    settled_at FROM message ORDER BY message.id";

pub(crate) async fn a_client_and_a_result_in_one_batch(tank: &Database, url: &str) {
    let settlement = prepare(tank).await;
    hold(tank, &["1", "2"]).await;
    let batch = claim(tank, "importer", NOW).await;
    let outcomes = [
        import(1, registration(&jane(), NOW)),
        import(2, result(&jane(), "A1/CD4", 412.5, NOW)),
    ];
    let settled = tank.settle(&batch, &outcomes, settlement).await.unwrap();
    let expected = Settled {
        imported: 2,
        records_added: 2,
        ..Settled::default()
    };
    assert_eq!(settled, expected);

    let moment = "2024-05-03T14:30:00.000Z";
    let client = format!(
        "1|1|active|{moment}|1|1|{moment}|{moment}|DOE|JANE|1994-07-14|Doe|Jane|1994-07-14|female|-"
    );
    assert_eq!(lines(url, CLIENTS).await, [client]);
    let lab = format!(
        "1|1|1|main|A1/CD4|final|{moment}|2|1|{moment}|{moment}|CD4 count|2024-05-03T09:00-05:00\
         |-|final"
    );
    assert_eq!(lines(url, LABS).await, [lab]);
    assert_eq!(
        lines(url, IDENTIFIERS).await,
        [format!("CLINIC|1001|MR|1|1|{moment}")]
    );
    let history = [
        format!(
            "client|1|1|1|-|{moment}|\
             {{\"birth_date\":null,\"first_name\":null,\"last_name\":null,\"sex_at_birth\":null}}|\
             {{\"birth_date\":\"1994-07-14\",\"first_name\":\"Jane\",\"last_name\":\"Doe\",\
             \"sex_at_birth\":\"female\"}}"
        ),
        format!(
            "lab|1|2|1|-|{moment}|\
             {{\"date\":null,\"result_number\":null,\"result_status\":null,\"test\":null}}|\
             {{\"date\":\"2024-05-03T09:00-05:00\",\"result_number\":412.5,\
             \"result_status\":\"final\",\"test\":\"CD4 count\"}}"
        ),
    ];
    assert_eq!(lines(url, HISTORY).await, history);
    let messages = [
        format!("1|imported|1 added||0|0|1|{moment}"),
        format!("2|imported|1 added||0|0|1|{moment}"),
    ];
    assert_eq!(lines(url, MESSAGES).await, messages);
    assert_eq!(
        (
            lines(url, FINDINGS).await.len(),
            lines(url, AWAITS).await.len()
        ),
        (0, 0)
    );
}

pub(crate) async fn a_value_knows_its_message_and_path(tank: &Database, _: &str) {
    let settlement = prepare(tank).await;
    take_in(tank, settlement, "1", registration(&jane(), NOW)).await;
    let what = result(&jane(), "A1/CD4", 412.5, NOW);
    take_in(tank, settlement, "2", what).await;
    let source = |path: &str| {
        let stamp = Stamp {
            tier: 1,
            as_of: NOW,
            message_id: 2,
        };
        Some(Source::new(stamp, path))
    };
    let settled = |path: &str| {
        let life = Life {
            settled_since: Some(NOW),
            corrected: false,
        };
        source(path).map(|source| Source { life, ..source })
    };
    let values = vec![
        ("test", Value::text("CD4 count"), source("OBX-3")),
        (
            "date",
            Value::text("2024-05-03T09:00-05:00"),
            source("OBX-14"),
        ),
        ("result_number", Value::Number(412.5), source("OBX-5")),
        ("result_status", Value::text("final"), settled("OBX-11")),
    ];
    let labs = tank.records(record_type("lab").unwrap(), 10).await.unwrap();
    let [lab] = &labs[..] else { panic!("one lab") };
    let shown = lab
        .values
        .iter()
        .map(|v| (v.field, v.value.clone(), v.source.clone()));
    assert_eq!((lab.id, &*lab.status, lab.message_id), (1, "final", 2));
    assert_eq!(shown.collect::<Vec<_>>(), values);
}

pub(crate) async fn a_change_writes_what_is_other_and_its_history(tank: &Database, url: &str) {
    let settlement = prepare(tank).await;
    take_in(tank, settlement, "1", registration(&jane(), 10)).await;
    let later = Settlement {
        now: NOW + 1_000,
        ..settlement
    };
    let mut married = jane();
    married.last_name = "Roe".into();
    let (_, settled) = take_in(tank, later, "2", registration(&married, 20)).await;
    assert_eq!(
        settled,
        Settled {
            imported: 1,
            records_changed: 1,
            ..Settled::default()
        }
    );

    let (then, now) = ("2024-05-03T14:30:00.000Z", "2024-05-03T14:30:01.000Z");
    let client = format!(
        "1|1|active|1970-01-01T00:00:00.020Z|2|1|{then}|{now}|ROE|JANE|1994-07-14|Roe|Jane\
         |1994-07-14|female|-"
    );
    assert_eq!(lines(url, CLIENTS).await, [client]);
    let history = lines(url, HISTORY).await;
    let change =
        format!("client|1|2|1|-|{now}|{{\"last_name\":\"Doe\"}}|{{\"last_name\":\"Roe\"}}");
    assert_eq!((history.len(), &history[1]), (2, &change));
    assert_eq!(state(tank, 2).await.1, "1 changed");
}

pub(crate) async fn an_older_message_changes_nothing_and_says_so(tank: &Database, url: &str) {
    let settlement = prepare(tank).await;
    take_in(tank, settlement, "1", registration(&jane(), 20)).await;
    let before = lines(url, CLIENTS).await;
    let mut maiden = jane();
    maiden.last_name = "Poe".into();
    let (id, settled) = take_in(tank, settlement, "2", registration(&maiden, 10)).await;
    assert_eq!(
        settled,
        Settled {
            imported: 1,
            ..Settled::default()
        }
    );
    assert_eq!(lines(url, CLIENTS).await, before);
    assert_eq!(lines(url, HISTORY).await.len(), 1);
    assert_eq!(state(tank, id).await, ("imported".into(), "1 late".into()));
    let late = "2|info|late||||||\
                |something newer is stored, so nothing was changed|2024-05-03T14:30:00.000Z";
    assert_eq!(lines(url, FINDINGS).await, [late]);
}

pub(crate) async fn the_same_message_again_writes_no_history(tank: &Database, url: &str) {
    let settlement = prepare(tank).await;
    take_in(tank, settlement, "1", registration(&jane(), 10)).await;
    let mut both = registration(&jane(), 20);
    both.changes.push(lab("CD4 count", "A1", 0.1 + 0.2, 20));
    both.findings = vec![Finding::new(
        Severity::Hold,
        FindingKind::UnmappedCode,
        "map it",
    )];
    let (id, settled) = take_in(tank, settlement, "2", both.clone()).await;
    assert_eq!(
        settled,
        Settled {
            held: 1,
            records_added: 1,
            ..Settled::default()
        }
    );
    let (clients, labs) = (lines(url, CLIENTS).await, lines(url, LABS).await);
    let history = lines(url, HISTORY).await;

    let retry = Decision::Retry(vec![id]);
    tank.release(&retry, "nurse", NOW).await.unwrap();
    let batch = claim(tank, "importer", NOW).await;
    both.findings.clear();
    let settled = tank
        .settle(&batch, &[import(id, both)], settlement)
        .await
        .unwrap();
    assert_eq!(
        settled,
        Settled {
            imported: 1,
            ..Settled::default()
        }
    );
    assert_eq!(state(tank, id).await.1, "2 unchanged");
    assert_eq!(
        (lines(url, CLIENTS).await, lines(url, LABS).await),
        (clients, labs)
    );
    assert_eq!(lines(url, HISTORY).await, history);
    assert_eq!(
        lines(url, FINDINGS).await.len(),
        0,
        "the finding is settled with it"
    );
}

pub(crate) async fn clearing_leaves_history_and_a_source(tank: &Database, url: &str) {
    let settlement = prepare(tank).await;
    let client = record_type("client").unwrap();
    let city = client.field("city").unwrap();
    let mut with_city = registration(&jane(), 10);
    with_city.changes[0].set(city, Value::text("Salem"), "PID-11.3");
    take_in(tank, settlement, "1", with_city).await;
    let mut without = registration(&jane(), 20);
    without.changes[0].assign(city, Patch::Clear, "PID-11.3");
    take_in(tank, settlement, "2", without).await;
    let cleared = lines(
        url,
        "SELECT city, before, after FROM client, record_history
                              WHERE record_history.message_id = 2",
    )
    .await;
    assert_eq!(cleared, ["-|{\"city\":\"Salem\"}|{\"city\":null}"]);

    let mut late = registration(&jane(), 15);
    late.changes[0].set(city, Value::text("Dover"), "PID-11.3");
    take_in(tank, settlement, "3", late).await;
    assert_eq!(
        lines(url, "SELECT city FROM client").await,
        ["-"],
        "the clearing is newer"
    );
}

pub(crate) async fn every_kind_of_value_comes_back(tank: &Database, _: &str) {
    let settlement = prepare(tank).await;
    let client = record_type("client").unwrap();
    let set = |field, value| (client.field(field).unwrap(), value);
    let mut import = registration(&jane(), 10);
    for (field, value) in [
        set("birth_date_estimated", Value::Flag(true)),
        set(
            "street",
            Value::text("Ñ \u{10ffff} \\u0000 'quoted' \"double\" \u{1f}\r\n"),
        ),
        set("street2", Value::text("")),
        set("client_number", Value::text("0042")),
        set("account_number", Value::text("1e3")),
        set("zip", Value::text("true")),
        set("county", Value::text("null")),
        set("race", Value::text("white;asian")),
    ] {
        import.changes[0].set(field, value, "PID");
    }
    for (place, number) in NUMBERS.into_iter().enumerate() {
        import
            .changes
            .push(lab("CD4 count", &place.to_string(), number, 10));
    }
    let expected = import.changes[0].clone();
    take_in(tank, settlement, "1", import).await;

    let records = tank.records(client, 10).await.unwrap();
    for value in &records[0].values {
        let patch = Patch::Set(value.value.clone());
        assert_eq!(expected.patch(value.field), Some(&patch), "{}", value.field);
    }
    assert_eq!(records[0].values.len(), expected.assignments.len());
    let labs = tank
        .records(record_type("lab").unwrap(), 100)
        .await
        .unwrap();
    let number = |lab: &RecordView| {
        lab.values
            .iter()
            .find(|v| v.field == "result_number")
            .cloned()
    };
    let mut numbers: Vec<_> = labs
        .iter()
        .rev()
        .map(|lab| number(lab).unwrap().value)
        .collect();
    let mut expected = NUMBERS.map(Value::Number);
    let order = |a: &Value, b: &Value| format!("{a:?}").cmp(&format!("{b:?}"));
    numbers.sort_by(order);
    expected.sort_by(order);
    assert_eq!(numbers, expected);
}

const NUMBERS: [f64; 9] = [
    0.0,
    20.0,
    -1.5,
    0.1,
    1e15,
    123_456_789.123_456_78,
    1e-9,
    f64::MAX,
    f64::MIN_POSITIVE,
];

pub(crate) async fn ignored_and_held_messages_say_why(tank: &Database, url: &str) {
    let settlement = prepare(tank).await;
    hold(tank, &["1", "2"]).await;
    let batch = claim(tank, "importer", NOW).await;
    let code = care::Coded {
        table: "test".into(),
        code: "XYZ".into(),
        system: "L".into(),
        sender: "CLINIC".into(),
        text: "A test".into(),
    };
    let unmapped = Finding::new(Severity::Hold, FindingKind::UnmappedCode, "map this code")
        .at("OBX[2]-3")
        .about(code);
    let odd = Finding::new(Severity::Warn, FindingKind::BadValue, "not a date").at("OBX-14");
    let unreadable = Finding::new(Severity::Hold, FindingKind::Unreadable, "no segments");
    let outcomes = [
        ignore(1),
        Outcome {
            message_id: 2,
            disposition: Disposition::Hold(vec![unmapped, odd, unreadable]),
        },
    ];
    let settled = tank.settle(&batch, &outcomes, settlement).await.unwrap();
    assert_eq!(
        settled,
        Settled {
            held: 1,
            ignored: 1,
            ..Settled::default()
        }
    );
    let moment = "2024-05-03T14:30:00.000Z";
    let messages = [
        format!("1|ignored|no mapping wants it||0|0|1|{moment}"),
        format!("2|held|unmapped_code, unreadable||0|0|1|{moment}"),
    ];
    assert_eq!(lines(url, MESSAGES).await, messages);
    let findings = [
        format!("2|hold|unmapped_code|OBX[2]-3|test|XYZ|L|CLINIC|A test|map this code|{moment}"),
        format!("2|warn|bad_value|OBX-14||||||not a date|{moment}"),
        format!("2|hold|unreadable|||||||no segments|{moment}"),
    ];
    assert_eq!(lines(url, FINDINGS).await, findings);
    let keys = ["", "CLINIC"].map(|sender| format!("2|code\u{1f}test\u{1f}XYZ\u{1f}{sender}"));
    assert_eq!(lines(url, AWAITS).await, keys);
}
