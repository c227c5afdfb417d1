//! The Gregorian calendar: days since 1970-01-01 and back.

/// Milliseconds of a day.
pub(super) const DAY: i64 = 86_400_000;
/// 0001-01-01T00:00:00.000Z.
pub(super) const MILLIS_MIN: i64 = -62_135_596_800_000;
/// 9999-12-31T23:59:59.999Z.
pub(super) const MILLIS_MAX: i64 = 253_402_300_799_999;

/// Days of 400 years, after which the calendar repeats.
const ERA: i64 = 146_097;
/// Days from 0000-03-01 to 1970-01-01.
const EPOCH: i64 = 719_468;

pub(super) fn month_length(year: u16, month: u8) -> u8 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Counts years from March, so that the leap day ends them.
pub(super) fn days(year: u16, month: u8, day: u8) -> i64 {
    let from_march = (i64::from(month) + 9) % 12;
    let year = i64::from(year) - i64::from(month <= 2);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * from_march + 2) / 5 + i64::from(day) - 1;
    year.div_euclid(400) * ERA + of_era * 365 + of_era / 4 - of_era / 100 + of_year - EPOCH
}

/// Year, month and day; the inverse of [`days`].
pub(super) fn date(days: i64) -> (u16, u8, u8) {
    let days = days + EPOCH;
    let of_era = days.rem_euclid(ERA);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = (from_march + 2) % 12 + 1;
    let year = days.div_euclid(ERA) * 400 + year_of_era + i64::from(month <= 2);
    (
        u16::try_from(year).unwrap_or_default(),
        super::small(month),
        super::small(day),
    )
}
