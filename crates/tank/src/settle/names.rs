//! Which rows a batch of outcomes names: accounts, people and records.

use std::collections::{BTreeMap, BTreeSet};

use care::{Account, Identifier, Import, NameKey, Person, RecordKey};
use serde_json::{Value, json};

use crate::batch::{Disposition, Outcome};

/// Every key that the outcomes speak of, each once.
pub(super) struct Names<'a> {
    pub(super) accounts: BTreeSet<&'a Account>,
    identifiers: BTreeSet<&'a Identifier>,
    name_keys: BTreeSet<NameKey>,
    records: BTreeSet<RecordKey>,
}

impl<'a> Names<'a> {
    pub(super) fn of(outcomes: &'a [Outcome], feeds: &BTreeMap<i64, &str>) -> Names<'a> {
        let imports: Vec<_> = imports(outcomes).collect();
        let people = imports
            .iter()
            .filter_map(|(_, import)| import.person.as_ref());
        let mut records = BTreeSet::new();
        for (message_id, import) in &imports {
            let feed = feeds.get(message_id).copied().unwrap_or_default();
            let of_clients = import
                .changes
                .iter()
                .filter(|change| change.record.name != "client");
            records.extend(of_clients.map(|change| RecordKey {
                record: change.record.name,
                feed: feed.to_owned(),
                source_key: change.source_key.clone(),
            }));
        }
        Names {
            accounts: imports.iter().map(|(_, import)| &import.account).collect(),
            identifiers: people
                .clone()
                .flat_map(|person| &person.identifiers)
                .collect(),
            name_keys: people.filter_map(Person::name_key).collect(),
            records,
        }
    }

    /// The keys under which messages wait for the same people.
    pub(super) fn people(&self) -> Vec<String> {
        let identifiers = self.identifiers.iter().map(|identifier| identifier.key());
        identifiers
            .chain(self.name_keys.iter().map(NameKey::key))
            .collect()
    }

    /// The identifiers, each an array of its columns.
    pub(super) fn identifiers(&self) -> Value {
        self.identifiers
            .iter()
            .map(|id| json!([id.authority, id.id, id.type_code]))
            .collect()
    }

    /// The keys of name and birth date.
    pub(super) fn name_keys(&self) -> Value {
        self.name_keys
            .iter()
            .map(|name| json!(name.as_str()))
            .collect()
    }

    /// The records of all types, each an array of type, feed and source key.
    pub(super) fn records(&self) -> Value {
        self.records
            .iter()
            .map(|key| json!([key.record, key.feed, key.source_key]))
            .collect()
    }

    /// Whether a record of this type is among them.
    pub(super) fn has(&self, record: &str) -> bool {
        self.records.iter().any(|key| key.record == record)
    }
}

fn imports(outcomes: &[Outcome]) -> impl Iterator<Item = (i64, &Import)> {
    outcomes
        .iter()
        .filter_map(|outcome| match &outcome.disposition {
            Disposition::Import(import) => Some((outcome.message_id, import)),
            Disposition::Ignore(_) | Disposition::Hold(_) => None,
        })
}
