//! Timestamps to and from the types of the crate `jiff` (feature `jiff`).

use jiff::tz::Offset;
use jiff::{Zoned, civil};

use super::{MinusZero, Precision, Timestamp, TimestampError, fraction_digits};

impl Timestamp {
    /// Date and time of day at the start of the stated period, without the offset: a day starts at
    /// 00:00. With a time zone of the caller's it becomes a point in time.
    pub fn to_jiff_datetime(self) -> civil::DateTime {
        let [month, day, hour, minute, second] =
            [self.month, self.day, self.hour, self.minute, self.second].map(u8::cast_signed);
        civil::date(self.year.cast_signed(), month, day).at(
            hour,
            minute,
            second,
            self.nanosecond.cast_signed(),
        )
    }

    /// The point in time at the start of the stated period; nothing if no offset is stated, or
    /// past the end of what `jiff` can hold, 9999-12-30T22:00Z.
    pub fn to_jiff_timestamp(self) -> Option<jiff::Timestamp> {
        let offset = Offset::from_seconds(i32::from(self.offset_minutes?) * 60).ok()?;
        offset.to_timestamp(self.to_jiff_datetime()).ok()
    }
}

/// A day without time or offset.
impl TryFrom<civil::Date> for Timestamp {
    type Error = TimestampError;

    fn try_from(date: civil::Date) -> Result<Timestamp, TimestampError> {
        let midnight = Timestamp::try_from(date.at(0, 0, 0, 0))?;
        Ok(Timestamp {
            precision: Precision::Day,
            ..midnight
        })
    }
}

/// To the second, or to the last digit of the fraction that is not 0, without offset. The standard
/// has four digits of fraction: who sends the timestamp rounds it first.
impl TryFrom<civil::DateTime> for Timestamp {
    type Error = TimestampError;

    fn try_from(time: civil::DateTime) -> Result<Timestamp, TimestampError> {
        let nanosecond = time.subsec_nanosecond().cast_unsigned();
        let fraction_digits = fraction_digits(nanosecond);
        let timestamp = Timestamp {
            precision: match fraction_digits {
                0 => Precision::Second,
                _ => Precision::FractionalSecond,
            },
            year: u16::try_from(time.year()).map_err(|_| TimestampError::Year)?,
            month: time.month().cast_unsigned(),
            day: time.day().cast_unsigned(),
            hour: time.hour().cast_unsigned(),
            minute: time.minute().cast_unsigned(),
            second: time.second().cast_unsigned(),
            nanosecond,
            fraction_digits,
            offset_minutes: None,
            is_minus_zero: MinusZero(false),
        };
        timestamp.check()?;
        Ok(timestamp)
    }
}

/// As its date and time of day, with the offset of its zone at that time. Offsets of a fraction of
/// a minute, from before zones were agreed on, cannot be written.
impl TryFrom<&Zoned> for Timestamp {
    type Error = TimestampError;

    fn try_from(time: &Zoned) -> Result<Timestamp, TimestampError> {
        let seconds = time.offset().seconds();
        if seconds % 60 != 0 {
            return Err(TimestampError::Offset);
        }
        let timestamp = Timestamp {
            offset_minutes: i16::try_from(seconds / 60).ok(),
            ..Timestamp::try_from(time.datetime())?
        };
        timestamp.check()?;
        Ok(timestamp)
    }
}

/// In UTC, with the offset `+0000`.
impl TryFrom<jiff::Timestamp> for Timestamp {
    type Error = TimestampError;

    fn try_from(time: jiff::Timestamp) -> Result<Timestamp, TimestampError> {
        Ok(Timestamp {
            offset_minutes: Some(0),
            ..Timestamp::try_from(Offset::UTC.to_datetime(time))?
        })
    }
}
