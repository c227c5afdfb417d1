//! Whether two rules would make the same records.

use care::RecordType;

use super::message_type;
use crate::rule::MessageType;
use crate::spec::{ConditionSpec, RuleSpec, TestSpec};

pub(super) fn record_of(spec: &RuleSpec) -> Option<&'static RecordType> {
    care::record_type(&spec.record.as_ref()?.value)
}

pub(super) fn same_records(a: &RuleSpec, b: &RuleSpec) -> bool {
    let each = |spec: &RuleSpec| spec.each.as_ref().map(|each| each.value.clone());
    record_of(a).is_some()
        && record_of(a) == record_of(b)
        && each(a) == each(b)
        && conditions_of(a) == conditions_of(b)
        && overlap(a, b)
}

fn overlap(a: &RuleSpec, b: &RuleSpec) -> bool {
    let types = |spec: &RuleSpec| -> Vec<MessageType> {
        spec.messages
            .iter()
            .filter_map(|text| message_type(&text.value))
            .collect()
    };
    types(a)
        .iter()
        .any(|one| types(b).iter().any(|other| one.overlaps(other)))
}

/// The conditions as comparable texts, their order being of no account.
fn conditions_of(spec: &RuleSpec) -> Vec<String> {
    let line = |word: &str, condition: &ConditionSpec| {
        let test = match &condition.test {
            TestSpec::OneOf(values) => values.join("\u{1f}"),
            TestSpec::Present => "present".to_owned(),
            TestSpec::Absent => "absent".to_owned(),
            TestSpec::Matches(pattern) => format!("matches {}", pattern.value),
            TestSpec::InTable(table) => format!("in {}", table.value),
        };
        [word, &condition.path.value, &test].join("\u{1f}")
    };
    let when = spec.when.iter().map(|condition| line("when", condition));
    let unless = spec
        .unless
        .iter()
        .map(|condition| line("unless", condition));
    let mut lines: Vec<_> = when.chain(unless).collect();
    lines.sort_unstable();
    lines
}
