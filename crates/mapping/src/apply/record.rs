//! The records that one rule makes of a message.

use care::{Change, Finding, FindingKind, Severity};
use hl7::Timestamp;

use super::{Draft, Run};
use crate::codes::Lookup;
use crate::rule::{Condition, Rule, Test};
use crate::spot::{Found, Scope};

/// How far ahead of its arrival a message may be by its own clock: a day, since a timestamp
/// without an offset may be of any zone.
const AHEAD_MAX_MILLIS: i64 = 24 * 60 * 60 * 1_000;
/// Stands between the parts of a key.
const SEPARATOR: &str = "\u{1f}";

impl<'r, 'a> Run<'r, 'a> {
    /// The records, without those that a finding holds.
    pub(super) fn records<'m>(&mut self, rule: &'m Rule) -> Vec<Draft<'m>> {
        let places: Vec<_> = match &rule.each {
            Some(each) => self.outline.named(each).map(Some).collect(),
            None => vec![None],
        };
        let mut drafts = Vec::new();
        for at in places {
            let scope = self.scope(at);
            let before = self.findings.len();
            match self.record(rule, &scope) {
                Some(change) => drafts.push(Draft { rule, change }),
                None if rule.all_or_nothing && self.holds_since(before) => self.is_void = true,
                None => {}
            }
        }
        drafts
    }

    fn holds_since(&self, before: usize) -> bool {
        let mut new = self.findings.iter().skip(before);
        new.any(|finding| finding.severity == Severity::Hold)
    }

    /// `None` when the rule does not want the record, or a finding holds it.
    fn record(&mut self, rule: &Rule, scope: &Scope<'r, 'a>) -> Option<Change> {
        if !self.wants(rule, scope) {
            return None;
        }
        let mut change = Change::new(rule.record, rule.name.clone());
        change.as_of = self.as_of(rule, scope);
        let mut complete = true;
        for field in &rule.fields {
            complete &= self.assign(&mut change, field, scope);
        }
        if let Some(result) = &rule.result {
            complete &= self.assign_result(&mut change, result, scope);
        }
        if !rule.key.is_empty() {
            // A record that is not made needs no key.
            change.source_key = if complete {
                self.key(rule, scope)?
            } else {
                String::new()
            };
        }
        (complete && !change.assignments.is_empty()).then_some(change)
    }

    fn wants(&mut self, rule: &Rule, scope: &Scope<'r, 'a>) -> bool {
        rule.when
            .iter()
            .all(|condition| self.holds(condition, scope) == Some(true))
            && rule
                .unless
                .iter()
                .all(|condition| self.holds(condition, scope) == Some(false))
    }

    /// `None` when it cannot be told, which is reported and keeps the record from being made.
    fn holds(&mut self, condition: &Condition, scope: &Scope<'r, 'a>) -> Option<bool> {
        let text = match self.first_text(scope, &condition.routes) {
            Ok(text) => text,
            Err(fault) => {
                self.report(Severity::Hold, fault);
                return None;
            }
        };
        Some(match (&condition.test, text) {
            (Test::Present, text) => text.is_some(),
            (Test::Absent, text) => text.is_none(),
            (Test::OneOf(values), text) => values.contains(&text.unwrap_or_default()),
            (Test::Matches(pattern), text) => text.is_some_and(|text| pattern.is_match(&text)),
            (Test::InTable(table), text) => text.is_some_and(|text| {
                let (codes, sender) = (self.setting.codes, &self.account.sender);
                matches!(codes.lookup(table, sender, &text, ""), Lookup::Value(_))
            }),
        })
    }

    /// The first readable time, else that of arrival. A time far ahead is a clock gone wrong, and
    /// no later message could ever change what it wrote: that of arrival counts in its place.
    fn as_of(&mut self, rule: &Rule, scope: &Scope<'r, 'a>) -> i64 {
        let latest = self.setting.received_at.saturating_add(AHEAD_MAX_MILLIS);
        for route in rule.as_of.iter() {
            let Found::Value(spot) = scope.first(std::slice::from_ref(route)) else {
                continue;
            };
            let Ok(text) = self.trimmed(&spot) else {
                continue;
            };
            let Ok(time) = Timestamp::parse(text.as_bytes()) else {
                continue;
            };
            let as_of = time.unix_millis(self.setting.offset_minutes);
            if as_of <= latest {
                return as_of;
            }
            let wrong = "more than a day after the arrival, which counts in its place";
            let fault = self.bad_value(&spot, &text, wrong);
            self.report(Severity::Warn, fault);
            break;
        }
        self.setting.received_at
    }

    /// The parts of the key. The first part tells orders, visits or persons apart and cannot be
    /// missing: without it, records of different people would have the same key.
    fn key(&mut self, rule: &Rule, scope: &Scope<'r, 'a>) -> Option<String> {
        let mut parts = Vec::new();
        for routes in &rule.key {
            match self.first_text(scope, routes) {
                Ok(text) => parts.push(text.unwrap_or_default()),
                Err(fault) => {
                    self.report(Severity::Hold, fault);
                    return None;
                }
            }
        }
        if parts.first().is_none_or(String::is_empty) {
            let routes = rule
                .key
                .first()
                .map(crate::route::Routes::text)
                .unwrap_or_default();
            let sentence = format!(
                "the {} has no key: {routes} is empty; a mapping can name another place",
                rule.record.name,
            );
            let finding = Finding::new(Severity::Hold, FindingKind::MissingRequired, sentence);
            let place = scope.at.map_or(String::new(), |at| self.outline.name(at));
            self.findings.push(finding.at(place));
            return None;
        }
        let parts: Vec<_> = parts.iter().map(|part| escaped(part)).collect();
        Some(parts.join(SEPARATOR))
    }
}

/// A part in which the separator cannot occur.
fn escaped(part: &str) -> String {
    part.replace('\\', r"\\").replace(SEPARATOR, r"\u")
}
