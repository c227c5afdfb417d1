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

#[test]
fn who_is_who() {
    let [one, two] = slots();
    let jane = |client, other_number| Candidate {
        client,
        last_name: "O'Neil-Doe".into(),
        birth_date: "1994-07-14".into(),
        sex: "female".into(),
        other_number,
    };
    let same = person("ONEIL DOE", "1994-07-14", "female");
    let known = Resolution::Known(one);
    let by_identifier = [
        ("agrees in all", same.clone(), known.clone()),
        (
            "married",
            person("Roe", "1994-07-14", "female"),
            known.clone(),
        ),
        (
            "corrected birth date",
            person("O'Neil-Doe", "1994-07-15", "female"),
            known.clone(),
        ),
        (
            "corrected sex",
            person("O'Neil-Doe", "1994-07-14", "male"),
            known.clone(),
        ),
        ("says little", person("", "", ""), known.clone()),
        (
            "sex unknown",
            person("Roe", "1994-07-14", "unknown"),
            known.clone(),
        ),
        (
            "the year agrees",
            person("Roe", "1994", "female"),
            known.clone(),
        ),
        (
            "the month agrees",
            person("Roe", "1994-07", "female"),
            known.clone(),
        ),
        (
            "another month",
            person("Roe", "1994-08", "female"),
            Resolution::Contradiction,
        ),
        (
            "another year",
            person("Roe", "1995", "female"),
            Resolution::Contradiction,
        ),
        (
            "name and date",
            person("Roe", "1950-01-01", "female"),
            Resolution::Contradiction,
        ),
        (
            "name and sex",
            person("Roe", "1994-07-14", "male"),
            Resolution::Contradiction,
        ),
        (
            "date and sex",
            person("O'Neil-Doe", "1950-01-01", "male"),
            Resolution::Contradiction,
        ),
        (
            "nothing agrees",
            person("Roe", "1950-01-01", "male"),
            Resolution::Contradiction,
        ),
    ];
    for (name, person, expected) in by_identifier {
        assert_eq!(
            resolve(&person, &[jane(one, true)], &[]),
            expected,
            "{name}"
        );
    }
    let by_name = [
        ("nobody", vec![], Resolution::Unknown),
        ("one", vec![jane(one, false)], known.clone()),
        (
            "one with another number",
            vec![jane(one, true)],
            Resolution::Ambiguous,
        ),
        (
            "two",
            vec![jane(one, false), jane(two, false)],
            Resolution::Ambiguous,
        ),
    ];
    for (name, candidates, expected) in by_name {
        assert_eq!(resolve(&same, &[], &candidates), expected, "{name}");
    }
    let other_sex = person("O'Neil-Doe", "1994-07-14", "male");
    assert_eq!(
        resolve(&other_sex, &[], &[jane(one, false)]),
        Resolution::Ambiguous
    );
    let split = [jane(one, false), jane(two, false)];
    assert_eq!(resolve(&same, &split, &[]), Resolution::SplitIdentifiers);
    let twice = [jane(one, false), jane(one, false)];
    assert_eq!(resolve(&same, &twice, &[jane(two, false)]), known);
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
