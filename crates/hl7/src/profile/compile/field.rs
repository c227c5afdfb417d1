//! One section of `[fields]`, understood.

use toml::Spanned;

use super::Compiler;
use crate::ack::Severity;
use crate::path::{Path, Selector};
use crate::profile::codes::Codes;
use crate::profile::data_type::DataType;
use crate::profile::error::ProfileFaultKind;
use crate::profile::range::Range;
use crate::profile::rule::{FieldRule, TypeRule};
use crate::profile::spec::{FieldSpec, LengthSpec, TableSpec};

impl Compiler<'_> {
    pub(super) fn field(&mut self, place: &Spanned<String>, spec: FieldSpec) -> Option<FieldRule> {
        if spec.asks_nothing() {
            self.fault(&place.span(), ProfileFaultKind::NothingAsked);
        }
        let path = self.place(place)?;
        let repetitions = self.repetitions(path, &spec);
        Some(FieldRule {
            path,
            severity: spec.severity.map_or(Severity::Error, Severity::from),
            required: spec.required.unwrap_or(repetitions.least > 0),
            repetitions,
            length: spec
                .length
                .map_or(Range::ANY, |length| self.length(&length)),
            data_type: spec.data_type.and_then(|name| self.data_type(path, &name)),
            codes: spec.table.and_then(|table| self.codes(&table)),
        })
    }

    fn place(&mut self, place: &Spanned<String>) -> Option<Path> {
        let text = place.get_ref();
        if text.contains('[') {
            return self.nothing(&place.span(), ProfileFaultKind::Bracket);
        }
        match Path::parse(text) {
            Ok(path) => Some(path),
            Err(error) => {
                let before = text.chars().take(error.column() - 1);
                let length: usize = before.map(char::len_utf8).sum();
                let start = place.span().start + self.quote_length(place.span().start) + length;
                self.nothing(&(start..start), ProfileFaultKind::Place(error.kind()))
            }
        }
    }

    /// What stands before the text of a key that is in quotes.
    fn quote_length(&self, start: usize) -> usize {
        let quoted = self.text.get(start..).unwrap_or_default();
        usize::from(quoted.starts_with(['"', '\'']))
    }

    fn repetitions(&mut self, path: Path, spec: &FieldSpec) -> Range {
        let Some(written) = &spec.repetitions else {
            return Range::ANY;
        };
        if path.component().is_some() {
            self.fault(&written.span(), ProfileFaultKind::ComponentRepetitions);
        }
        let range = self.range(written).unwrap_or(Range::ANY);
        if spec.required == Some(true) && range.most == 0 {
            self.fault(&written.span(), ProfileFaultKind::Contradiction);
        }
        range
    }

    fn length(&mut self, length: &Spanned<LengthSpec>) -> Range {
        let range = match length.get_ref() {
            LengthSpec::Most(most) => Some(Range {
                least: 0,
                most: usize::try_from(*most).unwrap_or(usize::MAX),
            }),
            LengthSpec::Range(text) => Range::parse(text).filter(|_| text.contains("..")),
        };
        match range {
            Some(range) if range.most > 0 => range,
            _ => {
                self.fault(&length.span(), ProfileFaultKind::Length);
                Range::ANY
            }
        }
    }

    fn data_type(&mut self, path: Path, name: &Spanned<String>) -> Option<TypeRule> {
        let text = name.get_ref();
        if text.contains('-') {
            return match Path::parse(text) {
                Ok(named) if is_field_beside(named, path) => Some(TypeRule::NamedBy(named.field())),
                _ => self.nothing(&name.span(), ProfileFaultKind::TypeField),
            };
        }
        let Some(data_type) = DataType::named(text.as_bytes()) else {
            let known = DataType::known();
            return self.nothing(&name.span(), ProfileFaultKind::Type { known });
        };
        Some(TypeRule::Is(data_type))
    }

    fn codes(&mut self, table: &Spanned<TableSpec>) -> Option<Codes> {
        let (codes, fault) = match table.get_ref() {
            TableSpec::Codes(codes) => (
                (!codes.is_empty()).then(|| Codes::unnamed(codes)),
                ProfileFaultKind::EmptyList,
            ),
            TableSpec::Name(name) => {
                let codes = self.tables.get(name);
                let known = self.known_tables();
                (
                    codes.map(|codes| Codes::listed(name, codes.get_ref())),
                    ProfileFaultKind::UnknownList { known },
                )
            }
            TableSpec::Number(number) => (
                Codes::of_table(*number),
                ProfileFaultKind::UnknownTable { number: *number },
            ),
        };
        if codes.is_none() {
            self.fault(&table.span(), fault);
        }
        codes
    }

    fn known_tables(&self) -> String {
        match self.tables.keys().map(String::as_str).collect::<Vec<_>>() {
            names if names.is_empty() => String::from("none"),
            names => names.join(", "),
        }
    }
}

impl FieldSpec {
    fn asks_nothing(&self) -> bool {
        self.required != Some(true)
            && self.repetitions.is_none()
            && self.length.is_none()
            && self.data_type.is_none()
            && self.table.is_none()
    }
}

/// Whether the first is a whole field of the segment that the second is in.
fn is_field_beside(named: Path, path: Path) -> bool {
    named.name() == path.name()
        && named.selector() == Selector::First
        && named.component().is_none()
}
