//! NUL, which PostgreSQL's text cannot hold, leaves an outcome before anything is compared with
//! what is stored.

use care::{Account, Change, Finding, Import, Patch, Person, Value};

use crate::batch::{Disposition, Outcome};
use crate::session::plain;

/// The same outcome with the symbol for NUL in the place of each.
pub(super) fn outcome(outcome: &Outcome) -> Outcome {
    let mut outcome = outcome.clone();
    match &mut outcome.disposition {
        Disposition::Import(import) => make_import(import),
        Disposition::Ignore(reason) => make(reason),
        Disposition::Hold(findings) => findings.iter_mut().for_each(make_finding),
    }
    outcome
}

fn make_import(import: &mut Import) {
    let Account { sender, receiver } = &mut import.account;
    make(sender);
    make(receiver);
    import.person.iter_mut().for_each(make_person);
    import.changes.iter_mut().for_each(make_change);
    import.findings.iter_mut().for_each(make_finding);
}

fn make_person(person: &mut Person) {
    for identifier in &mut person.identifiers {
        make(&mut identifier.authority);
        make(&mut identifier.id);
        make(&mut identifier.type_code);
    }
    make(&mut person.last_name);
    make(&mut person.first_name);
    make(&mut person.birth_date);
    make(&mut person.sex);
}

fn make_change(change: &mut Change) {
    make(&mut change.source_key);
    for assignment in &mut change.assignments {
        make(&mut assignment.path);
        if let Patch::Set(Value::Text(text)) = &mut assignment.patch {
            make(text);
        }
    }
}

fn make_finding(finding: &mut Finding) {
    make(&mut finding.path);
    make(&mut finding.sentence);
    finding.keys.iter_mut().for_each(make);
    if let Some(code) = &mut finding.code {
        for text in [
            &mut code.table,
            &mut code.code,
            &mut code.system,
            &mut code.sender,
        ] {
            make(text);
        }
        make(&mut code.text);
    }
}

fn make(text: &mut String) {
    if text.contains('\0') {
        *text = plain(text).into_owned();
    }
}
