//! What a text must look like to say nothing of a person.

use hl7::{Charset, Version};

use super::days::is_date;
use super::policy::newest;
use super::unit::is_unit;

/// What a place may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A code of a table of the standard.
    Code(u16),
    /// A trigger event of a site's own: `Z01`.
    Event,
    /// `2.5.1`
    Version,
    /// A name that MSH-18 may have.
    Charset,
    /// A segment of the standard.
    SegmentName,
    /// A set id.
    SetId,
    /// How many there are, or which of them.
    Count,
    /// A code as LOINC has them, `718-7`, or CVX, `141`.
    Test,
    /// A code system: `LN`, `HL70005`.
    System,
    /// `mg/dL`
    Unit,
    /// `13.2`
    Number,
    /// `3.5-10`, `<5`
    Range,
    /// What stands before a number or between two (chapter 2A, type SN).
    Comparison,
}

/// The most digits of a number before the point, and after it: those of an account are more, most
/// often.
const DIGITS_MAX: usize = 8;
const DECIMALS_MAX: usize = 6;

/// The most digits of a set id (chapter 2A, type SI).
const SET_ID_MAX: usize = 4;
const COUNT_MAX: usize = 6;

/// The most digits of a LOINC code before its check digit, and of a CVX code.
const LOINC_MAX: usize = 7;
const CVX_MAX: usize = 3;

impl Form {
    pub(super) fn fits(self, text: &str) -> bool {
        match self {
            Form::Code(table) => is_code(table, text),
            Form::Event => is_numbered(text, "Z", 2),
            Form::Version => Version::parse(text.as_bytes()).is_some(),
            Form::Charset => Charset::from_label(text.as_bytes()).is_ok(),
            Form::SegmentName => newest().segment(text).is_some(),
            Form::SetId => is_digits(text, SET_ID_MAX),
            Form::Count => is_digits(text, COUNT_MAX),
            Form::Test => is_test(text),
            Form::System => is_code(396, text) || is_numbered(text, "HL7", 4),
            Form::Unit => is_unit(text),
            Form::Number => is_number(text.strip_prefix(['+', '-']).unwrap_or(text)),
            Form::Range => is_range(text),
            Form::Comparison => text.chars().all(|c| "<>=+-/:.".contains(c)),
        }
    }
}

fn is_code(table: u16, text: &str) -> bool {
    let table = newest().table(table);
    table.is_some_and(|table| table.code(text).is_some())
}

/// `HL70005`: a name and so many digits.
fn is_numbered(text: &str, name: &str, digits: usize) -> bool {
    let number = text.strip_prefix(name).unwrap_or_default();
    number.len() == digits && is_digits(number, digits)
}

fn is_test(text: &str) -> bool {
    match text.split_once('-') {
        Some((number, check)) => is_digits(number, LOINC_MAX) && is_digits(check, 1),
        None => is_digits(text, CVX_MAX),
    }
}

fn is_range(text: &str) -> bool {
    let bounds = text.trim_start_matches(['<', '>', '=', ' ']);
    let (low, high) = bounds.split_once('-').unwrap_or((bounds, bounds));
    is_number(low.trim()) && is_number(high.trim())
}

/// Digits with or without a point, that are no date.
fn is_number(text: &str) -> bool {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    (whole.is_empty() || is_digits(whole, DIGITS_MAX))
        && (decimals.is_empty() || is_digits(decimals, DECIMALS_MAX))
        && !(whole.is_empty() && decimals.is_empty())
        && !is_date(whole)
}

fn is_digits(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::Form;

    #[test]
    fn only_what_looks_as_it_should_fits() {
        let cases: [(Form, &[&str], &[&str]); 13] = [
            (Form::Code(1), &["F", "M"], &["f", "Roe", ""]),
            (Form::Code(9999), &[], &["F"]),
            (Form::Event, &["Z01"], &["ZOE", "Z1", "A01", "Z012"]),
            (Form::Version, &["2.3", "2.5.1"], &["2.3 PID", "2", ""]),
            (Form::Charset, &["8859/1", "UTF-8"], &["Roe"]),
            (Form::SegmentName, &["PID"], &["ROE", "Z01"]),
            (Form::SetId, &["1", "9999"], &["12345", "1a", ""]),
            (Form::Count, &["123456"], &["1234567", "-1"]),
            (
                Form::Test,
                &["718-7", "20447-9", "141"],
                &["CD4", "4711", "555-0105", "123-45-6789", "-7", "718-"],
            ),
            (
                Form::System,
                &["LN", "L", "HL70005", "UCUM"],
                &["Roe", "HL7", "HL7Roe1", "HL74711a"],
            ),
            (
                Form::Number,
                &["13.2", "-5", "10000000", ".5", "5."],
                &["Roe", "123456789", "19800625", "1e3", ".", "", "--1"],
            ),
            (
                Form::Range,
                &["3.5-10", "<5", ">= 60", "12.0 - 16.0", "7"],
                &["Ann Roe", "999-41-4711", "(207)555-0105", "19800625", "<"],
            ),
            (Form::Comparison, &["<", ">=", "-", ":"], &["R", "1"]),
        ];
        for (form, fitting, others) in cases {
            for text in fitting {
                assert!(form.fits(text), "{form:?} {text}");
            }
            for text in others {
                assert!(!form.fits(text), "{form:?} {text}");
            }
        }
    }
}
