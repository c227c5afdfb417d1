//! What one message wants to change: the pure output of a mapping.

use crate::catalogue::{Field, RecordType};
use crate::finding::Finding;
use crate::person::Person;
use crate::value::Value;

/// Everything that one message says, in the terms of the catalogue.
#[derive(Clone, Debug, PartialEq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "built by every mapping, read by every tank"
)]
pub struct Import {
    /// The agency on whose behalf the records are kept, as the message names it.
    pub account: Account,
    /// The person the message is about, where it names one.
    pub person: Option<Person>,
    /// What to do when nobody of that name and number is known.
    pub add: AddPolicy,
    /// The records to write, each with its own key.
    pub changes: Vec<Change>,
    /// What a person should know or must decide; a [`crate::Severity::Hold`] keeps the message
    /// on the work list, and the record that it concerns is then not among the changes.
    pub findings: Vec<Finding>,
}

/// Who sends, and to whom: the pair that belongs to one provider (MSH-3 or -4, MSH-5 or -6).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_structs, reason = "a pair by definition")]
pub struct Account {
    /// The sending facility, else the sending application.
    pub sender: String,
    /// The receiving facility, else the receiving application.
    pub receiver: String,
}

impl Account {
    /// The key under which a held message waits for this account.
    pub fn key(&self) -> String {
        ["account", &self.sender, &self.receiver].join("\u{1f}")
    }
}

/// What becomes of a person who is not known yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "every importer must treat each")]
pub enum AddPolicy {
    /// Add the client at once.
    Automatic,
    /// Hold the message for a person's decision.
    Hold,
}

/// One record that a message adds or changes.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Change {
    /// The type of the record.
    pub record: &'static RecordType,
    /// The name of the rule that made the change.
    pub rule: String,
    /// The sender's own key of the record, unique within its feed and type. Empty for a client,
    /// who is found by identity.
    pub source_key: String,
    /// The time by which newer and older are judged, in milliseconds since 1970.
    pub as_of: i64,
    /// The fields that the message speaks of; every other field is left as it is.
    pub assignments: Vec<Assignment>,
}

impl Change {
    /// A change of no field yet.
    pub fn new(record: &'static RecordType, rule: impl Into<String>) -> Change {
        let rule = rule.into();
        Change {
            record,
            rule,
            source_key: String::new(),
            as_of: 0,
            assignments: Vec::new(),
        }
    }

    /// Sets a field to a value that came from this message path.
    pub fn set(&mut self, field: &'static Field, value: Value, path: impl Into<String>) {
        self.assign(field, Patch::Set(value), path);
    }

    /// Sets or clears a field; a later assignment of the same field replaces the earlier.
    pub fn assign(&mut self, field: &'static Field, patch: Patch, path: impl Into<String>) {
        self.assignments.retain(|earlier| earlier.field != field);
        self.assignments.push(Assignment {
            field,
            patch,
            path: path.into(),
        });
    }

    /// What the change says of a field.
    pub fn patch(&self, field: &str) -> Option<&Patch> {
        self.assignments
            .iter()
            .find(|a| a.field.name == field)
            .map(|a| &a.patch)
    }

    /// The text to which the change sets a field.
    pub(crate) fn text(&self, field: &str) -> Option<&str> {
        match self.patch(field) {
            Some(Patch::Set(value)) => value.as_text(),
            Some(Patch::Clear) | None => None,
        }
    }
}

/// One field of a change.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "a triple by definition")]
pub struct Assignment {
    /// The field.
    pub field: &'static Field,
    /// What becomes of it.
    pub patch: Patch,
    /// Where in the message that stands, `PID-5.1`.
    pub path: String,
}

/// What a message says of one field. A field that it does not mention has no patch.
#[derive(Clone, Debug, PartialEq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "absent, null and valued are all there is"
)]
pub enum Patch {
    /// A value.
    Set(Value),
    /// HL7 null (`""`): delete what is stored.
    Clear,
}
