//! One field of a segment held against one rule.

use super::codes::Codes;
use super::data_type::DataType;
use super::finding::{Finding, Findings, Place};
use super::part::Part;
use super::rule::FieldRule;
use crate::ack::ErrorCondition;
use crate::charset::Charset;
use crate::levels::Field;
use crate::segment::Segment;
use crate::value::{Presence, Value};

pub(super) struct FieldCheck<'a, 'f> {
    rule: &'a FieldRule,
    segment: Segment<'a>,
    /// None where it is not known: then no text is looked at but the codes of MSH.
    charset: Option<Charset>,
    data_type: Option<DataType>,
    findings: &'f mut Findings,
}

impl<'a, 'f> FieldCheck<'a, 'f> {
    /// The place is that of the segment.
    pub(super) fn run(
        rule: &'a FieldRule,
        segment: Segment<'a>,
        place: Place,
        charset: Option<Charset>,
        findings: &'f mut Findings,
    ) {
        let check = FieldCheck {
            rule,
            segment,
            charset,
            data_type: rule.data_type_in(segment),
            findings,
        };
        check.field(place);
    }

    fn field(mut self, place: Place) {
        let field = self.segment.field(self.rule.path.field().into());
        let repetitions = field.into_iter().flat_map(Field::repetitions);
        let valued = (1..)
            .zip(repetitions)
            .filter(|(_, repetition)| repetition.presence().value().is_some());
        if self.rule.path.component().is_none() {
            let place = place.of_field(self.rule.path.field());
            self.repetition_count(place, valued.clone().count());
        }
        for (number, repetition) in valued {
            let place = place.of_part(&self.rule.path, number);
            let Some(part) = self.rule.part_of(repetition) else {
                continue;
            };
            match part.value() {
                Some(value) => self.value(place, part, value),
                None => self.no_value(place),
            }
        }
    }

    fn repetition_count(&mut self, place: Place, count: usize) {
        let wanted = self.rule.repetitions;
        if count == 0 {
            self.no_value(place);
        } else if !wanted.contains(count) {
            let sentence = match wanted.most {
                0 => format!("{place} is not accepted: leave it empty"),
                _ => format!("the number of repetitions of {place} is {count}: send {wanted}"),
            };
            self.found(ErrorCondition::NonConformantCardinality, place, sentence);
        }
    }

    fn no_value(&mut self, place: Place) {
        if self.rule.required {
            let sentence = format!("{place} is required and empty");
            self.found(ErrorCondition::RequiredFieldMissing, place, sentence);
        }
    }

    fn value(&mut self, place: Place, part: Part<'_>, value: Value<'_>) {
        let reads_text = self.rule.reads_text_of(self.data_type);
        let text = match self.charset.filter(|_| reads_text) {
            None => None,
            Some(charset) => match value.decode(charset) {
                Ok(text) => Some(text),
                Err(error) => {
                    let sentence = format!("{place}: {error}");
                    return self.found(ErrorCondition::DataTypeError, place, sentence);
                }
            },
        };
        self.data_type(place, part, value);
        if let Some(text) = text {
            self.length(place, &text);
        }
        if let Some(charset) = self.charset_of_codes() {
            self.code(place, part, charset);
        }
    }

    /// The codes of a header can be read in whatever set the rest may be.
    fn charset_of_codes(&self) -> Option<Charset> {
        let of_header = self.segment.is("MSH").then_some(Charset::UNSTATED);
        self.charset.or(of_header)
    }

    fn data_type(&mut self, place: Place, part: Part<'_>, value: Value<'_>) {
        let Some(data_type) = self.data_type else {
            return;
        };
        if !data_type.fits(part, value, self.segment.delimiters()) {
            let sentence = format!("{place} is no {data_type}: {}", data_type.advice());
            self.found(ErrorCondition::DataTypeError, place, sentence);
        }
    }

    fn length(&mut self, place: Place, text: &str) {
        let (wanted, count) = (self.rule.length, text.chars().count());
        if count > wanted.most {
            let sentence = format!(
                "{place} is longer than {} characters ({count})",
                wanted.most
            );
            self.found(ErrorCondition::ValueTooLong, place, sentence);
        }
        if count < wanted.least {
            let sentence = format!(
                "{place} is shorter than {} characters ({count})",
                wanted.least
            );
            self.found(ErrorCondition::OtherError, place, sentence);
        }
    }

    fn code(&mut self, place: Place, part: Part<'_>, charset: Charset) {
        let Some(codes) = &self.rule.codes else {
            return;
        };
        if !is_code(codes, part.first_leaf(), charset) {
            let sentence = format!("{place} is not in {codes}");
            self.found(ErrorCondition::TableValueNotFound, place, sentence);
        }
    }

    fn found(&mut self, condition: ErrorCondition, place: Place, sentence: String) {
        self.findings.add(Finding {
            condition,
            severity: self.rule.severity,
            place,
            sentence,
        });
    }
}

/// Whether the leaf is one of the codes. Null is not asked.
fn is_code(codes: &Codes, leaf: Part<'_>, charset: Charset) -> bool {
    match leaf.presence() {
        Presence::Null => true,
        Presence::Absent | Presence::Empty => false,
        Presence::Value(code) => code.decode(charset).is_ok_and(|code| codes.contain(&code)),
    }
}
