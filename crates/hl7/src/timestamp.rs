//! Points in time as HL7 writes them, with their precision and offset.

mod calendar;
mod read;
#[cfg(feature = "jiff")]
mod with_jiff;
#[cfg(feature = "time")]
mod with_time;

use std::fmt;
use std::hash::{Hash, Hasher};

use thiserror::Error;

/// 14 hours, the largest offset in use.
const OFFSET_MAX: i16 = 14 * 60;

/// A point in time (HL7 v2 types DTM, TS.1 and DT), exactly as precise as it was written:
/// `YYYY[MM[DD[HH[MM[SS[.S…]]]]]][+/-ZZZZ]`.
///
/// ```
/// use cistern_hl7::{Precision, Timestamp};
///
/// let time = Timestamp::parse(b"202405031430-0500")?;
/// assert_eq!(time.precision(), Precision::Minute);
/// assert_eq!(time.to_iso(), "2024-05-03T14:30-05:00");
/// assert_eq!(time.to_string(), "202405031430-0500");
/// # Ok::<(), cistern_hl7::TimestampError>(())
/// ```
///
/// Two are equal where they state the same, with the same precision and offset. `-0000`, which is
/// printed as it was written, is the offset `+0000`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Timestamp {
    precision: Precision,
    year: u16,
    month: u8,
    day: u8,
    hour: u8,
    minute: u8,
    second: u8,
    nanosecond: u32,
    fraction_digits: u8,
    offset_minutes: Option<i16>,
    is_minus_zero: MinusZero,
}

/// Whether the offset is written `-0000`. What that states is `+0000`, so no two of them differ.
#[derive(Clone, Copy)]
struct MinusZero(bool);

impl PartialEq for MinusZero {
    fn eq(&self, _: &MinusZero) -> bool {
        true
    }
}

impl Eq for MinusZero {}

impl Hash for MinusZero {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

/// How much of a [`Timestamp`] is stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "closed by the DTM grammar of HL7 v2 chapter 2A"
)]
pub enum Precision {
    /// `YYYY`
    Year,
    /// `YYYYMM`
    Month,
    /// `YYYYMMDD`
    Day,
    /// `YYYYMMDDHH`
    Hour,
    /// `YYYYMMDDHHMM`
    Minute,
    /// `YYYYMMDDHHMMSS`
    Second,
    /// `YYYYMMDDHHMMSS.S…`
    FractionalSecond,
}

/// Why bytes are no [`Timestamp`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum TimestampError {
    /// The bytes do not have the form.
    #[error("not of the form YYYY[MM[DD[HH[MM[SS[.S]]]]]][+/-ZZZZ]")]
    Form,
    /// The year 0000.
    #[error("there is no year 0000")]
    Year,
    /// A month outside 01 to 12.
    #[error("the month is not 01 to 12")]
    Month,
    /// A day that the month does not have in that year.
    #[error("the month has no such day")]
    Day,
    /// An hour above 23; midnight is 00 of the next day.
    #[error("the hour is not 00 to 23")]
    Hour,
    /// A minute above 59.
    #[error("the minute is not 00 to 59")]
    Minute,
    /// A second above 59; leap seconds are not written.
    #[error("the second is not 00 to 59")]
    Second,
    /// An offset beyond 14 hours.
    #[error("the offset from UTC is not within 14:00")]
    Offset,
}

impl Timestamp {
    /// Reads a value such as `20240503` or `20240503143000.1234-0500`, and checks it against the
    /// calendar.
    ///
    /// The standard has up to four digits of fraction; up to nine are read, for senders write them.
    pub fn parse(text: &[u8]) -> Result<Timestamp, TimestampError> {
        let (_, timestamp) = read::timestamp(text).map_err(|_| TimestampError::Form)?;
        timestamp.check()?;
        Ok(timestamp)
    }

    /// The millisecond in UTC, with offset `+0000`; kept within the years 1 to 9999.
    pub fn from_unix_millis(millis: i64) -> Timestamp {
        let millis = millis.clamp(calendar::MILLIS_MIN, calendar::MILLIS_MAX);
        let (days, of_day) = (
            millis.div_euclid(calendar::DAY),
            millis.rem_euclid(calendar::DAY),
        );
        let (year, month, day) = calendar::date(days);
        Timestamp {
            precision: Precision::FractionalSecond,
            year,
            month,
            day,
            hour: small(of_day / 3_600_000),
            minute: small(of_day / 60_000 % 60),
            second: small(of_day / 1_000 % 60),
            nanosecond: u32::try_from(of_day % 1_000 * 1_000_000).unwrap_or_default(),
            fraction_digits: 3,
            offset_minutes: Some(0),
            is_minus_zero: MinusZero(false),
        }
    }

    /// Milliseconds since 1970 (UTC) at the start of the stated period: a day starts at 00:00.
    /// Where no offset is stated, `assumed_offset_minutes` (east positive) takes its place.
    pub fn unix_millis(self, assumed_offset_minutes: i16) -> i64 {
        let offset = self.offset_minutes.unwrap_or(assumed_offset_minutes);
        let minutes = i64::from(self.hour) * 60 + i64::from(self.minute) - i64::from(offset);
        calendar::days(self.year, self.month, self.day) * calendar::DAY
            + minutes * 60_000
            + i64::from(self.second) * 1_000
            + i64::from(self.nanosecond / 1_000_000)
    }

    /// How much is stated.
    pub fn precision(self) -> Precision {
        self.precision
    }

    /// The stated offset from UTC in minutes, east positive.
    pub fn offset_minutes(self) -> Option<i16> {
        self.offset_minutes
    }

    /// The year, 1 to 9999.
    pub fn year(self) -> u16 {
        self.year
    }

    /// The month, 1 to 12; 1 where it is not stated.
    pub fn month(self) -> u8 {
        self.month
    }

    /// The day of the month, 1 to 31; 1 where it is not stated.
    pub fn day(self) -> u8 {
        self.day
    }

    /// The hour, 0 to 23; 0 where it is not stated.
    pub fn hour(self) -> u8 {
        self.hour
    }

    /// The minute, 0 to 59; 0 where it is not stated.
    pub fn minute(self) -> u8 {
        self.minute
    }

    /// The second, 0 to 59; 0 where it is not stated.
    pub fn second(self) -> u8 {
        self.second
    }

    /// The fraction of the second in nanoseconds; 0 where it is not stated.
    pub fn nanosecond(self) -> u32 {
        self.nanosecond
    }

    /// ISO 8601 with the same precision: `2024-05`, `2024-05-03T14:30-05:00`. An offset needs a
    /// time of day: that of a bare date is left out.
    pub fn to_iso(self) -> String {
        let offset = self
            .offset_minutes
            .filter(|_| self.precision >= Precision::Hour);
        format!(
            "{}{}",
            Parts(self, ["-", "-", "T", ":", ":"]),
            Zone(offset, ":")
        )
    }

    fn check(self) -> Result<(), TimestampError> {
        let offset_fits = |offset: i16| offset.abs() <= OFFSET_MAX;
        match self {
            _ if self.year == 0 => Err(TimestampError::Year),
            _ if !(1..=12).contains(&self.month) => Err(TimestampError::Month),
            _ if !(1..=calendar::month_length(self.year, self.month)).contains(&self.day) => {
                Err(TimestampError::Day)
            }
            _ if self.hour > 23 => Err(TimestampError::Hour),
            _ if self.minute > 59 => Err(TimestampError::Minute),
            _ if self.second > 59 => Err(TimestampError::Second),
            _ if !self.offset_minutes.is_none_or(offset_fits) => Err(TimestampError::Offset),
            _ => Ok(()),
        }
    }
}

/// Writes the HL7 form.
impl fmt::Display for Timestamp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", Parts(*self, [""; 5]))?;
        if self.is_minus_zero.0 {
            return out.write_str("-0000");
        }
        write!(out, "{}", Zone(self.offset_minutes, ""))
    }
}

/// Shows how much is stated, for a timestamp may be a date of birth.
impl fmt::Debug for Timestamp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Timestamp({:?})", self.precision)
    }
}

/// All but the offset, with these separators before month, day, hour, minute and second.
struct Parts(Timestamp, [&'static str; 5]);

impl fmt::Display for Parts {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Parts(time, separators) = self;
        write!(out, "{:04}", time.year)?;
        let parts = [
            (Precision::Month, time.month),
            (Precision::Day, time.day),
            (Precision::Hour, time.hour),
            (Precision::Minute, time.minute),
            (Precision::Second, time.second),
        ];
        for (separator, (precision, part)) in separators.iter().zip(parts) {
            if time.precision >= precision {
                write!(out, "{separator}{part:02}")?;
            }
        }
        if time.precision == Precision::FractionalSecond {
            let nanoseconds = format!("{:09}", time.nanosecond);
            let digits = nanoseconds
                .get(..time.fraction_digits.into())
                .unwrap_or(&nanoseconds);
            write!(out, ".{digits}")?;
        }
        Ok(())
    }
}

/// The offset, if there is one, with this separator before its minutes.
struct Zone(Option<i16>, &'static str);

impl fmt::Display for Zone {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Zone(Some(offset), separator) = self else {
            return Ok(());
        };
        let sign = if *offset < 0 { '-' } else { '+' };
        let minutes = offset.unsigned_abs();
        write!(
            out,
            "{sign}{:02}{separator}{:02}",
            minutes / 60,
            minutes % 60
        )
    }
}

/// A part of a date or time, which is never above 99.
fn small(part: i64) -> u8 {
    u8::try_from(part).unwrap_or_default()
}

/// The fewest digits after the point that hold so many nanoseconds.
#[cfg(any(feature = "jiff", feature = "time"))]
fn fraction_digits(nanosecond: u32) -> u8 {
    let mut digits = 9;
    let mut left = nanosecond;
    while digits > 0 && left.is_multiple_of(10) {
        left /= 10;
        digits -= 1;
    }
    digits
}
