//! From the bytes at a spot to text, dates and values.

use care::{Field, Finding, FindingKind, Kind, Severity, Value};
use hl7::Timestamp;

use super::Run;
use crate::route::Route;
use crate::rule::{Reading, may_hold};
use crate::spot::{Found, Scope, Spot, first_part};

/// How much of a value a finding shows.
const SHOWN_CHARS_MAX: usize = 60;
const SHOWN_BYTES_MAX: usize = 32;

/// Something at a place that cannot be read.
pub(super) struct Fault {
    pub(super) kind: FindingKind,
    pub(super) path: String,
    pub(super) sentence: String,
}

impl<'a> Run<'_, 'a> {
    /// The text of the first route that is valued.
    pub(super) fn first_text(
        &self,
        scope: &Scope<'_, 'a>,
        routes: &[Route],
    ) -> Result<Option<String>, Fault> {
        match scope.first(routes) {
            Found::Value(spot) => Ok(Some(self.trimmed(&spot)?)),
            Found::Nothing | Found::Null(_) => Ok(None),
        }
    }

    /// The text as it stands, without the blanks around it.
    pub(super) fn trimmed(&self, spot: &Spot<'a>) -> Result<String, Fault> {
        match spot.value.decode(self.charset) {
            Ok(text) => Ok(text.trim().to_owned()),
            Err(error) => Err(self.undecodable(spot, &error)),
        }
    }

    /// A component of the repetition in which a spot lies, or the first part of it; else empty.
    pub(super) fn component(&self, spot: &Spot<'a>, number: usize) -> Result<String, Fault> {
        let component = spot.repetition.component(number);
        match component.and_then(|component| first_part(component).value()) {
            Some(value) => self.trimmed(&spot.with(value)),
            None => Ok(String::new()),
        }
    }

    /// The text as a person reads it, with line breaks for formatting commands.
    pub(super) fn rich(&self, spot: &Spot<'a>) -> Result<String, Fault> {
        match spot.value.plain_text(self.charset) {
            Ok(text) => Ok(text.into_owned()),
            Err(error) => Err(self.undecodable(spot, &error)),
        }
    }

    pub(super) fn undecodable(&self, spot: &Spot<'a>, error: &hl7::DecodeError) -> Fault {
        Fault {
            kind: FindingKind::Undecodable,
            path: spot.path(self.outline),
            sentence: format!("{error}; as hexadecimal: {}", hexadecimal(spot.value.raw())),
        }
    }

    pub(super) fn bad_value(&self, spot: &Spot<'a>, text: &str, wrong: &str) -> Fault {
        Fault {
            kind: FindingKind::BadValue,
            path: spot.path(self.outline),
            sentence: format!("{:?} is {wrong}", shown(text)),
        }
    }

    /// Text after what the rule does to it; `None` when nothing is left that has a meaning.
    pub(super) fn prepare(
        &self,
        reading: &Reading,
        spot: &Spot<'a>,
        text: String,
    ) -> Result<Option<String>, Fault> {
        let mut text = if reading.trim {
            text.trim().to_owned()
        } else {
            text
        };
        if let Some(pattern) = &reading.part {
            let Some(captures) = pattern.captures(&text) else {
                return Err(self.bad_value(spot, &text, "not of the form that part asks for"));
            };
            let part = captures.get(1).or_else(|| captures.get(0));
            text = part.map_or(String::new(), |part| part.as_str().to_owned());
        }
        if !reading.keyword.is_empty() {
            let keyword = reading
                .keyword
                .iter()
                .find(|keyword| keyword.pattern.is_match(&text));
            let Some(keyword) = keyword else {
                return Ok(None);
            };
            text.clone_from(&keyword.value);
        }
        if reading.upper {
            text = text.to_uppercase();
        }
        Ok(Some(text).filter(|text| !text.trim().is_empty()))
    }

    /// The value of a text for a field.
    pub(super) fn value(
        &self,
        field: &Field,
        reading: &Reading,
        spot: &Spot<'a>,
        text: &str,
    ) -> Result<Value, Fault> {
        if !may_hold(field, text.trim()) {
            return Err(self.bad_value(spot, text, &format!("no {}", field.name)));
        }
        let kind = field.kind;
        let value = match kind {
            Kind::Text => return Ok(Value::text(text)),
            Kind::Date | Kind::Timestamp => {
                let hl7 = match &reading.date {
                    Some(form) => form.to_hl7(text),
                    None => Some(text.trim().to_owned()),
                };
                let iso = hl7.and_then(|hl7| iso(&hl7, kind));
                kind.read(iso.as_deref().unwrap_or_default())
            }
            _ => kind.read(text.trim()),
        };
        value.map_err(|wrong| self.bad_value(spot, text, &wrong.to_string()))
    }

    pub(super) fn severity(required: bool) -> Severity {
        if required {
            Severity::Hold
        } else {
            Severity::Warn
        }
    }
}

/// An HL7 date or timestamp in ISO 8601, of the precision that it has; of a date only the day.
pub(super) fn iso(text: &str, kind: Kind) -> Option<String> {
    let iso = Timestamp::parse(text.as_bytes()).ok()?.to_iso();
    match (kind, iso.split_once('T')) {
        (Kind::Date, Some((day, _))) => Some(day.to_owned()),
        _ => Some(iso),
    }
}

/// A finding of a code as a person reads it.
pub(super) fn about_code(severity: Severity, coded: care::Coded, what: &str) -> Finding {
    let system = if coded.system.is_empty() {
        String::new()
    } else {
        format!(" ({})", coded.system)
    };
    let text = if coded.text.is_empty() {
        String::new()
    } else {
        format!(" {:?}", shown(&coded.text))
    };
    let code = shown(&coded.code);
    let sentence = format!(
        "code {code}{system}{text} from {} {what} {}",
        coded.sender, coded.table
    );
    Finding::new(severity, FindingKind::UnmappedCode, sentence).about(coded)
}

fn shown(text: &str) -> String {
    match text.char_indices().nth(SHOWN_CHARS_MAX) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    let shown = bytes
        .iter()
        .take(SHOWN_BYTES_MAX)
        .map(|byte| format!("{byte:02X}"));
    let mut text: String = shown.collect();
    if bytes.len() > SHOWN_BYTES_MAX {
        text.push('…');
    }
    text
}
