//! The stored rows that a batch of messages names, and what the batch makes of them.
//!
//! A backend loads the rows, lets [`Ledger::apply`] decide for each message in order of arrival,
//! and writes what was touched. A client whom the first message adds is found by the second.

mod client;

use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::{Field, RecordType};
use crate::change::{Account, Change, Import};
use crate::finding::{Finding, FindingKind, Severity};
use crate::merge::{Edit, Merge, merge};
use crate::person::{Identifier, NameKey};
use crate::record::{Record, Stamp};

/// Stored and new rows, and the history of what changed them.
#[derive(Debug, Default)]
pub struct Ledger {
    accounts: BTreeMap<Account, i64>,
    clients: Vec<ClientRow>,
    by_identifier: BTreeMap<Identifier, ClientSlot>,
    numbers: BTreeMap<ClientSlot, Numbers>,
    by_name: BTreeMap<NameKey, Vec<ClientSlot>>,
    records: BTreeMap<RecordKey, RecordRow>,
    new_identifiers: Vec<NewIdentifier>,
    revisions: Vec<Revision>,
}

/// The numbers of one client, by authority and type.
type Numbers = BTreeMap<(String, String), BTreeSet<String>>;

/// The place of a client in a ledger. A new client has no id in the database yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientSlot(usize);

/// A client of the ledger.
#[derive(Clone, Debug, PartialEq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "loaded and written by every backend"
)]
pub struct ClientRow {
    /// The id in the database; `None` for a client whom this batch added.
    pub id: Option<i64>,
    /// The provider who added the client.
    pub provider_id: i64,
    /// The message that last changed a value.
    pub message_id: i64,
    /// The values.
    pub record: Record,
    /// Whether a value is another than in the database.
    pub edited: bool,
    /// Whether the sources of the values are others than in the database.
    pub touched: bool,
}

/// A record of the ledger that belongs to a client.
#[derive(Clone, Debug, PartialEq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "loaded and written by every backend"
)]
pub struct RecordRow {
    /// The id in the database; `None` for a record that this batch added.
    pub id: Option<i64>,
    /// Whose it is.
    pub client: ClientSlot,
    /// The provider on whose behalf it is kept.
    pub provider_id: i64,
    /// The message that last changed a value.
    pub message_id: i64,
    /// The values.
    pub record: Record,
    /// Whether a value is another than in the database.
    pub edited: bool,
    /// Whether the sources of the values are others than in the database.
    pub touched: bool,
}

/// What names a record for good: its type, its feed, and the sender's own key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_structs, reason = "the natural key by definition")]
pub struct RecordKey {
    /// The name of the record type.
    pub record: &'static str,
    /// The feed that brought it.
    pub feed: String,
    /// The sender's own key.
    pub source_key: String,
}

/// Which row a revision is about.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "clients and their records are all there is"
)]
pub enum RecordSlot {
    /// A client.
    Client(ClientSlot),
    /// A record of a client.
    Record(RecordKey),
}

/// An identifier that this batch gave to a client.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "written by every backend")]
pub struct NewIdentifier {
    /// The identifier.
    pub identifier: Identifier,
    /// Whose it is.
    pub client: ClientSlot,
    /// The message that brought it.
    pub message_id: i64,
}

/// One line of history: a message changed these fields of a record.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "written by every backend")]
pub struct Revision {
    /// The record.
    pub target: RecordSlot,
    /// The message.
    pub message_id: i64,
    /// The fields with their values before and after.
    pub edits: Vec<Edit>,
}

/// What became of one message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "read by every backend")]
pub struct Applied {
    /// Records added.
    pub added: usize,
    /// Records that have other values now.
    pub changed: usize,
    /// Records that had these values already.
    pub unchanged: usize,
    /// Records about which something newer was stored.
    pub late: usize,
    /// What the mapping found, and what came up here.
    pub findings: Vec<Finding>,
}

impl Applied {
    /// Whether the message must wait for a decision.
    pub fn is_held(&self) -> bool {
        self.findings
            .iter()
            .any(|finding| finding.severity == Severity::Hold)
    }

    fn hold(&mut self, kind: FindingKind, sentence: &str) {
        self.findings
            .push(Finding::new(Severity::Hold, kind, sentence));
    }

    fn count(&mut self, merge: &Merge) {
        match merge {
            Merge::Added(_) => self.added += 1,
            Merge::Changed(_) => self.changed += 1,
            Merge::Confirmed | Merge::Unchanged => self.unchanged += 1,
            Merge::Late => self.late += 1,
            Merge::Incomplete(_) => {}
        }
    }
}

impl Ledger {
    /// An empty ledger.
    pub fn new() -> Ledger {
        Ledger::default()
    }

    /// Loads the provider of an account.
    pub fn load_account(&mut self, account: Account, provider_id: i64) {
        self.accounts.insert(account, provider_id);
    }

    /// Loads a client.
    pub fn load_client(&mut self, row: ClientRow) -> ClientSlot {
        let slot = ClientSlot(self.clients.len());
        self.clients.push(row);
        self.index_name(slot);
        slot
    }

    /// Loads an identifier of a loaded client.
    pub fn load_identifier(&mut self, identifier: Identifier, client: ClientSlot) {
        let Identifier {
            authority,
            id,
            type_code,
        } = identifier.clone();
        let numbers = self.numbers.entry(client).or_default();
        numbers
            .entry((authority, type_code))
            .or_default()
            .insert(id);
        self.by_identifier.insert(identifier, client);
    }

    /// All identifiers of a client.
    pub fn identifiers_of(&self, client: ClientSlot) -> impl Iterator<Item = Identifier> {
        let numbers = self.numbers.get(&client).into_iter().flatten();
        numbers.flat_map(|((authority, type_code), ids)| {
            ids.iter().map(|id| Identifier {
                authority: authority.clone(),
                id: id.clone(),
                type_code: type_code.clone(),
            })
        })
    }

    /// Loads a record of a loaded client.
    pub fn load_record(&mut self, key: RecordKey, row: RecordRow) {
        self.records.insert(key, row);
    }

    /// The clients, by slot.
    pub fn clients(&self) -> impl Iterator<Item = (ClientSlot, &ClientRow)> {
        self.clients
            .iter()
            .enumerate()
            .map(|(place, row)| (ClientSlot(place), row))
    }

    /// The records of one type, by key.
    pub fn records(
        &self,
        record_type: &RecordType,
    ) -> impl Iterator<Item = (&RecordKey, &RecordRow)> {
        self.records
            .iter()
            .filter(move |(key, _)| key.record == record_type.name)
    }

    /// The identifiers that this batch gave to clients.
    pub fn new_identifiers(&self) -> &[NewIdentifier] {
        &self.new_identifiers
    }

    /// The history of this batch, in the order in which it happened.
    pub fn revisions(&self) -> &[Revision] {
        &self.revisions
    }

    /// Applies what one message says. Messages of a batch are applied in order of arrival.
    pub fn apply(&mut self, import: &Import, feed: &str, message_id: i64) -> Applied {
        let mut applied = Applied {
            findings: import.findings.clone(),
            ..Applied::default()
        };
        let Some(&provider_id) = self.accounts.get(&import.account) else {
            applied.findings.push(unknown_account(&import.account));
            return applied;
        };
        let Some(client) = self.find_or_add(import, provider_id, message_id, &mut applied) else {
            return applied;
        };
        for change in &import.changes {
            if change.record.name == "client" {
                continue;
            }
            let key = RecordKey {
                record: change.record.name,
                feed: feed.to_owned(),
                source_key: change.source_key.clone(),
            };
            self.write_record(key, change, (client, provider_id, message_id), &mut applied);
        }
        applied
    }

    fn write_record(
        &mut self,
        key: RecordKey,
        change: &Change,
        (client, provider_id, message_id): (ClientSlot, i64, i64),
        applied: &mut Applied,
    ) {
        let stored = self.records.get_mut(&key);
        if stored.as_ref().is_some_and(|row| row.client != client) {
            let sentence = "a record with this key belongs to another client: \
                            find out whose it is before it is imported";
            return applied.hold(FindingKind::IdentityConflict, sentence);
        }
        let mut record = stored.as_ref().map(|row| row.record.clone());
        let outcome = merge(&mut record, change, stamp(change, message_id));
        applied.count(&outcome);
        match (stored, record) {
            (Some(row), Some(record)) => {
                row.record = record;
                row.touched |= outcome.is_write();
                if outcome.is_edit() {
                    row.edited = true;
                    row.message_id = message_id;
                }
            }
            (None, Some(record)) => {
                let row = RecordRow {
                    id: None,
                    client,
                    provider_id,
                    message_id,
                    record,
                    edited: true,
                    touched: true,
                };
                self.records.insert(key.clone(), row);
            }
            (_, None) => {}
        }
        self.note(outcome, RecordSlot::Record(key), message_id, applied);
    }

    /// Writes history, or says why nothing was written.
    fn note(&mut self, outcome: Merge, target: RecordSlot, message_id: i64, applied: &mut Applied) {
        match outcome {
            Merge::Added(edits) | Merge::Changed(edits) => {
                self.revisions.push(Revision {
                    target,
                    message_id,
                    edits,
                });
            }
            Merge::Incomplete(missing) => {
                applied.findings.push(incomplete(&missing));
            }
            Merge::Late => {
                let sentence = "something newer is stored, so nothing was changed";
                let late = Finding::new(Severity::Info, FindingKind::Late, sentence);
                applied.findings.push(late);
            }
            Merge::Confirmed | Merge::Unchanged => {}
        }
    }
}

fn unknown_account(account: &Account) -> Finding {
    let sentence = "the pair of sender and receiver belongs to no provider: say to which";
    Finding::new(Severity::Hold, FindingKind::UnknownAccount, sentence).about_account(account)
}

fn incomplete(missing: &[&Field]) -> Finding {
    let names: Vec<_> = missing.iter().map(|field| field.name).collect();
    let sentence = format!("the record would lack {}", names.join(", "));
    Finding::new(Severity::Hold, FindingKind::MissingRequired, sentence)
}

/// What is provisional gives way to what is not, whichever is newer.
fn stamp(change: &Change, message_id: i64) -> Stamp {
    let status = change
        .record
        .status_field
        .and_then(|field| change.text(field));
    let provisional = status.is_some_and(|status| change.record.provisional.contains(&status));
    Stamp {
        tier: u8::from(!provisional),
        as_of: change.as_of,
        message_id,
    }
}
