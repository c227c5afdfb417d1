//! Dates that are moved, all by the same days, so that what lies between them stays.

use std::ops::RangeInclusive;

use hl7::Timestamp;

use super::cipher::Cipher;

/// The least and the most days.
const DAYS_MIN: u32 = 366;
const DAYS_MAX: u32 = 2_000;

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1_000;

/// Other years are no dates of people: such digits are a number.
const YEARS: RangeInclusive<u16> = 1850..=2150;

/// How many digits a date may have: up to the day, the minute or the second. Fewer may be any
/// number.
const DIGITS: [usize; 3] = [
    "YYYYMMDD".len(),
    "YYYYMMDDHHMM".len(),
    "YYYYMMDDHHMMSS".len(),
];

const FRACTION_MAX: usize = ".SSSS".len();

const QUARTERS: [&str; 4] = ["00", "15", "30", "45"];

/// How far dates move into the past.
pub(super) struct Days(u32);

impl Days {
    /// As many as the key of the cipher chooses.
    pub(super) fn of(cipher: &Cipher) -> Days {
        Days(DAYS_MIN + cipher.number(b"days", DAYS_MAX - DAYS_MIN))
    }

    /// What stands for the date with which a text begins, and the text after it. Time of day and
    /// offset stay.
    pub(super) fn moved<'t>(&self, text: &'t str) -> Option<(String, &'t str)> {
        let (date, after) = split_date(text)?;
        let (day, time) = date.split_at_checked("YYYYMMDD".len())?;
        let midnight = Timestamp::parse(day.as_bytes()).ok()?.unix_millis(0);
        let moved = Timestamp::from_unix_millis(midnight - i64::from(self.0) * DAY_MILLIS);
        let (year, month, day) = (moved.year(), moved.month(), moved.day());
        Some((format!("{year:04}{month:02}{day:02}{time}"), after))
    }
}

/// Whether the whole of a text is a date.
pub(super) fn is_date(text: &str) -> bool {
    split_date(text).is_some_and(|(_, after)| after.is_empty())
}

/// A date or time, as types DT and TS have it, that is no part of a longer word.
pub(super) fn split_date(text: &str) -> Option<(&str, &str)> {
    let digits = count_digits(text);
    if !DIGITS.contains(&digits) {
        return None;
    }
    let mut length = digits;
    if digits > "YYYYMMDD".len() {
        length += fraction_length(text.get(length..)?);
        length += offset_length(text.get(length..)?);
    }
    let (date, after) = text.split_at_checked(length)?;
    let year = Timestamp::parse(date.as_bytes()).ok()?.year();
    let is_whole = !after.starts_with(char::is_alphanumeric);
    (is_whole && YEARS.contains(&year)).then_some((date, after))
}

/// The length of `.S[S[S[S]]]`, or nothing.
fn fraction_length(text: &str) -> usize {
    let digits = text.strip_prefix('.').map_or(0, count_digits);
    match digits + 1 {
        length @ 2..=FRACTION_MAX => length,
        _ => 0,
    }
}

/// The length of `+/-ZZZZ`, or nothing. Offsets are quarters of an hour.
fn offset_length(text: &str) -> usize {
    let digits = text.strip_prefix(['+', '-']).unwrap_or_default();
    let is_offset = count_digits(digits) == "ZZZZ".len()
        && digits.get(..2).is_some_and(|hours| hours <= "14")
        && digits
            .get(2..4)
            .is_some_and(|minutes| QUARTERS.contains(&minutes));
    if is_offset { "+ZZZZ".len() } else { 0 }
}

fn count_digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

#[cfg(test)]
mod tests {
    use super::Days;

    #[test]
    fn dates_keep_their_form_and_distance() {
        let cases = [
            ("20260302", Some(("20250126", ""))),
            ("20240229", Some(("20230125", ""))),
            ("20260302, at noon", Some(("20250126", ", at noon"))),
            ("20260302-0500", Some(("20250126", "-0500"))),
            ("202603021015", Some(("202501261015", ""))),
            ("20260302101500.", Some(("20250126101500", "."))),
            (
                "20260302101500.1234-0500 x",
                Some(("20250126101500.1234-0500", " x")),
            ),
            ("20260302101500+1234", Some(("20250126101500", "+1234"))),
            ("20260302101500+1545", Some(("20250126101500", "+1545"))),
            ("2026", None),
            ("202603", None),
            ("2026030210", None),
            ("20260302x", None),
            ("20260230", None),
            ("18490101", None),
            ("202603022515", None),
            ("", None),
            ("Monday", None),
        ];
        for (text, expected) in cases {
            let moved = Days(400).moved(text);
            let moved = moved.as_ref().map(|(date, after)| (date.as_str(), *after));
            assert_eq!(moved, expected, "{text}");
        }
    }
}
