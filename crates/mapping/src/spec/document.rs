//! TOML with lines: tables whose keys are asked for by name and whose leftovers are mistakes.

use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::At;
use crate::error::{LoadError, LoadProblem, Place};
use crate::hint::Hint;

/// A file while it is read: where its lines start, and what was found wrong.
pub(super) struct Document<'e> {
    name: Arc<str>,
    line_ends: Vec<usize>,
    rule: Option<String>,
    errors: &'e mut Vec<LoadError>,
}

/// A table of a document.
pub(super) struct Keys<'t, 'i> {
    table: &'t DeTable<'i>,
}

impl<'e> Document<'e> {
    pub(super) fn new(name: &str, text: &str, errors: &'e mut Vec<LoadError>) -> Document<'e> {
        let line_ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let line_ends = line_ends.map(|(offset, _)| offset).collect();
        Document {
            name: name.into(),
            line_ends,
            rule: None,
            errors,
        }
    }

    /// The rule that later complaints are about.
    pub(super) fn enter_rule(&mut self, name: Option<String>) {
        self.rule = name;
    }

    pub(super) fn place(&self, span: &Range<usize>) -> Place {
        let line = 1 + self.line_ends.partition_point(|end| *end < span.start);
        Place {
            file: Arc::clone(&self.name),
            line,
        }
    }

    pub(super) fn complain(&mut self, place: &Place, problem: LoadProblem) {
        self.errors
            .push(LoadError::new(place, self.rule.as_deref(), problem));
    }

    /// Complains of a value that has another shape than it should.
    pub(super) fn misshapen(&mut self, key: &str, place: &Place, wanted: &'static str) {
        self.complain(
            place,
            LoadProblem::WrongShape {
                key: key.to_owned(),
                wanted,
            },
        );
    }

    /// The table, after a complaint of every key in it that is not known.
    pub(super) fn keys<'t, 'i>(
        &mut self,
        table: &'t DeTable<'i>,
        of: &'static str,
        known: &[&str],
    ) -> Keys<'t, 'i> {
        for (key, _) in self.entries(table) {
            if !known.contains(&key.value.as_str()) {
                let hint = Hint::of(&key.value, known.iter().copied());
                self.complain(
                    &key.place,
                    LoadProblem::UnknownKey {
                        key: key.value,
                        of,
                        hint,
                    },
                );
            }
        }
        Keys { table }
    }

    /// The entries of a table in the order of the file.
    pub(super) fn entries<'t, 'i>(
        &self,
        table: &'t DeTable<'i>,
    ) -> Vec<(At<String>, &'t DeValue<'i>)> {
        let mut entries: Vec<_> = table.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        let entries = entries.into_iter().map(|(key, value)| {
            let place = self.place(&key.span());
            (
                At {
                    value: key.get_ref().to_string(),
                    place,
                },
                value.get_ref(),
            )
        });
        entries.collect()
    }

    pub(super) fn text(&mut self, keys: &Keys<'_, '_>, key: &str) -> Option<At<String>> {
        let (place, value) = keys.get(self, key)?;
        match value {
            DeValue::String(text) => Some(At {
                value: text.to_string(),
                place,
            }),
            _ => self.nothing(key, &place, "a text in quotes"),
        }
    }

    pub(super) fn flag(&mut self, keys: &Keys<'_, '_>, key: &str) -> Option<At<bool>> {
        let (place, value) = keys.get(self, key)?;
        match value {
            DeValue::Boolean(value) => Some(At {
                value: *value,
                place,
            }),
            _ => self.nothing(key, &place, "true or false"),
        }
    }

    pub(super) fn texts(&mut self, keys: &Keys<'_, '_>, key: &str) -> Option<At<Vec<At<String>>>> {
        let (place, value) = keys.get(self, key)?;
        let Some(texts) = self.list_of_texts(value) else {
            return self.nothing(key, &place, "a list of texts, like [\"A\", \"B\"]");
        };
        if texts.is_empty() {
            return self.nothing(key, &place, "a list of at least one text");
        }
        Some(At {
            value: texts,
            place,
        })
    }

    pub(super) fn list_of_texts(&self, value: &DeValue<'_>) -> Option<Vec<At<String>>> {
        let DeValue::Array(items) = value else {
            return None;
        };
        let text = |item: &Spanned<DeValue<'_>>| match item.get_ref() {
            DeValue::String(text) => Some(At {
                value: text.to_string(),
                place: self.place(&item.span()),
            }),
            _ => None,
        };
        items.iter().map(text).collect()
    }

    fn nothing<T>(&mut self, key: &str, place: &Place, wanted: &'static str) -> Option<T> {
        self.misshapen(key, place, wanted);
        None
    }
}

impl<'t, 'i> Keys<'t, 'i> {
    /// Every key that is written.
    pub(super) fn written(&self, document: &Document<'_>) -> Vec<At<String>> {
        document
            .entries(self.table)
            .into_iter()
            .map(|(key, _)| key)
            .collect()
    }

    pub(super) fn get(
        &self,
        document: &Document<'_>,
        key: &str,
    ) -> Option<(Place, &'t DeValue<'i>)> {
        let value = self.table.get(key)?;
        Some((document.place(&value.span()), value.get_ref()))
    }
}
