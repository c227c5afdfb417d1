//! The user's rules over the rules that ship with the program.

use crate::error::{LoadError, LoadProblem};
use crate::hint::Hint;
use crate::spec::{At, IdentitySpec, RuleSpec};

/// What may stand in a rule that extends another.
const EXTENDING_KEYS: &[&str] = &["name", "extend", "record", "messages", "fields"];

/// The rules that hold: in the order of the starter files, then of the user's. A user's rule takes
/// the place of the starter's of the same name, or adds to what stands so far.
pub(crate) fn overlay(
    starter: Vec<RuleSpec>,
    user: Vec<RuleSpec>,
    errors: &mut Vec<LoadError>,
) -> Vec<RuleSpec> {
    let mut rules = starter;
    let mut own: Vec<(String, String)> = Vec::new();
    for rule in user {
        let first = own.iter().find(|(name, _)| *name == rule.name);
        if rule.extend {
            extend(&mut rules, rule, errors);
        } else if let Some((_, first)) = first {
            let problem = LoadProblem::DuplicateRule {
                first: first.clone(),
            };
            errors.push(LoadError::new(&rule.place, Some(&rule.name), problem));
        } else {
            own.push((rule.name.clone(), rule.place.to_string()));
            match rules.iter_mut().find(|earlier| earlier.name == rule.name) {
                Some(earlier) => *earlier = rule,
                None => rules.push(rule),
            }
        }
    }
    rules
}

fn extend(rules: &mut [RuleSpec], extension: RuleSpec, errors: &mut Vec<LoadError>) {
    let name = extension.name.clone();
    let mut complain = |place, problem| errors.push(LoadError::new(place, Some(&name), problem));
    for key in extension
        .keys
        .iter()
        .filter(|key| !EXTENDING_KEYS.contains(&key.value.as_str()))
    {
        complain(
            &key.place,
            misplaced(
                &key.value,
                "cannot be changed by a rule with extend = true, which adds messages and fields; leave extend out to replace the whole rule",
            ),
        );
    }
    let names = rules.iter().map(|rule| rule.name.as_str());
    let hint = Hint::of(&extension.name, names);
    let Some(rule) = rules.iter_mut().find(|rule| rule.name == extension.name) else {
        return complain(&extension.place, LoadProblem::NothingToExtend { hint });
    };
    if let Some(record) = extension
        .record
        .filter(|own| differs(Some(own), rule.record.as_ref()))
    {
        complain(
            &record.place,
            misplaced("record", "is another one than that of the extended rule"),
        );
    }
    let new = |own: &At<String>| !rule.messages.iter().any(|known| known.value == own.value);
    let messages: Vec<_> = extension.messages.into_iter().filter(new).collect();
    rule.messages.extend(messages);
    for field in extension.fields {
        rule.fields
            .retain(|earlier| earlier.name.value != field.name.value);
        rule.fields.push(field);
    }
}

fn differs(a: Option<&At<String>>, b: Option<&At<String>>) -> bool {
    a.map(|at| &at.value) != b.map(|at| &at.value)
}

fn misplaced(key: &str, reason: &'static str) -> LoadProblem {
    LoadProblem::Misplaced {
        key: key.to_owned(),
        reason,
    }
}

/// The starter's identity section with the keys that the user wrote in place of its own.
pub(crate) fn overlay_identity(starter: IdentitySpec, user: IdentitySpec) -> IdentitySpec {
    IdentitySpec {
        identifiers: user.identifiers.or(starter.identifiers),
        last_name: user.last_name.or(starter.last_name),
        first_name: user.first_name.or(starter.first_name),
        birth_date: user.birth_date.or(starter.birth_date),
        sex: user.sex.or(starter.sex),
    }
}
