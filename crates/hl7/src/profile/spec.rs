//! What the user wrote: the keys of a profile with their places, nothing of it understood yet.

use std::collections::BTreeMap;
use std::mem;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer, Error};

use super::error::{ProfileFault, ProfileFaultKind};
use crate::ack::Severity;

/// One file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Spec {
    pub(super) name: String,
    pub(super) applies_to: Option<Spanned<Vec<Spanned<String>>>>,
    pub(super) versions: Option<Spanned<Vec<Spanned<String>>>>,
    #[serde(default)]
    pub(super) segments: BTreeMap<Spanned<String>, Spanned<RangeSpec>>,
    #[serde(default)]
    pub(super) fields: BTreeMap<Spanned<String>, FieldSpec>,
    #[serde(default)]
    pub(super) tables: BTreeMap<String, Spanned<Vec<String>>>,
}

/// One section `[fields."…"]`.
#[derive(Debug, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a section, as in [fields.PID-3] and keys below it"
)]
pub(super) struct FieldSpec {
    pub(super) required: Option<bool>,
    pub(super) repetitions: Option<Spanned<RangeSpec>>,
    pub(super) length: Option<Spanned<LengthSpec>>,
    #[serde(rename = "type")]
    pub(super) data_type: Option<Spanned<String>>,
    pub(super) table: Option<Spanned<TableSpec>>,
    pub(super) severity: Option<SeveritySpec>,
}

/// A text, said as the user needs to hear it who wrote something else.
#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "write how many, as in \"1\", \"0..1\", \"1..\" or \"2..5\""
)]
pub(super) enum RangeSpec {
    Text(String),
}

#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "write the most characters, as in 20, or a range, as in \"2..20\""
)]
pub(super) enum LengthSpec {
    Most(u32),
    Range(String),
}

#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "write codes, as in [\"F\", \"M\"], the name of a list in [tables], or the number \
                 of an HL7 table"
)]
pub(super) enum TableSpec {
    Codes(Vec<String>),
    Name(String),
    Number(u16),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum SeveritySpec {
    Information,
    Warning,
    Error,
}

impl From<SeveritySpec> for Severity {
    fn from(spec: SeveritySpec) -> Severity {
        match spec {
            SeveritySpec::Information => Severity::Information,
            SeveritySpec::Warning => Severity::Warning,
            SeveritySpec::Error => Severity::Error,
        }
    }
}

/// Reads the file, or says what keeps it from being read.
pub(super) fn read(text: &str) -> Result<Spec, ProfileFault> {
    let malformed = |error: Error| {
        let at = error.span().unwrap_or_default().start;
        let kind = ProfileFaultKind::Toml(error.message().to_owned());
        (at, ProfileFault::new(kind, text, at))
    };
    let mut file = DeTable::parse(text).map_err(|error| malformed(error).1)?;
    let half = take_halves(file.get_mut());
    let spec = Spec::deserialize(Deserializer::from(file)).map_err(malformed);
    match (half, spec) {
        (Some(half), Err((at, _))) if half < at => Err(unquoted(text, half)),
        (_, Err((_, fault))) => Err(fault),
        (Some(half), Ok(_)) => Err(unquoted(text, half)),
        (None, Ok(spec)) => Ok(spec),
    }
}

fn unquoted(text: &str, at: usize) -> ProfileFault {
    ProfileFault::new(ProfileFaultKind::Unquoted, text, at)
}

/// Takes out the halves of places that stand for keys, and says where the first of them stands:
/// without quotes, `[fields.PID-3.1]` is a key `1` of `PID-3`.
fn take_halves(file: &mut DeTable<'_>) -> Option<usize> {
    let DeValue::Table(fields) = file.get_mut("fields")?.get_mut() else {
        return None;
    };
    let mut first = None;
    for (_, place) in fields.iter_mut() {
        let DeValue::Table(section) = place.get_mut() else {
            continue;
        };
        let (halves, keys): (DeTable<'_>, DeTable<'_>) = mem::take(section)
            .into_iter()
            .partition(|(key, _)| is_half(key.get_ref()));
        *section = keys;
        let starts = halves.keys().map(|half| half.span().start);
        first = first.into_iter().chain(starts).min();
    }
    first
}

fn is_half(key: &str) -> bool {
    key.starts_with(|first: char| first.is_ascii_digit())
}
