//! A field's value and the kinds of value that the catalogue knows.

use serde::{Deserialize, Serialize};

/// What a field holds. Dates and timestamps are ISO 8601 text of the precision that was sent, so
/// that nothing is invented: `2024-05`, `2024-05-03`, `2024-05-03T14:30-05:00`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
#[expect(clippy::exhaustive_enums, reason = "the shapes a column can have")]
pub enum Value {
    /// A yes or no.
    Flag(bool),
    /// A number, for fields that are compared and charted; the text as sent stands beside it.
    Number(f64),
    /// Any text, code, date or timestamp.
    Text(String),
}

impl Value {
    /// A text value.
    pub fn text(text: impl Into<String>) -> Value {
        Value::Text(text.into())
    }

    /// The text of a text value.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            Value::Flag(_) | Value::Number(_) => None,
        }
    }
}

/// The kind of a field, which decides its column and what text it accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "every reader of the catalogue must treat each kind"
)]
pub enum Kind {
    /// Free text.
    Text,
    /// One value of a code table.
    Code,
    /// Several values of a code table, joined by `;` in the order of arrival.
    Codes,
    /// The name of a row of reference data.
    Reference,
    /// A calendar date; a month or a year where no more was sent.
    Date,
    /// A date with a time of day and an offset, each as far as it was sent.
    Timestamp,
    /// A number.
    Number,
    /// A yes or no.
    Flag,
}

/// A text that is not a value of the field's kind. It says which kind was wanted, never the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not {}", self.wanted.describe())]
pub struct BadValue {
    /// The kind that the field wants.
    pub wanted: Kind,
}

impl Kind {
    /// Reads a value of this kind from text; dates and timestamps in ISO 8601.
    pub fn read(self, text: &str) -> Result<Value, BadValue> {
        let value = match self {
            Kind::Text | Kind::Code | Kind::Codes | Kind::Reference => Some(Value::text(text)),
            Kind::Date => is_date(text).then(|| Value::text(text)),
            Kind::Timestamp => is_timestamp(text).then(|| Value::text(text)),
            Kind::Number => text
                .parse()
                .ok()
                .filter(|n: &f64| n.is_finite())
                .map(Value::Number),
            Kind::Flag => read_flag(text).map(Value::Flag),
        };
        value.ok_or(BadValue { wanted: self })
    }

    fn describe(self) -> &'static str {
        match self {
            Kind::Text => "a text",
            Kind::Code => "a code",
            Kind::Codes => "a list of codes",
            Kind::Reference => "a name of reference data",
            Kind::Date => "a date (YYYY-MM-DD)",
            Kind::Timestamp => "a date and time (YYYY-MM-DDThh:mm)",
            Kind::Number => "a number",
            Kind::Flag => "yes or no",
        }
    }
}

fn read_flag(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "y" | "yes" | "true" | "1" => Some(true),
        "n" | "no" | "false" | "0" => Some(false),
        _ => None,
    }
}

/// `YYYY`, `YYYY-MM` or `YYYY-MM-DD`. The calendar was checked where the date was read.
fn is_date(text: &str) -> bool {
    let mut parts = text.split('-');
    parts.next().is_some_and(|year| is_number(year, 4))
        && parts.by_ref().take(2).all(|part| is_number(part, 2))
        && parts.next().is_none()
}

fn is_timestamp(text: &str) -> bool {
    match text.split_once('T') {
        None => is_date(text),
        Some((date, time)) => {
            date.len() == 10
                && is_date(date)
                && time.len() >= 2
                && time
                    .bytes()
                    .all(|b| b.is_ascii_digit() || b":.+-Z".contains(&b))
        }
    }
}

fn is_number(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_accept_their_own_shapes_only() {
        let cases = [
            (Kind::Date, "1994-07-14", true),
            (Kind::Date, "1994-07", true),
            (Kind::Date, "1994", true),
            (Kind::Date, "19940714", false),
            (Kind::Date, "1994-07-14T10", false),
            (Kind::Date, "1994-07-14-", false),
            (Kind::Timestamp, "2024-05-03T14:30-05:00", true),
            (Kind::Timestamp, "2024-05-03", true),
            (Kind::Timestamp, "2024-05T14", false),
            (Kind::Timestamp, "2024-05-03 14:30", false),
            (Kind::Number, "<20", false),
            (Kind::Number, "20.5", true),
            (Kind::Number, "inf", false),
            (Kind::Flag, "Y", true),
            (Kind::Flag, "maybe", false),
        ];
        for (kind, text, good) in cases {
            assert_eq!(kind.read(text).is_ok(), good, "{kind:?} {text}");
        }
    }
}
