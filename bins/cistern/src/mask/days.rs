//! Dates that are moved, all by the same days, so that what lies between them stays.

use hl7::{Precision, Timestamp};

use super::cipher::Cipher;

/// The least and the most days; at least a year, so that each date becomes another whatever its
/// precision.
const DAYS_MIN: u32 = 366;
const DAYS_MAX: u32 = 2_000;

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1_000;

/// Years before this one are no dates of people, and are masked as digits.
const YEAR_MIN: u16 = 1_000;

/// How far dates move into the past.
pub(super) struct Days(u32);

impl Days {
    /// As many as the key of the cipher chooses.
    pub(super) fn of(cipher: &Cipher) -> Days {
        Days(DAYS_MIN + cipher.number(b"days", DAYS_MAX - DAYS_MIN))
    }

    /// The date in its new place, in the same form; time of day and offset stay. Of a month or a
    /// year, so many whole months or years earlier.
    pub(super) fn moved(&self, date: &[u8]) -> Option<Vec<u8>> {
        let time = Timestamp::parse(date).ok()?;
        if time.year() < YEAR_MIN {
            return None;
        }
        let (year, days) = (u32::from(time.year()), self.0);
        match time.precision() {
            Precision::Year => Some(with_start(date, &format!("{:04}", year - days / 365))),
            Precision::Month => {
                let month = u32::from(time.month());
                let months = year * 12 + month - 1 - days * 12 / 365;
                Some(with_start(
                    date,
                    &format!("{:04}{:02}", months / 12, months % 12 + 1),
                ))
            }
            _ => {
                let (day, _) = date.split_at_checked("YYYYMMDD".len())?;
                let midnight = Timestamp::parse(day).ok()?.unix_millis(0);
                let moved = Timestamp::from_unix_millis(midnight - i64::from(days) * DAY_MILLIS);
                let (year, month, day) = (moved.year(), moved.month(), moved.day());
                Some(with_start(date, &format!("{year:04}{month:02}{day:02}")))
            }
        }
    }
}

/// A date that begins with other digits.
fn with_start(date: &[u8], start: &str) -> Vec<u8> {
    let rest = date.get(start.len()..).unwrap_or_default();
    [start.as_bytes(), rest].concat()
}

#[cfg(test)]
mod tests {
    use super::Days;

    #[test]
    fn dates_keep_their_form_and_distance() {
        let days = Days(400);
        let cases = [
            ("2026", Some("2025")),
            ("202601", Some("202412")),
            ("20260302", Some("20250126")),
            ("20240229", Some("20230125")),
            ("20260302101500.1234-0500", Some("20250126101500.1234-0500")),
            ("2026030210", Some("2025012610")),
            ("20260230", None),
            ("00010101", None),
            ("", None),
            ("Monday", None),
        ];
        for (date, expected) in cases {
            let moved = days.moved(date.as_bytes());
            assert_eq!(moved.as_deref(), expected.map(str::as_bytes), "{date}");
        }
    }
}
