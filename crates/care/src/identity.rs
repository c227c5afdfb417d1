//! Who is this? By identifier first, then by name and birth date; never a choice between two.

use crate::ledger::ClientSlot;
use crate::person::{Person, fold};

/// A stored client who may be the person.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "built by every caller of resolve"
)]
pub struct Candidate {
    /// The client.
    pub client: ClientSlot,
    /// Family name.
    pub last_name: String,
    /// Date of birth in ISO 8601.
    pub birth_date: String,
    /// Sex in the words of table `sex`, or empty.
    pub sex: String,
    /// Whether the client already has another number of a type and authority that the person
    /// brings, which makes it doubtful that they are the same.
    pub other_number: bool,
}

/// The answer of [`resolve`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "every importer must treat each")]
pub enum Resolution {
    /// The person is this client.
    Known(ClientSlot),
    /// Nobody is known under these identifiers or this name and birth date.
    Unknown,
    /// Several clients could be meant, or one of whom it is doubtful.
    Ambiguous,
    /// The identifiers belong to several clients.
    SplitIdentifiers,
    /// The identifier belongs to a client whose demographics contradict the message.
    Contradiction,
}

/// Decides who a person is, from the clients that have one of the identifiers and those of the
/// same name and birth date.
///
/// A hit by identifier is doubted when two of family name, birth date and sex differ: a re-used
/// number, or a mix-up, is how a result reaches the wrong chart. One difference alone is a
/// marriage, a corrected birth date or a corrected sex.
pub fn resolve(person: &Person, by_identifier: &[Candidate], by_name: &[Candidate]) -> Resolution {
    if let Some((first, rest)) = by_identifier.split_first() {
        if rest.iter().any(|other| other.client != first.client) {
            return Resolution::SplitIdentifiers;
        }
        if contradictions(person, first) >= 2 {
            return Resolution::Contradiction;
        }
        return Resolution::Known(first.client);
    }
    match by_name {
        [] => Resolution::Unknown,
        [only] if !only.other_number && contradictions(person, only) == 0 => {
            Resolution::Known(only.client)
        }
        _ => Resolution::Ambiguous,
    }
}

/// How many of family name, birth date and sex are known on both sides and differ.
fn contradictions(person: &Person, candidate: &Candidate) -> usize {
    let pairs = [
        (fold(&person.last_name), fold(&candidate.last_name)),
        (person.birth_date.clone(), candidate.birth_date.clone()),
        (known_sex(&person.sex), known_sex(&candidate.sex)),
    ];
    pairs
        .iter()
        .filter(|(a, b)| !a.is_empty() && !b.is_empty() && !agrees(a, b))
        .count()
}

/// A birth date of lower precision agrees with every date inside it.
fn agrees(a: &str, b: &str) -> bool {
    a == b || (a.contains('-') || b.contains('-')) && (a.starts_with(b) || b.starts_with(a))
}

fn known_sex(sex: &str) -> String {
    if sex == "unknown" {
        String::new()
    } else {
        sex.to_owned()
    }
}
