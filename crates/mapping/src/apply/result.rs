//! The result of a lab test: OBX-5 read by OBX-2.
//!
//! "< 20" stays "less than 20": a number never loses the comparator before it, and a text that
//! only contains numbers never becomes one.

use care::{Change, Finding, FindingKind, Patch, Severity, Value};
use hl7::{Field, Presence, Repetition, Segment};

use super::Run;
use super::number;
use super::text::Fault;
use crate::codes::Lookup;
use crate::rule::ResultRule;
use crate::spot::{Scope, Spot};

/// Gives the words of choice tests, such as `positive` for `Reactive`.
const CHOICES: &str = "result_choice";

/// What a result consists of. What it does not have is cleared, so that an old number does not
/// stay beside a new text.
#[derive(Debug, Default, PartialEq)]
struct Parts {
    text: String,
    number: Option<f64>,
    comparator: Option<&'static str>,
    choice: Option<String>,
}

impl<'r, 'a> Run<'r, 'a> {
    /// Assigns the fields of the result; `false` when the record cannot be made.
    pub(super) fn assign_result(
        &mut self,
        change: &mut Change,
        rule: &ResultRule,
        scope: &Scope<'r, 'a>,
    ) -> bool {
        let Some(segment) = rule
            .routes
            .iter()
            .find_map(|route| scope.segments(route).next())
        else {
            return true;
        };
        let presence = segment.field(5).map_or(Presence::Absent, Field::presence);
        match presence {
            Presence::Absent | Presence::Empty => {}
            Presence::Null if rule.keep_if_null => {}
            Presence::Null => self.write(change, segment, None),
            Presence::Value(_) => match self.parts(change, segment) {
                Ok(Some(parts)) => self.write(change, segment, Some(parts)),
                Ok(None) => {}
                // A result without its value would look like one that is not there.
                Err(fault) => {
                    self.report(Severity::Hold, fault);
                    return false;
                }
            },
        }
        true
    }

    fn write(&self, change: &mut Change, segment: Segment<'a>, parts: Option<Parts>) {
        let path = self.path(segment);
        let parts = parts.unwrap_or_default();
        let values = [
            (
                "result_text",
                Some(parts.text)
                    .filter(|text| !text.is_empty())
                    .map(Value::Text),
            ),
            ("result_number", parts.number.map(Value::Number)),
            ("comparator", parts.comparator.map(Value::text)),
            ("result_choice", parts.choice.map(Value::Text)),
        ];
        for (name, value) in values {
            if let Some(field) = change.record.field(name) {
                change.assign(field, value.map_or(Patch::Clear, Patch::Set), path.clone());
            }
        }
    }

    /// `None` when there is nothing that could be stored.
    fn parts(&mut self, change: &Change, segment: Segment<'a>) -> Result<Option<Parts>, Fault> {
        let kind = first_component(segment, 2);
        if matches!(kind, b"ED" | b"RP") {
            let sentence = "a document (OBX-2 is ED or RP) is not kept as a result";
            let finding = Finding::new(Severity::Warn, FindingKind::BadValue, sentence);
            self.findings.push(finding.at(self.path(segment)));
            return Ok(None);
        }
        let mut all = Vec::new();
        let repetitions = segment.field(5).into_iter().flat_map(Field::repetitions);
        for (number, repetition) in (1..).zip(repetitions) {
            let Some(spot) = Spot::of_field(segment, 5, number, repetition) else {
                continue;
            };
            let parts = match kind {
                b"NM" => self.numeric(&spot)?,
                b"SN" => self.structured_numeric(&spot)?,
                b"CE" | b"CWE" | b"CNE" | b"CF" => self.coded(&spot)?,
                _ => Some(of_text(self.rich(&spot)?.trim_end().to_owned())),
            };
            all.extend(
                parts
                    .filter(|parts| !parts.text.trim().is_empty())
                    .map(|p| (p, spot)),
            );
        }
        let Some((mut parts, spot)) = all.pop() else {
            return Ok(None);
        };
        if all.is_empty() {
            parts.choice = self.choice(change, &parts.text, &spot, kind);
            return Ok(Some(parts));
        }
        let texts = all
            .into_iter()
            .map(|(parts, _)| parts.text)
            .chain([parts.text]);
        let texts: Vec<_> = texts.collect();
        Ok(Some(Parts {
            text: texts.join("\n"),
            ..Parts::default()
        }))
    }

    /// NM. Text where a number should be is kept as text.
    fn numeric(&mut self, spot: &Spot<'a>) -> Result<Option<Parts>, Fault> {
        let text = self.trimmed(spot)?;
        let parts = of_text(text.clone());
        if parts.number.is_none() {
            let fault = self.bad_value(spot, &text, "not a number, as OBX-2 says; kept as text");
            self.report(Severity::Warn, fault);
        }
        Ok(Some(parts))
    }

    /// SN: comparator, number, separator or suffix, number. `<^20`, `^1^:^64`, `^10^-^20`.
    fn structured_numeric(&mut self, spot: &Spot<'a>) -> Result<Option<Parts>, Fault> {
        let mut pieces = Vec::new();
        for component in spot.repetition.components().take(4) {
            pieces.push(match component.presence() {
                Presence::Value(value) => self.trimmed(&spot.with(value))?,
                _ => String::new(),
            });
        }
        pieces.resize(4, String::new());
        let [comparator, first, separator, second] = pieces.as_slice() else {
            return Ok(None);
        };
        let text = pieces.concat();
        let mut parts = Parts {
            text,
            ..Parts::default()
        };
        let known = number::comparator_of(comparator);
        if separator.is_empty() && second.is_empty() && (comparator.is_empty() || known.is_some()) {
            parts.number = number::number(first);
            parts.comparator = known.filter(|_| parts.number.is_some());
            if parts.number.is_none() && !first.is_empty() {
                let fault =
                    self.bad_value(spot, first, "not a number, as OBX-2 says; kept as text");
                self.report(Severity::Warn, fault);
            }
        }
        Ok(Some(parts))
    }

    /// Coded results: the words of the code, else the code itself (CWE.2, .1, .5, .4, .9).
    fn coded(&mut self, spot: &Spot<'a>) -> Result<Option<Parts>, Fault> {
        for number in [2, 1, 5, 4, 9] {
            let component = spot.repetition.component(number);
            let Some(value) = component.and_then(|component| component.presence().value()) else {
                continue;
            };
            let text = self.trimmed(&spot.with(value))?;
            return Ok(Some(Parts {
                text,
                ..Parts::default()
            }));
        }
        Ok(None)
    }

    /// The choice that a result stands for, if its test has choices: by the code table of
    /// choices, else by its own words.
    fn choice(&self, change: &Change, text: &str, spot: &Spot<'a>, kind: &[u8]) -> Option<String> {
        let codes = self.setting.codes;
        let Some(Patch::Set(Value::Text(test))) = change.patch("test") else {
            return None;
        };
        let choices = &codes.test(test)?.choices;
        let mut words = vec![(text.to_owned(), String::new())];
        if kind.starts_with(b"C") {
            for (code, system) in [(1, 3), (4, 6)] {
                let text = |number| {
                    let value = spot.repetition.component(number)?.presence().value()?;
                    self.trimmed(&spot.with(value)).ok()
                };
                words.extend(text(code).map(|code| (code, text(system).unwrap_or_default())));
            }
        }
        words.into_iter().find_map(|(word, system)| {
            let meaning = match codes.lookup(CHOICES, &self.account.sender, &word, &system) {
                Lookup::Value(value) => value,
                Lookup::Skip | Lookup::Miss => word.trim(),
            };
            choices
                .iter()
                .find(|choice| choice.eq_ignore_ascii_case(meaning))
                .cloned()
        })
    }

    fn path(&self, segment: Segment<'a>) -> String {
        format!("{}-5", self.outline.name(segment))
    }
}

fn first_component<'a>(segment: Segment<'a>, field: usize) -> &'a [u8] {
    let repetition = segment.field(field).and_then(|field| field.repetition(1));
    let component = repetition.and_then(|repetition: Repetition<'a>| repetition.component(1));
    component.map_or(b"", |component| component.raw().trim_ascii())
}

fn of_text(text: String) -> Parts {
    let number = number::read(&text);
    Parts {
        text,
        number: number.as_ref().map(|number| number.value),
        comparator: number.and_then(|number| number.comparator),
        choice: None,
    }
}
