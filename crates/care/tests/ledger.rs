//! `Ledger::apply`: what one message makes of the rows that it names.
#![cfg(test)]

use cistern_care::{
    Account, AddPolicy, Applied, Change, ClientRow, FindingKind, Identifier, Import, Ledger,
    NewIdentifier, Person, RecordKey, Value, merge, record_type,
};

const PROVIDER: i64 = 7;

fn ledger() -> Ledger {
    let mut ledger = Ledger::new();
    ledger.load_account(account(), PROVIDER);
    ledger
}

fn account() -> Account {
    Account {
        sender: "CLINIC".into(),
        receiver: "CISTERN".into(),
    }
}

fn number(authority: &str, id: &str) -> Identifier {
    Identifier {
        authority: authority.into(),
        id: id.into(),
        type_code: "MR".into(),
    }
}

fn person(identifiers: &[(&str, &str)], last_name: &str) -> Person {
    Person {
        identifiers: identifiers
            .iter()
            .map(|(authority, id)| number(authority, id))
            .collect(),
        last_name: last_name.into(),
        first_name: "Jane".into(),
        birth_date: "1994-07-14".into(),
        sex: "female".into(),
    }
}

fn demographics(person: &Person) -> Change {
    let client = record_type("client").unwrap();
    let mut change = Change::new(client, "demographics");
    change.as_of = 10;
    for (field, text) in [
        ("last_name", &person.last_name),
        ("first_name", &person.first_name),
        ("birth_date", &person.birth_date),
        ("sex_at_birth", &person.sex),
    ] {
        change.set(client.field(field).unwrap(), Value::text(text), "PID");
    }
    change
}

fn adt(person: &Person) -> Import {
    Import {
        account: account(),
        person: Some(person.clone()),
        add: AddPolicy::Automatic,
        changes: vec![demographics(person)],
        findings: Vec::new(),
    }
}

fn oru(person: &Person, source_key: &str) -> Import {
    let lab = record_type("lab").unwrap();
    let mut change = Change::new(lab, "results");
    change.source_key = source_key.into();
    change.as_of = 20;
    change.set(
        lab.field("test").unwrap(),
        Value::text("CD4 count"),
        "OBX-3",
    );
    change.set(
        lab.field("date").unwrap(),
        Value::text("2024-05-03"),
        "OBX-14",
    );
    Import {
        add: AddPolicy::Hold,
        changes: vec![change],
        ..adt(person)
    }
}

fn key(source_key: &str) -> RecordKey {
    RecordKey {
        record: "lab",
        feed: "main".into(),
        source_key: source_key.into(),
    }
}

fn counts(applied: &Applied) -> (usize, usize, usize, usize, Vec<FindingKind>) {
    let kinds = applied
        .findings
        .iter()
        .map(|finding| finding.kind)
        .collect();
    (
        applied.added,
        applied.changed,
        applied.unchanged,
        applied.late,
        kinds,
    )
}

/// How many clients, labs, new identifiers and revisions there are.
fn sizes(ledger: &Ledger) -> (usize, usize, usize, usize) {
    let labs = ledger.records(record_type("lab").unwrap()).count();
    (
        ledger.clients().count(),
        labs,
        ledger.new_identifiers().len(),
        ledger.revisions().len(),
    )
}

#[test]
fn an_adt_adds_a_client_whom_the_next_message_finds() {
    let mut ledger = ledger();
    let jane = person(&[("CLINIC", "1001")], "Doe");
    assert_eq!(
        counts(&ledger.apply(&adt(&jane), "main", 1)),
        (1, 0, 0, 0, vec![])
    );
    assert_eq!(
        counts(&ledger.apply(&oru(&jane, "A1"), "main", 2)),
        (1, 0, 0, 0, vec![])
    );
    let (slot, row) = ledger.clients().next().unwrap();
    let mut record = None;
    let stamp = cistern_care::Stamp {
        tier: 1,
        as_of: 10,
        message_id: 1,
    };
    merge(&mut record, &demographics(&jane), stamp);
    let expected = ClientRow {
        id: None,
        provider_id: PROVIDER,
        message_id: 1,
        record: record.unwrap(),
        edited: true,
        touched: true,
    };
    assert_eq!(row, &expected);
    let identifier = NewIdentifier {
        identifier: number("CLINIC", "1001"),
        client: slot,
        message_id: 1,
    };
    assert_eq!(ledger.new_identifiers(), [identifier]);
    let labs: Vec<_> = ledger.records(record_type("lab").unwrap()).collect();
    assert_eq!(
        (labs[0].0, labs[0].1.client, labs[0].1.message_id),
        (&key("A1"), slot, 2)
    );
    assert_eq!(sizes(&ledger), (1, 1, 1, 2));
}

#[test]
fn a_result_of_nobody_known_is_held_for_its_keys() {
    let mut ledger = ledger();
    let jane = person(&[("CLINIC", "1001"), ("STATE", "9")], "Doe");
    let applied = ledger.apply(&oru(&jane, "A1"), "main", 1);
    assert_eq!(
        counts(&applied),
        (0, 0, 0, 0, vec![FindingKind::UnknownClient])
    );
    assert!(applied.is_held());
    let mut keys: Vec<String> = jane.identifiers.iter().map(Identifier::key).collect();
    keys.push(jane.name_key().unwrap().key());
    assert_eq!(applied.findings[0].keys, keys);
    assert_eq!(sizes(&ledger), (0, 0, 0, 0));
}

#[test]
fn a_further_identifier_is_linked_and_found_by() {
    let mut ledger = ledger();
    ledger.apply(&adt(&person(&[("CLINIC", "1001")], "Doe")), "main", 1);
    let both = person(&[("CLINIC", "1001"), ("STATE", "9")], "Doe");
    assert_eq!(
        counts(&ledger.apply(&adt(&both), "main", 2)),
        (0, 0, 1, 0, vec![])
    );
    let by_state = Person {
        last_name: String::new(),
        ..person(&[("STATE", "9")], "")
    };
    assert_eq!(
        counts(&ledger.apply(&oru(&by_state, "A1"), "main", 3)),
        (1, 0, 0, 0, vec![])
    );
    assert_eq!(sizes(&ledger), (1, 1, 2, 2));
}

#[test]
fn a_result_links_no_identifier() {
    let mut ledger = ledger();
    ledger.apply(&adt(&person(&[("CLINIC", "1001")], "Doe")), "main", 1);
    ledger.apply(
        &oru(&person(&[("CLINIC", "1001"), ("STATE", "9")], "Doe"), "A1"),
        "main",
        2,
    );
    assert_eq!(sizes(&ledger), (1, 1, 1, 2));
}

#[test]
fn doubt_holds_and_writes_nothing() {
    let stranger = Person {
        sex: "male".into(),
        ..person(&[("CLINIC", "1001")], "Roe")
    };
    let cases = [
        (
            "split",
            person(&[("CLINIC", "1001"), ("CLINIC", "2002")], "Doe"),
            FindingKind::IdentityConflict,
        ),
        ("contradiction", stranger, FindingKind::IdentityConflict),
        (
            "namesake with another number",
            person(&[("CLINIC", "3003")], "Doe"),
            FindingKind::AmbiguousClient,
        ),
    ];
    for (name, person_of_message, kind) in cases {
        for import in [adt(&person_of_message), oru(&person_of_message, "A1")] {
            let mut ledger = ledger();
            ledger.apply(&adt(&person(&[("CLINIC", "1001")], "Doe")), "main", 1);
            ledger.apply(&adt(&person(&[("CLINIC", "2002")], "Poe")), "main", 2);
            let applied = ledger.apply(&import, "main", 3);
            assert_eq!(counts(&applied), (0, 0, 0, 0, vec![kind]), "{name}");
            assert_eq!(sizes(&ledger), (2, 0, 2, 2), "{name}");
        }
    }
}

#[test]
fn a_namesake_of_another_authority_is_the_same_person() {
    let mut ledger = ledger();
    ledger.apply(&adt(&person(&[("CLINIC", "1001")], "Doe")), "main", 1);
    let elsewhere = person(&[("STATE", "9")], "DOE");
    assert_eq!(
        counts(&ledger.apply(&oru(&elsewhere, "A1"), "main", 2)),
        (1, 0, 0, 0, vec![])
    );
    assert_eq!(sizes(&ledger), (1, 1, 1, 2));
}

#[test]
fn a_record_of_somebody_else_is_not_touched() {
    let mut ledger = ledger();
    let (jane, joan) = (
        person(&[("CLINIC", "1001")], "Doe"),
        person(&[("CLINIC", "2002")], "Poe"),
    );
    for (id, import) in [(1, adt(&jane)), (2, adt(&joan)), (3, oru(&jane, "A1"))] {
        ledger.apply(&import, "main", id);
    }
    let applied = ledger.apply(&oru(&joan, "A1"), "main", 4);
    assert_eq!(
        counts(&applied),
        (0, 0, 0, 0, vec![FindingKind::IdentityConflict])
    );
    assert_eq!(
        counts(&ledger.apply(&oru(&joan, "A1"), "other", 5)),
        (1, 0, 0, 0, vec![])
    );
    assert_eq!(sizes(&ledger), (2, 2, 2, 4));
}

#[test]
fn the_same_message_again_writes_nothing() {
    let jane = person(&[("CLINIC", "1001")], "Doe");
    let mut first = ledger();
    let mut import = adt(&jane);
    import.changes.extend(oru(&jane, "A1").changes);
    first.apply(&import, "main", 1);
    let mut second = ledger();
    let (_, stored) = first.clients().next().unwrap();
    let unedited = ClientRow {
        id: Some(1),
        edited: false,
        touched: false,
        ..stored.clone()
    };
    let slot = second.load_client(unedited.clone());
    second.load_identifier(number("CLINIC", "1001"), slot);
    let (stored_key, stored) = first.records(record_type("lab").unwrap()).next().unwrap();
    let mut lab = stored.clone();
    (lab.id, lab.client, lab.edited, lab.touched) = (Some(1), slot, false, false);
    second.load_record(stored_key.clone(), lab.clone());

    assert_eq!(
        counts(&second.apply(&import, "main", 1)),
        (0, 0, 2, 0, vec![])
    );
    assert_eq!(second.clients().next(), Some((slot, &unedited)));
    assert_eq!(
        second.records(record_type("lab").unwrap()).next(),
        Some((stored_key, &lab))
    );
    assert_eq!(sizes(&second), (1, 1, 0, 0));
}

#[test]
fn what_lacks_a_required_field_is_held_and_waits_for_its_registration() {
    let mut ledger = ledger();
    let jane = person(&[("CLINIC", "1001")], "Doe");
    let mut partial = adt(&jane);
    partial.changes[0].assignments.remove(0);
    let applied = ledger.apply(&partial, "main", 1);
    assert_eq!(
        counts(&applied),
        (0, 0, 0, 0, vec![FindingKind::MissingRequired])
    );
    assert_eq!(
        applied.findings[0].sentence,
        "the record would lack last_name"
    );
    assert_eq!(applied.findings[0].keys[0], number("CLINIC", "1001").key());
    assert_eq!(sizes(&ledger), (0, 0, 0, 0));

    ledger.apply(&adt(&jane), "main", 2);
    let mut dateless = oru(&jane, "A1");
    dateless.changes[0].assignments.pop();
    dateless.changes.extend(oru(&jane, "A2").changes);
    let applied = ledger.apply(&dateless, "main", 3);
    assert_eq!(
        counts(&applied),
        (1, 0, 0, 0, vec![FindingKind::MissingRequired])
    );
}

#[test]
fn nothing_is_lost_in_silence() {
    let jane = person(&[("CLINIC", "1001")], "Doe");
    let anonymous = Person {
        birth_date: "1994".into(),
        ..person(&[], "Doe")
    };
    let no_rule = Import {
        add: AddPolicy::Automatic,
        ..oru(&jane, "A1")
    };
    let no_person = Import {
        person: None,
        ..oru(&jane, "A1")
    };
    let no_account = Import {
        account: Account::default(),
        ..adt(&jane)
    };
    let cases = [
        (
            "no rule adds the client",
            no_rule,
            FindingKind::UnknownClient,
        ),
        (
            "nobody could find the client again",
            adt(&anonymous),
            FindingKind::UnknownClient,
        ),
        ("nobody is named", no_person, FindingKind::UnknownClient),
        ("nobody's account", no_account, FindingKind::UnknownAccount),
    ];
    for (name, import, kind) in cases {
        let mut ledger = ledger();
        let applied = ledger.apply(&import, "main", 1);
        assert_eq!(counts(&applied), (0, 0, 0, 0, vec![kind]), "{name}");
        assert_eq!(sizes(&ledger), (0, 0, 0, 0), "{name}");
    }
}
