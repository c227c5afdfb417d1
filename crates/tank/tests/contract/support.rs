//! Arrivals, people, imports and verbs that the cases share. The people are invented.

use bytes::Bytes;
use care::{
    Account, AddPolicy, Change, Finding, Identifier, Import, Person, TestDefinition, Value,
    record_type,
};
use cistern_tank::{
    Answer, Arrival, Arrived, Batch, Body, Database, Disposition, Filter, HoldingTank as _,
    MessageKeys, Outcome, Receipt, Settled, Settlement, Setup,
};

use crate::probe;

/// 3 May 2024, 14:30 UTC.
pub(crate) const NOW: i64 = 1_714_746_600_000;
/// How long a claim lasts.
pub(crate) const LEASE_MS: i64 = 30_000;

pub(crate) fn arrival(control_id: &str, body: &[u8]) -> Arrival {
    Arrival {
        feed: "main".into(),
        peer: "10.0.0.7:50112".into(),
        received_at: NOW,
        keys: MessageKeys {
            sending_facility: "CLINIC".into(),
            control_id: control_id.into(),
            message_code: "ADT".into(),
            trigger_event: "A08".into(),
            ..MessageKeys::default()
        },
        lane: String::new(),
        body: Body::new(Bytes::copy_from_slice(body)),
        state: Arrived::Received,
        answer: answer("AA", control_id),
        is_provisional: false,
        altered: None,
        reply: String::new(),
        sequence: None,
        read_as: cistern_tank::ReadAs::default(),
    }
}

pub(crate) fn answer(code: &str, control_id: &str) -> Answer {
    Answer {
        code: code.into(),
        bytes: Bytes::from(format!("MSA|{code}|{control_id}\r")),
    }
}

/// Holds messages of these control ids, each its own body; their ids.
pub(crate) async fn hold(tank: &Database, control_ids: &[&str]) -> Vec<i64> {
    let arrivals: Vec<_> = control_ids
        .iter()
        .map(|id| arrival(id, id.as_bytes()))
        .collect();
    let receipts = tank.hold(&arrivals).await.unwrap();
    receipts.iter().map(new_id).collect()
}

pub(crate) fn new_id(receipt: &Receipt) -> i64 {
    match receipt {
        Receipt::New { id } => *id,
        other => panic!("not new: {other:?}"),
    }
}

/// What an importer sets up: two tests, and a provider for every account.
pub(crate) fn setup() -> Setup {
    Setup {
        mapping_digest: "rules of May".into(),
        mapping_sources: "[[rule]]".into(),
        tests: vec![test("CD4 count"), test("HIV-1 viral load")],
        providers: Vec::new(),
        default_provider: Some("Clinic".into()),
        now: NOW,
    }
}

fn test(name: &str) -> TestDefinition {
    TestDefinition {
        name: name.into(),
        kind: "lab".into(),
        result_kind: "number".into(),
        units: String::new(),
        choices: Vec::new(),
        loinc: Vec::new(),
    }
}

pub(crate) async fn prepare(tank: &Database) -> Settlement {
    let prepared = tank.prepare(&setup()).await.unwrap();
    Settlement { prepared, now: NOW }
}

/// A person with one medical record number.
pub(crate) fn person(number: &str, last_name: &str) -> Person {
    Person {
        identifiers: vec![medical_record(number)],
        last_name: last_name.into(),
        first_name: "Jane".into(),
        birth_date: "1994-07-14".into(),
        sex: "female".into(),
    }
}

pub(crate) fn jane() -> Person {
    person("1001", "Doe")
}

pub(crate) fn medical_record(number: &str) -> Identifier {
    Identifier {
        authority: "CLINIC".into(),
        id: number.into(),
        type_code: "MR".into(),
    }
}

/// A message that registers a person, or says anew who they are.
pub(crate) fn registration(person: &Person, as_of: i64) -> Import {
    let client = record_type("client").unwrap();
    let mut change = Change::new(client, "demographics");
    change.as_of = as_of;
    for (field, text, path) in [
        ("last_name", &person.last_name, "PID-5.1"),
        ("first_name", &person.first_name, "PID-5.2"),
        ("birth_date", &person.birth_date, "PID-7"),
        ("sex_at_birth", &person.sex, "PID-8"),
    ] {
        change.set(client.field(field).unwrap(), Value::text(text), path);
    }
    Import {
        account: account(),
        person: Some(person.clone()),
        add: AddPolicy::Automatic,
        changes: vec![change],
        findings: Vec::new(),
    }
}

/// A message with one result, which may not add a client.
pub(crate) fn result(person: &Person, source_key: &str, number: f64, as_of: i64) -> Import {
    Import {
        account: account(),
        person: Some(person.clone()),
        add: AddPolicy::Hold,
        changes: vec![lab("CD4 count", source_key, number, as_of)],
        findings: Vec::new(),
    }
}

pub(crate) fn lab(test: &str, source_key: &str, number: f64, as_of: i64) -> Change {
    let lab = record_type("lab").unwrap();
    let mut change = Change::new(lab, "results");
    change.source_key = source_key.into();
    change.as_of = as_of;
    let mut set = |field, value, path| change.set(lab.field(field).unwrap(), value, path);
    set("test", Value::text(test), "OBX-3");
    set("date", Value::text("2024-05-03T09:00-05:00"), "OBX-14");
    set("result_number", Value::Number(number), "OBX-5");
    set("result_status", Value::text("final"), "OBX-11");
    change
}

pub(crate) fn account() -> Account {
    Account {
        sender: "CLINIC".into(),
        receiver: "CISTERN".into(),
    }
}

/// A message that says nothing but what a mapping found.
pub(crate) fn found(findings: Vec<Finding>) -> Import {
    Import {
        account: account(),
        person: None,
        add: AddPolicy::Hold,
        changes: Vec::new(),
        findings,
    }
}

pub(crate) async fn claim(tank: &Database, worker: &str, now: i64) -> Batch {
    tank.claim(worker, 1_000, now).await.unwrap()
}

pub(crate) fn ids(batch: &Batch) -> Vec<i64> {
    batch.messages.iter().map(|message| message.id).collect()
}

pub(crate) fn import(message_id: i64, import: Import) -> Outcome {
    Outcome {
        message_id,
        disposition: Disposition::Import(import),
    }
}

pub(crate) fn ignore(message_id: i64) -> Outcome {
    Outcome {
        message_id,
        disposition: Disposition::Ignore("no mapping wants it".into()),
    }
}

/// Holds a message, claims all that waits and settles it with this import; the message's id.
pub(crate) async fn take_in(
    tank: &Database,
    settlement: Settlement,
    control_id: &str,
    what: Import,
) -> (i64, Settled) {
    let id = hold(tank, &[control_id]).await[0];
    let batch = claim(tank, "importer", settlement.now).await;
    assert_eq!(ids(&batch), [id], "nothing else waits");
    let settled = tank.settle(&batch, &[import(id, what)], settlement).await;
    (id, settled.unwrap())
}

/// Every message's id and state, oldest first.
pub(crate) async fn states(tank: &Database) -> Vec<(i64, String)> {
    let filter = Filter {
        limit: 1_000,
        ..Filter::default()
    };
    let mut list = tank.list(&filter).await.unwrap();
    list.reverse();
    list.into_iter().map(|view| (view.id, view.state)).collect()
}

/// The state of one message and why it is in it.
pub(crate) async fn state(tank: &Database, id: i64) -> (String, String) {
    let view = tank.get(id).await.unwrap().unwrap().view;
    (view.state, view.reason)
}

/// Every row that settling may write, as text.
pub(crate) async fn everything(url: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for sql in [
        "SELECT CAST(id AS TEXT), state, reason, worker, CAST(claimed_until_ms AS TEXT),
                CAST(attempts AS TEXT), settled_at FROM message ORDER BY message.id",
        "SELECT CAST(id AS TEXT), last_name, updated_at, CAST(message_id AS TEXT) FROM client
         ORDER BY client.id",
        "SELECT CAST(id AS TEXT), source_key, updated_at, CAST(message_id AS TEXT) FROM lab
         ORDER BY lab.id",
        "SELECT record_type, CAST(record_id AS TEXT), sources FROM record_source
         ORDER BY record_source.record_type, record_source.record_id",
        "SELECT CAST(id AS TEXT), record_type, before, after FROM record_history ORDER BY record_history.id",
        "SELECT authority, identifier, type_code, CAST(client_id AS TEXT) FROM client_identifier
         ORDER BY authority, identifier, type_code",
        "SELECT CAST(id AS TEXT), CAST(message_id AS TEXT), kind FROM finding ORDER BY finding.id",
        "SELECT key, CAST(message_id AS TEXT) FROM awaits ORDER BY awaits.message_id, key",
    ] {
        lines.extend(probe::lines(url, sql).await);
    }
    lines
}
