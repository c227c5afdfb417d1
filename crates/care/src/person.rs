//! The person a message is about, as far as the message says.

use crate::record::Record;

/// Identifiers and the demographics by which a client is recognised.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "built by every mapping")]
pub struct Person {
    /// Every identifier of the message, the most trusted first.
    pub identifiers: Vec<Identifier>,
    /// Family name, or empty.
    pub last_name: String,
    /// Given name, or empty.
    pub first_name: String,
    /// Date of birth in ISO 8601, or empty.
    pub birth_date: String,
    /// Sex in the words of table `sex`, or empty.
    pub sex: String,
}

impl Person {
    /// The key of name and birth date, when all three parts are there and the date has a day.
    pub fn name_key(&self) -> Option<NameKey> {
        NameKey::new(&self.last_name, &self.first_name, &self.birth_date)
    }

    /// Whether a later message can be known to be about the same person. Without that, each one
    /// would add a client of its own.
    pub(crate) fn is_recognisable(&self) -> bool {
        !self.identifiers.is_empty() || self.name_key().is_some()
    }
}

/// One identifier of a person. The three parts together are unique in the database.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_structs, reason = "the identity key by definition")]
pub struct Identifier {
    /// The assigning authority (CX.4): its universal id or its namespace, never empty.
    pub authority: String,
    /// The identifier itself (CX.1), with its leading zeros.
    pub id: String,
    /// The type code (CX.5), `MR`.
    pub type_code: String,
}

impl Identifier {
    /// The key under which a held message waits for a client with this identifier.
    pub fn key(&self) -> String {
        ["id", &self.authority, &self.type_code, &self.id].join("\u{1f}")
    }
}

/// Family name, given name and birth date, folded so that case, spaces and hyphens do not count.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NameKey(String);

impl NameKey {
    /// The key, or `None` when a part is missing or the date is not a whole day.
    pub fn new(last_name: &str, first_name: &str, birth_date: &str) -> Option<NameKey> {
        let (last, first) = (fold(last_name), fold(first_name));
        if last.is_empty() || first.is_empty() || birth_date.len() != "YYYY-MM-DD".len() {
            return None;
        }
        Some(NameKey([last.as_str(), &first, birth_date].join("|")))
    }

    /// The key of a client.
    pub fn of(client: &Record) -> Option<NameKey> {
        let text = |field| client.text(field);
        NameKey::new(text("last_name"), text("first_name"), text("birth_date"))
    }

    /// The text that the database keeps beside the client.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key under which a held message waits for a client of this name and birth date.
    pub fn key(&self) -> String {
        ["name", self.as_str()].join("\u{1f}")
    }
}

pub(crate) fn fold(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_uppercase)
        .collect()
}
