//! Imports as text that a person can review.

use std::fmt::Write;

use care::{AddPolicy, Assignment, Change, Finding, Import, Patch, Value};
use cistern_mapping::{Codes, Mapped, Mapping, Setting};
use hl7::{Message, Timestamp};

/// 1 April 2026, noon: after every message of the test data.
pub(crate) const RECEIVED_AT: i64 = 1_775_044_800_000;

/// What a mapping makes of a message, as text.
pub(crate) fn mapped(mapping: &Mapping, codes: &Codes, message: &[u8]) -> String {
    let message = Message::parse(message).unwrap();
    match mapping.apply(&message, &setting(codes)) {
        Mapped::NotWanted => "not wanted\n".to_owned(),
        Mapped::Import(import) => text(&import),
    }
}

pub(crate) fn setting(codes: &Codes) -> Setting<'_> {
    Setting {
        codes,
        received_at: RECEIVED_AT,
        default_authority: None,
        offset_minutes: -300,
        charset: None,
    }
}

fn text(import: &Import) -> String {
    let mut out = String::new();
    let account = &import.account;
    writeln!(out, "account {} -> {}", account.sender, account.receiver).unwrap();
    if let Some(person) = &import.person {
        let parts = [
            &person.last_name,
            &person.first_name,
            &person.birth_date,
            &person.sex,
        ];
        writeln!(out, "person {}", parts.map(String::as_str).join(", ")).unwrap();
        for id in &person.identifiers {
            writeln!(out, "  {} {} of {}", id.type_code, id.id, id.authority).unwrap();
        }
    }
    if import.add == AddPolicy::Automatic {
        out.push_str("add automatically\n");
    }
    for change in &import.changes {
        out.push_str(&record(change));
    }
    for finding in &import.findings {
        out.push_str(&line(finding));
    }
    out
}

/// One record with its fields.
pub(crate) fn record(change: &Change) -> String {
    let as_of = Timestamp::from_unix_millis(change.as_of).to_iso();
    let mut out = format!(
        "{} by {:?} as of {as_of}\n",
        change.record.name, change.rule
    );
    if !change.source_key.is_empty() {
        writeln!(out, "  key {}", change.source_key.replace('\u{1f}', " / ")).unwrap();
    }
    for assignment in &change.assignments {
        let Assignment { field, path, .. } = assignment;
        writeln!(
            out,
            "  {} {} [{path}]",
            field.name,
            patch(&assignment.patch)
        )
        .unwrap();
    }
    out
}

pub(crate) fn patch(patch: &Patch) -> String {
    match patch {
        Patch::Clear => "cleared".to_owned(),
        Patch::Set(Value::Text(text)) => format!("= {text:?}"),
        Patch::Set(Value::Number(number)) => format!("= {number}"),
        Patch::Set(Value::Flag(flag)) => format!("= {flag}"),
    }
}

/// One finding.
pub(crate) fn line(finding: &Finding) -> String {
    let (severity, kind) = (finding.severity.as_str(), finding.kind.as_str());
    format!(
        "{severity} {kind} [{}] {}\n",
        finding.path, finding.sentence
    )
}
