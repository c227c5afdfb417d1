//! One field of one record.

use care::{Change, Finding, FindingKind, Kind, Severity, Value};

use super::Run;
use super::coded::Meaning;
use super::text::Fault;
use crate::rule::{FieldRule, Origin, Reading, TableUse};
use crate::spot::{Found, Scope};

/// What a rule makes of a field.
enum Outcome {
    Set(Value, String),
    /// `""` stood at this path.
    Clear(String),
    /// Nothing is valued: the default, if there is one.
    Nothing,
    /// What stands there means nothing: the default, if there is one.
    Default,
    Leave,
    Drop,
}

impl<'r, 'a> Run<'r, 'a> {
    /// Assigns the field; `false` when the record cannot be made.
    pub(super) fn assign(
        &mut self,
        change: &mut Change,
        rule: &FieldRule,
        scope: &Scope<'r, 'a>,
    ) -> bool {
        let outcome = match &rule.origin {
            Origin::Constant(value) => Ok(Outcome::Set(value.clone(), String::new())),
            Origin::Message(reading) => self.read(rule, reading, scope),
        };
        let outcome = outcome.unwrap_or_else(|fault| {
            self.report(Self::severity(rule.field.required), fault);
            if rule.field.required {
                Outcome::Drop
            } else {
                Outcome::Leave
            }
        });
        match outcome {
            Outcome::Set(value, path) => change.set(rule.field, value, path),
            Outcome::Clear(_) if rule.keep_if_null => {}
            Outcome::Clear(path) => change.assign(rule.field, care::Patch::Clear, path),
            Outcome::Nothing => {
                self.warn_of_default(rule, scope);
                set_default(change, rule);
            }
            Outcome::Default => set_default(change, rule),
            Outcome::Leave => {}
            Outcome::Drop => return false,
        }
        true
    }

    /// Of a field on whose words rules depend, a person should know that one was only assumed.
    fn warn_of_default(&mut self, rule: &FieldRule, scope: &Scope<'r, 'a>) {
        let (Origin::Message(reading), Some(Value::Text(default))) = (&rule.origin, &rule.default)
        else {
            return;
        };
        if rule.field.choices.is_empty() {
            return;
        }
        let sentence = format!("{} is empty; taken for {default}", reading.routes.text());
        let path = scope.path_of_empty(&reading.routes);
        let finding = Finding::new(Severity::Warn, FindingKind::BadValue, sentence);
        self.findings.push(finding.at(path));
    }

    fn read(
        &mut self,
        rule: &FieldRule,
        reading: &Reading,
        scope: &Scope<'r, 'a>,
    ) -> Result<Outcome, Fault> {
        match &reading.table {
            _ if rule.field.kind == Kind::Codes => self.read_codes(rule, reading, scope),
            _ if reading.join.is_some() => self.read_joined(reading, scope),
            Some(table) => self.read_coded(rule, reading, table, scope),
            None => self.read_plain(rule, reading, scope),
        }
    }

    fn read_plain(
        &self,
        rule: &FieldRule,
        reading: &Reading,
        scope: &Scope<'r, 'a>,
    ) -> Result<Outcome, Fault> {
        let spot = match scope.first(&reading.routes) {
            Found::Value(spot) => spot,
            Found::Null(path) => return Ok(Outcome::Clear(path)),
            Found::Nothing => return Ok(Outcome::Nothing),
        };
        let text = match self.rich(&spot)? {
            text if spot.is_free_text() => text,
            text => text.trim().to_owned(),
        };
        let Some(text) = self.prepare(reading, &spot, text)? else {
            return Ok(Outcome::Default);
        };
        let value = self.value(rule.field, reading, &spot, &text)?;
        Ok(Outcome::Set(value, spot.path(self.outline)))
    }

    fn read_joined(&self, reading: &Reading, scope: &Scope<'r, 'a>) -> Result<Outcome, Fault> {
        let (spots, null) = scope.all(&reading.routes);
        let mut texts = Vec::new();
        for spot in &spots {
            texts.extend(self.prepare(reading, spot, self.rich(spot)?)?);
        }
        let separator = reading.join.as_deref().unwrap_or_default();
        Ok(match (spots.first(), null) {
            (Some(first), _) if !texts.is_empty() => {
                Outcome::Set(Value::Text(texts.join(separator)), first.path(self.outline))
            }
            (_, Some(path)) => Outcome::Clear(path),
            _ => Outcome::Nothing,
        })
    }

    fn read_coded(
        &mut self,
        rule: &FieldRule,
        reading: &Reading,
        table: &TableUse,
        scope: &Scope<'r, 'a>,
    ) -> Result<Outcome, Fault> {
        let spot = match scope.first(&reading.routes) {
            Found::Value(spot) => spot,
            Found::Null(path) => return Ok(Outcome::Clear(path)),
            Found::Nothing => return Ok(Outcome::Nothing),
        };
        Ok(match self.meaning(reading, table, &spot, rule.field)? {
            Meaning::Value(text) => {
                let value = self.value(rule.field, reading, &spot, &text)?;
                Outcome::Set(value, spot.path(self.outline))
            }
            Meaning::Nothing => Outcome::Nothing,
            Meaning::Default => Outcome::Default,
            Meaning::Leave => Outcome::Leave,
            Meaning::Drop => Outcome::Drop,
        })
    }

    /// Every repetition, each value once.
    fn read_codes(
        &mut self,
        rule: &FieldRule,
        reading: &Reading,
        scope: &Scope<'r, 'a>,
    ) -> Result<Outcome, Fault> {
        let (spots, null) = scope.all(&reading.routes);
        let Some(first) = spots.first() else {
            return Ok(null.map_or(Outcome::Nothing, Outcome::Clear));
        };
        let mut values: Vec<String> = Vec::new();
        let mut missed = false;
        for spot in &spots {
            let meaning = match &reading.table {
                Some(table) => self.meaning(reading, table, spot, rule.field)?,
                None => match self.prepare(reading, spot, self.trimmed(spot)?)? {
                    Some(text) => Meaning::Value(text),
                    None => Meaning::Nothing,
                },
            };
            match meaning {
                Meaning::Value(value) if values.contains(&value) => {}
                Meaning::Value(value) => values.push(value),
                Meaning::Nothing | Meaning::Default => {}
                Meaning::Leave => missed = true,
                Meaning::Drop => return Ok(Outcome::Drop),
            }
        }
        Ok(match values.is_empty() {
            false => Outcome::Set(Value::Text(values.join(";")), first.path(self.outline)),
            true if missed => Outcome::Leave,
            true => Outcome::Nothing,
        })
    }
}

fn set_default(change: &mut Change, rule: &FieldRule) {
    if let Some(default) = &rule.default {
        change.set(rule.field, default.clone(), "");
    }
}
