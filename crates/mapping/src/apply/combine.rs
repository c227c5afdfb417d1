//! Several records of one message that have the same key become one.
//!
//! A text result may come as one OBX per line, all with the same OBX-3 and OBX-4: one logical
//! result of several segments. Nothing that they say is lost: texts are joined line by line.

use std::collections::{HashMap, HashSet};

use care::{Assignment, Change, Field, Finding, FindingKind, Kind, Patch, Severity, Value};

use super::Draft;

/// Holds a result as it was sent.
const RESULT: &str = "result_text";
/// The states of a result by what they are worth beside others of the same result (table 0085).
const STRONGEST_FIRST: &[&str] = &[
    "corrected",
    "final",
    "preliminary",
    "pending",
    "withdrawn",
    "not_obtained",
];
/// What holds one value of a result, and means nothing once there are several.
const SINGLE: &[&str] = &["result_number", "comparator", "result_choice"];

pub(super) fn combine(drafts: Vec<Draft<'_>>, findings: &mut Vec<Finding>) -> Vec<Change> {
    let mut groups: Vec<Vec<Change>> = Vec::new();
    let mut places: HashMap<(&str, String), usize> = HashMap::new();
    for Draft { change, .. } in drafts {
        let key = (change.record.name, change.source_key.clone());
        if let Some(group) = places.get(&key).and_then(|place| groups.get_mut(*place)) {
            group.push(change);
        } else {
            places.insert(key, groups.len());
            groups.push(vec![change]);
        }
    }
    groups
        .into_iter()
        .filter_map(|group| combine_group(group, findings))
        .collect()
}

fn combine_group(mut group: Vec<Change>, findings: &mut Vec<Finding>) -> Option<Change> {
    keep_strongest(&mut group, findings);
    let mut lines: HashMap<&'static str, Lines> = HashMap::new();
    let mut changes = group.into_iter();
    let mut combined = changes.next()?;
    for change in changes {
        combined.as_of = combined.as_of.max(change.as_of);
        let same_rule = change.rule == combined.rule;
        for assignment in change.assignments {
            let Some(stored) = find(&mut combined, assignment.field) else {
                combined.assignments.push(assignment);
                continue;
            };
            match (&stored.patch, &assignment.patch) {
                (old, new) if old == new && !lines.contains_key(assignment.field.name) => {}
                (Patch::Set(Value::Text(old)), Patch::Set(Value::Text(new)))
                    if same_rule && assignment.field.kind == Kind::Text =>
                {
                    let first = || Lines::new(assignment.field, old);
                    let lines = lines.entry(assignment.field.name).or_insert_with(first);
                    lines.add(new);
                }
                // What is cleared in one segment and set in another is set.
                (Patch::Set(_), Patch::Clear) => {}
                (Patch::Clear, Patch::Set(_)) => *stored = assignment,
                _ => {
                    if same_rule && !SINGLE.contains(&assignment.field.name) {
                        findings.push(disagreement(&assignment, "the last one counts"));
                    }
                    *stored = assignment;
                }
            }
        }
    }
    write_lines(&mut combined, &lines);
    Some(combined)
}

/// Of segments that differ in status, leaves those of the strongest: a correction replaces the
/// whole set, and what was withdrawn or not obtained is that line alone. What states no status
/// (the records of another rule) stays.
fn keep_strongest(group: &mut Vec<Change>, findings: &mut Vec<Finding>) {
    let ranks = || group.iter().filter_map(rank);
    let Some(strongest) = ranks().min() else {
        return;
    };
    if ranks().all(|rank| rank == strongest) {
        return;
    }
    let is_weaker = |change: &Change| rank(change).is_some_and(|rank| rank != strongest);
    let weaker = group.iter().find(|change| is_weaker(change));
    if let Some(status) = weaker.and_then(status) {
        let word = STRONGEST_FIRST.get(strongest).copied().unwrap_or_default();
        let which = format!("only those that are {word} count");
        findings.push(disagreement(status, &which));
    }
    group.retain(|change| !is_weaker(change));
}

fn rank(change: &Change) -> Option<usize> {
    let Patch::Set(Value::Text(status)) = &status(change)?.patch else {
        return None;
    };
    STRONGEST_FIRST.iter().position(|word| word == status)
}

fn status(change: &Change) -> Option<&Assignment> {
    let name = change.record.status_field?;
    change
        .assignments
        .iter()
        .find(|assignment| assignment.field.name == name)
}

fn find<'c>(change: &'c mut Change, field: &Field) -> Option<&'c mut Assignment> {
    change
        .assignments
        .iter_mut()
        .find(|stored| stored.field == field)
}

fn write_lines(change: &mut Change, lines: &HashMap<&'static str, Lines>) {
    let several = lines.contains_key(RESULT);
    for assignment in &mut change.assignments {
        if let Some(lines) = lines.get(assignment.field.name) {
            assignment.patch = Patch::Set(Value::Text(lines.text.join("\n")));
        } else if several && SINGLE.contains(&assignment.field.name) {
            assignment.patch = Patch::Clear;
        }
    }
}

/// The texts of one field: every line of a result, and of the rest each different one.
struct Lines {
    text: Vec<String>,
    /// `None` where lines may repeat.
    known: Option<HashSet<String>>,
}

impl Lines {
    fn new(field: &Field, first: &str) -> Lines {
        let mut lines = Lines {
            text: Vec::new(),
            known: (field.name != RESULT).then(HashSet::new),
        };
        lines.add(first);
        lines
    }

    fn add(&mut self, line: &str) {
        let known = self.known.as_mut();
        if known.is_none_or(|known| known.insert(line.to_owned())) {
            self.text.push(line.to_owned());
        }
    }
}

fn disagreement(assignment: &Assignment, which: &str) -> Finding {
    let name = assignment.field.name;
    let sentence = format!("several segments of one record differ in {name}; {which}");
    Finding::new(Severity::Warn, FindingKind::BadValue, sentence).at(assignment.path.clone())
}
