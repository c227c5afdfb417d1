//! `resolve`: a table of who is who.
#![cfg(test)]

use cistern_care::{
    Candidate, ClientRow, ClientSlot, Identifier, Ledger, NameKey, Person, Record, Resolution,
    record_type, resolve,
};

fn slots() -> [ClientSlot; 2] {
    let mut ledger = Ledger::new();
    let row = ClientRow {
        id: Some(1),
        provider_id: 1,
        message_id: 1,
        record: Record::new(record_type("client").unwrap()),
        edited: false,
        touched: false,
    };
    [row.clone(), row].map(|row| ledger.load_client(row))
}

fn person(last_name: &str, birth_date: &str, sex: &str) -> Person {
    Person {
        identifiers: vec![Identifier::default()],
        last_name: last_name.into(),
        first_name: "Jane".into(),
        birth_date: birth_date.into(),
        sex: sex.into(),
    }
}

fn jane(client: ClientSlot, other_number: bool) -> Candidate {
    Candidate {
        client,
        last_name: "O'Neil-Doe".into(),
        birth_date: "1994-07-14".into(),
        sex: "female".into(),
        other_number,
    }
}

#[test]
fn an_identifier_is_believed_unless_two_things_differ() {
    let (doe, born) = ("O'Neil-Doe", "1994-07-14");
    let known = [
        ("agrees in all", "ONEIL DOE", born, "female"),
        ("married", "Roe", born, "female"),
        ("corrected birth date", doe, "1994-07-15", "female"),
        ("corrected sex", doe, born, "male"),
        ("says little", "", "", ""),
        ("sex unknown", "Roe", born, "unknown"),
        ("the year agrees", "Roe", "1994", "female"),
        ("the month agrees", "Roe", "1994-07", "female"),
    ];
    let contradicted = [
        ("another month", "Roe", "1994-08", "female"),
        ("another year", "Roe", "1995", "female"),
        ("name and date", "Roe", "1950-01-01", "female"),
        ("name and sex", "Roe", born, "male"),
        ("date and sex", doe, "1950-01-01", "male"),
        ("nothing agrees", "Roe", "1950-01-01", "male"),
    ];
    let [one, _] = slots();
    let of = |last_name, birth_date, sex| {
        resolve(&person(last_name, birth_date, sex), &[jane(one, true)], &[])
    };
    for (name, last_name, birth_date, sex) in known {
        assert_eq!(
            of(last_name, birth_date, sex),
            Resolution::Known(one),
            "{name}"
        );
    }
    for (name, last_name, birth_date, sex) in contradicted {
        assert_eq!(
            of(last_name, birth_date, sex),
            Resolution::Contradiction,
            "{name}"
        );
    }
}

#[test]
fn a_name_is_believed_when_there_is_no_doubt() {
    let [one, two] = slots();
    let cases = [
        ("nobody", "female", vec![], Resolution::Unknown),
        (
            "one",
            "female",
            vec![jane(one, false)],
            Resolution::Known(one),
        ),
        (
            "another number",
            "female",
            vec![jane(one, true)],
            Resolution::Ambiguous,
        ),
        (
            "another sex",
            "male",
            vec![jane(one, false)],
            Resolution::Ambiguous,
        ),
        (
            "two",
            "female",
            vec![jane(one, false), jane(two, false)],
            Resolution::Ambiguous,
        ),
    ];
    for (name, sex, candidates, expected) in cases {
        let person = person("ONEIL DOE", "1994-07-14", sex);
        assert_eq!(resolve(&person, &[], &candidates), expected, "{name}");
    }
}

#[test]
fn identifiers_come_before_names_and_must_agree() {
    let [one, two] = slots();
    let same = person("O'Neil-Doe", "1994-07-14", "female");
    let split = [jane(one, false), jane(two, false)];
    assert_eq!(resolve(&same, &split, &[]), Resolution::SplitIdentifiers);
    let twice = [jane(one, false), jane(one, false)];
    assert_eq!(
        resolve(&same, &twice, &[jane(two, false)]),
        Resolution::Known(one)
    );
}

#[test]
fn a_name_key_folds_what_does_not_count() {
    let key =
        |last, first, birth| NameKey::new(last, first, birth).map(|key| key.as_str().to_owned());
    let expected = Some("ONEILDOE|JANE|1994-07-14".to_owned());
    for (last, first) in [
        ("O'Neil-Doe", "Jane"),
        ("ONEIL DOE", "jane"),
        ("o neil doe", " Jane "),
    ] {
        assert_eq!(key(last, first, "1994-07-14"), expected);
    }
    assert_eq!(
        key("Núñez", "Zoë", "1994-07-14").as_deref(),
        Some("NÚÑEZ|ZOË|1994-07-14")
    );
    for (last, first, birth) in [
        ("", "Jane", "1994-07-14"),
        ("Doe", "-", "1994-07-14"),
        ("Doe", "Jane", "1994-07"),
    ] {
        assert_eq!(key(last, first, birth), None);
    }
}
