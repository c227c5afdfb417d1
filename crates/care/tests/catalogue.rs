//! The catalogue makes sense: names are columns, and what it names is there.
#![cfg(test)]

use std::collections::BTreeSet;

use cistern_care::{Kind, catalogue, record_type};

/// Columns that every table has beside the fields.
const RESERVED: [&str; 11] = [
    "id",
    "provider_id",
    "client_id",
    "feed",
    "source_key",
    "status",
    "as_of",
    "message_id",
    "mapping_version",
    "created_at",
    "updated_at",
];

#[test]
fn names_are_distinct_columns() {
    let records: BTreeSet<_> = catalogue().iter().map(|record| record.name).collect();
    assert_eq!(records.len(), catalogue().len());
    for record in catalogue() {
        let fields: BTreeSet<_> = record.fields.iter().map(|field| field.name).collect();
        assert_eq!(fields.len(), record.fields.len(), "{}", record.name);
        for name in fields.iter().chain([&record.name]) {
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            assert!(name.starts_with(|c: char| c.is_ascii_lowercase()), "{name}");
            assert!(
                name.chars().all(plain) && !RESERVED.contains(name),
                "{name}"
            );
        }
        assert!(!record.about.is_empty());
        assert!(record.fields.iter().all(|field| !field.about.is_empty()));
        assert!(
            record.fields.iter().any(|field| field.required),
            "{}",
            record.name
        );
    }
}

#[test]
fn life_cycles_name_fields_that_are_there() {
    for record in catalogue() {
        let status = record.status_field.map(|name| record.field(name).unwrap());
        assert!(status.is_none_or(|field| field.kind == Kind::Code));
        assert!(
            record.provisional.is_empty() || status.is_some(),
            "{}",
            record.name
        );
        let correction = record.correction.as_ref();
        let counted = correction.map(|correction| record.field(correction.value_field));
        assert!(
            counted.is_none_or(|field| field.is_some()),
            "{}",
            record.name
        );
        assert!(correction.is_none() || status.is_some(), "{}", record.name);
    }
}

#[test]
fn a_record_type_is_found_by_its_name() {
    for record in catalogue() {
        assert_eq!(record_type(record.name), Some(record));
    }
    assert_eq!(record_type("Client"), None);
    assert_eq!(
        catalogue()[0].name,
        "client",
        "records refer to clients, so these come first"
    );
}
