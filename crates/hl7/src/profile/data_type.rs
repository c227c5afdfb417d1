//! The data types that can be judged, and what a value must be to be of one.

use std::fmt;

use super::part::Part;
use crate::delimiters::Delimiters;
use crate::timestamp::{Precision, Timestamp};
use crate::value::Value;
use crate::values::Nm;

/// A data type of HL7 v2, chapter 2A.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DataType {
    name: &'static str,
    form: Form,
}

/// What makes a value one of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Any text without parts.
    Text,
    /// A text without parts and escape sequences.
    Code,
    Number,
    Integer,
    Date,
    Time,
    Timestamp,
    /// A timestamp and, up to version 2.4, how precise it is.
    TimestampAndPrecision,
    StructuredNumber,
    /// One of these parts holds a value.
    OneOf(&'static [usize]),
}

const TYPES: [DataType; 41] = [
    of("CE", Form::OneOf(&[1, 2, 4, 5])),
    of("CK", Form::OneOf(&[1])),
    of("CNE", Form::OneOf(&[1, 2, 9])),
    of("CP", Form::OneOf(&[1])),
    of("CQ", Form::OneOf(&[1])),
    of("CWE", Form::OneOf(&[1, 2, 4, 5, 9])),
    of("CX", Form::OneOf(&[1])),
    of("DLN", Form::OneOf(&[1])),
    of("DR", Form::OneOf(&[1, 2])),
    of("DT", Form::Date),
    of("DTM", Form::Timestamp),
    of("ED", Form::OneOf(&[5])),
    of("EI", Form::OneOf(&[1])),
    of("EIP", Form::OneOf(&[1, 2])),
    of("FN", Form::OneOf(&[1])),
    of("FT", Form::Text),
    of("HD", Form::OneOf(&[1, 2])),
    of("ID", Form::Code),
    of("IS", Form::Code),
    of("JCC", Form::OneOf(&[1, 2])),
    of("MO", Form::OneOf(&[1])),
    of("MSG", Form::OneOf(&[1])),
    of("NDL", Form::OneOf(&[1])),
    of("NM", Form::Number),
    of("PL", Form::OneOf(&[1, 2, 3, 4, 9])),
    of("PPN", Form::OneOf(&[1, 2])),
    of("PT", Form::OneOf(&[1])),
    of("RP", Form::OneOf(&[1])),
    of("SI", Form::Integer),
    of("SN", Form::StructuredNumber),
    of("ST", Form::Text),
    of("TM", Form::Time),
    of("TQ", Form::OneOf(&[1, 2, 3, 4, 5, 6, 7, 8])),
    of("TS", Form::TimestampAndPrecision),
    of("TX", Form::Text),
    of("VID", Form::OneOf(&[1])),
    of("XAD", Form::OneOf(&[1, 3, 4, 5, 6])),
    of("XCN", Form::OneOf(&[1, 2])),
    of("XON", Form::OneOf(&[1, 3, 10])),
    of("XPN", Form::OneOf(&[1, 2])),
    of("XTN", Form::OneOf(&[1, 4, 7, 12])),
];

const fn of(name: &'static str, form: Form) -> DataType {
    DataType { name, form }
}

impl DataType {
    pub(super) fn named(name: &[u8]) -> Option<DataType> {
        let mut types = TYPES.into_iter();
        types.find(|data_type| data_type.name.as_bytes() == name)
    }

    /// The names of all, for people.
    pub(super) fn known() -> String {
        TYPES.map(|data_type| data_type.name).join(", ")
    }

    /// Whether the value must be text in the character set of the message.
    pub(super) fn is_text(self) -> bool {
        matches!(self.form, Form::Text | Form::Code)
    }

    /// Whether the part, whose value this is, is of the type.
    pub(super) fn fits(self, part: Part<'_>, value: Value<'_>, delimiters: Delimiters) -> bool {
        let raw = value.raw();
        match self.form {
            Form::Text => !part.is_split(),
            Form::Code => !part.is_split() && !has_escape(raw, delimiters),
            Form::Number => Nm::parse(raw).is_some(),
            Form::Integer => raw.iter().all(u8::is_ascii_digit),
            Form::Date => is_date(raw),
            Form::Time => is_time(raw),
            Form::Timestamp => Timestamp::parse(raw).is_ok(),
            Form::TimestampAndPrecision => part
                .below(1)
                .value()
                .is_some_and(|time| Timestamp::parse(time.raw()).is_ok()),
            Form::StructuredNumber => is_structured_number(part),
            Form::OneOf(numbers) => numbers
                .iter()
                .any(|number| part.below(*number).value().is_some()),
        }
    }

    /// What to send.
    pub(super) fn advice(self) -> Advice {
        Advice(self.form)
    }
}

impl fmt::Display for DataType {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name)
    }
}

/// How a value of a form is written.
pub(super) struct Advice(Form);

impl fmt::Display for Advice {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self.0 {
            Form::Text => "send it whole, with its delimiters escaped",
            Form::Code => "send a code without parts and escapes",
            Form::Number => "send digits with an optional sign and point",
            Form::Integer => "send digits",
            Form::Date => "send YYYY[MM[DD]]",
            Form::Time => "send HH[MM[SS[.S]]][+/-ZZZZ]",
            Form::Timestamp | Form::TimestampAndPrecision => {
                "send YYYY[MM[DD[HH[MM[SS[.S]]]]]][+/-ZZZZ]"
            }
            Form::StructuredNumber => "send comparator^number^separator^number",
            Form::OneOf([first, more @ ..]) => {
                write!(out, "fill part {first}")?;
                return more.iter().try_for_each(|part| write!(out, " or {part}"));
            }
            Form::OneOf([]) => return Ok(()),
        })
    }
}

fn has_escape(raw: &[u8], delimiters: Delimiters) -> bool {
    delimiters.escape().is_some_and(|mark| raw.contains(&mark))
}

/// `YYYY[MM[DD]]`.
fn is_date(raw: &[u8]) -> bool {
    Timestamp::parse(raw)
        .is_ok_and(|date| date.precision() <= Precision::Day && date.offset_minutes().is_none())
}

/// `HH[MM[SS[.S…]]][+/-ZZZZ]`, which is what follows the day in a timestamp.
fn is_time(raw: &[u8]) -> bool {
    const TIME_MAX_BYTES: usize = "HHMMSS.SSSSSSSSS+ZZZZ".len();
    raw.len() <= TIME_MAX_BYTES
        && Timestamp::parse(&[b"20000101", raw].concat())
            .is_ok_and(|time| time.precision() >= Precision::Hour)
}

/// `comparator^number^separator^number`, of which one number may be missing (section 2.A.70).
fn is_structured_number(part: Part<'_>) -> bool {
    let [comparator, first, separator, second] =
        [1, 2, 3, 4].map(|number| part.below(number).value().map(Value::raw));
    let comparators: [&[u8]; 6] = [b">", b"<", b">=", b"<=", b"=", b"<>"];
    let separators: [&[u8]; 5] = [b"-", b"/", b".", b":", b"+"];
    let is_number = |raw| Nm::parse(raw).is_some();
    (first.is_some() || second.is_some())
        && comparator.is_none_or(|raw| comparators.contains(&raw))
        && separator.is_none_or(|raw| separators.contains(&raw))
        && first.is_none_or(is_number)
        && second.is_none_or(is_number)
}
