//! Finding the client of a message in the ledger, or adding one.

use std::collections::BTreeSet;

use super::{Applied, ClientRow, ClientSlot, Ledger, NewIdentifier, RecordSlot, incomplete, stamp};
use crate::change::{AddPolicy, Change, Import};
use crate::finding::{Finding, FindingKind, Severity};
use crate::identity::{Candidate, Resolution, resolve};
use crate::merge::{Merge, merge};
use crate::person::{Identifier, NameKey, Person};

impl Ledger {
    /// The client of a message with its demographics applied, or a finding why there is none.
    pub(super) fn find_or_add(
        &mut self,
        import: &Import,
        provider_id: i64,
        message_id: i64,
        applied: &mut Applied,
    ) -> Option<ClientSlot> {
        let Some(person) = &import.person else {
            if !import.changes.is_empty() {
                applied.hold(FindingKind::UnknownClient, "the message names no person");
            }
            return None;
        };
        let demographics = import
            .changes
            .iter()
            .find(|change| change.record.name == "client");
        let may_add = import.add == AddPolicy::Automatic && person.is_recognisable();
        let slot = match (self.resolve(person), demographics) {
            (Resolution::Known(slot), None) => slot,
            (Resolution::Known(slot), Some(change)) => {
                self.revise_client(slot, change, message_id, applied);
                slot
            }
            (Resolution::Unknown, Some(change)) if may_add => {
                let row = (person, provider_id, message_id);
                self.add_client(change, row, applied)?
            }
            (doubtful, _) => {
                applied.findings.push(doubt(&doubtful, person));
                return None;
            }
        };
        if import.add == AddPolicy::Automatic {
            self.link(&person.identifiers, slot, message_id);
        }
        Some(slot)
    }

    fn resolve(&self, person: &Person) -> Resolution {
        let hits = person
            .identifiers
            .iter()
            .filter_map(|id| self.by_identifier.get(id));
        let hits: BTreeSet<_> = hits.copied().collect();
        let by_identifier: Vec<_> = hits
            .into_iter()
            .filter_map(|slot| self.candidate(slot, person))
            .collect();
        let by_name: Vec<_> = match person.name_key() {
            Some(key) if by_identifier.is_empty() => self.namesakes(&key, person),
            _ => Vec::new(),
        };
        resolve(person, &by_identifier, &by_name)
    }

    fn namesakes(&self, key: &NameKey, person: &Person) -> Vec<Candidate> {
        let slots = self.by_name.get(key).map(Vec::as_slice).unwrap_or_default();
        let named = |slot: &&ClientSlot| {
            self.client(**slot)
                .is_some_and(|row| NameKey::of(&row.record).as_ref() == Some(key))
        };
        slots
            .iter()
            .filter(named)
            .filter_map(|&slot| self.candidate(slot, person))
            .collect()
    }

    fn candidate(&self, slot: ClientSlot, person: &Person) -> Option<Candidate> {
        let record = &self.client(slot)?.record;
        let other_number = person.identifiers.iter().any(|id| self.has_other(slot, id));
        Some(Candidate {
            client: slot,
            last_name: record.text("last_name").to_owned(),
            birth_date: record.text("birth_date").to_owned(),
            sex: record.text("sex_at_birth").to_owned(),
            other_number,
        })
    }

    /// Whether the client has a number of this authority and type, but another one.
    fn has_other(&self, slot: ClientSlot, identifier: &Identifier) -> bool {
        let kind = (identifier.authority.clone(), identifier.type_code.clone());
        let numbers = self
            .numbers
            .get(&slot)
            .and_then(|numbers| numbers.get(&kind));
        numbers.is_some_and(|numbers| numbers.iter().any(|number| *number != identifier.id))
    }

    fn add_client(
        &mut self,
        change: &Change,
        (person, provider_id, message_id): (&Person, i64, i64),
        applied: &mut Applied,
    ) -> Option<ClientSlot> {
        let slot = ClientSlot(self.clients.len());
        let mut record = None;
        let outcome = merge(&mut record, change, stamp(change, message_id));
        if let Merge::Incomplete(missing) = &outcome {
            // An update that has overtaken the registration.
            applied.findings.push(awaiting(person, incomplete(missing)));
            return None;
        }
        applied.count(&outcome);
        self.note(outcome, RecordSlot::Client(slot), message_id, applied);
        let row = ClientRow {
            id: None,
            provider_id,
            message_id,
            record: record?,
            edited: true,
            touched: true,
        };
        Some(self.load_client(row))
    }

    fn revise_client(
        &mut self,
        slot: ClientSlot,
        change: &Change,
        message_id: i64,
        applied: &mut Applied,
    ) {
        let Some(row) = self.clients.get_mut(slot.0) else {
            return;
        };
        let mut record = Some(row.record.clone());
        let outcome = merge(&mut record, change, stamp(change, message_id));
        if let Some(record) = record {
            row.record = record;
        }
        row.touched |= outcome.is_write();
        if outcome.is_edit() {
            row.edited = true;
            row.message_id = message_id;
        }
        applied.count(&outcome);
        self.index_name(slot);
        self.note(outcome, RecordSlot::Client(slot), message_id, applied);
    }

    fn link(&mut self, identifiers: &[Identifier], client: ClientSlot, message_id: i64) {
        for identifier in identifiers {
            if !self.by_identifier.contains_key(identifier) {
                self.load_identifier(identifier.clone(), client);
                let identifier = identifier.clone();
                self.new_identifiers.push(NewIdentifier {
                    identifier,
                    client,
                    message_id,
                });
            }
        }
    }

    pub(super) fn index_name(&mut self, slot: ClientSlot) {
        let key = self.client(slot).and_then(|row| NameKey::of(&row.record));
        if let Some(key) = key {
            let slots = self.by_name.entry(key).or_default();
            if !slots.contains(&slot) {
                slots.push(slot);
            }
        }
    }

    fn client(&self, slot: ClientSlot) -> Option<&ClientRow> {
        self.clients.get(slot.0)
    }
}

fn doubt(resolution: &Resolution, person: &Person) -> Finding {
    let (kind, sentence) = match resolution {
        Resolution::Known(_) | Resolution::Unknown => (
            FindingKind::UnknownClient,
            "nobody is known under these identifiers, nor under this name and birth date: \
             the message waits until the client is registered",
        ),
        Resolution::Ambiguous => (
            FindingKind::AmbiguousClient,
            "the name and birth date fit a client, but not beyond doubt: \
             say which client is meant",
        ),
        Resolution::SplitIdentifiers => (
            FindingKind::IdentityConflict,
            "the identifiers of this message belong to different clients",
        ),
        Resolution::Contradiction => (
            FindingKind::IdentityConflict,
            "the identifier belongs to a client whose name, birth date or sex contradict \
             the message",
        ),
    };
    awaiting(person, Finding::new(Severity::Hold, kind, sentence))
}

/// The same finding, freed when the person is stored.
fn awaiting(person: &Person, finding: Finding) -> Finding {
    let mut finding = finding.at("PID");
    finding
        .keys
        .extend(person.identifiers.iter().map(Identifier::key));
    finding.keys.extend(person.name_key().map(|key| key.key()));
    finding
}
