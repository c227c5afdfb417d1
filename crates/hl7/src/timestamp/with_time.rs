//! Timestamps to and from the types of the crate `time` (feature `time`).

use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

use super::{MinusZero, Precision, Timestamp, TimestampError, fraction_digits};

impl Timestamp {
    /// Date and time of day at the start of the stated period, without the offset: a day starts at
    /// 00:00. With an offset of the caller's it becomes a point in time.
    pub fn to_time_datetime(self) -> PrimitiveDateTime {
        let Timestamp {
            hour,
            minute,
            second,
            nanosecond,
            ..
        } = self;
        let month = Month::try_from(self.month).unwrap_or(Month::January);
        let date = Date::from_calendar_date(self.year.into(), month, self.day);
        let time = Time::from_hms_nano(hour, minute, second, nanosecond);
        // Neither can fail: a timestamp is checked when it is made.
        let date = date.unwrap_or(Date::MIN);
        date.with_time(time.unwrap_or(Time::MIDNIGHT))
    }

    /// The point in time at the start of the stated period, with its offset; nothing if no offset
    /// is stated.
    pub fn to_time_offset_datetime(self) -> Option<OffsetDateTime> {
        let seconds = i32::from(self.offset_minutes?) * 60;
        let offset = UtcOffset::from_whole_seconds(seconds).ok()?;
        Some(self.to_time_datetime().assume_offset(offset))
    }
}

/// A day without time or offset.
impl TryFrom<Date> for Timestamp {
    type Error = TimestampError;

    fn try_from(date: Date) -> Result<Timestamp, TimestampError> {
        let midnight = Timestamp::try_from(date.midnight())?;
        Ok(Timestamp {
            precision: Precision::Day,
            ..midnight
        })
    }
}

/// To the second, or to the last digit of the fraction that is not 0, without offset. The standard
/// has four digits of fraction: who sends the timestamp rounds it first.
impl TryFrom<PrimitiveDateTime> for Timestamp {
    type Error = TimestampError;

    fn try_from(time: PrimitiveDateTime) -> Result<Timestamp, TimestampError> {
        let fraction_digits = fraction_digits(time.nanosecond());
        let timestamp = Timestamp {
            precision: match fraction_digits {
                0 => Precision::Second,
                _ => Precision::FractionalSecond,
            },
            year: u16::try_from(time.year()).map_err(|_| TimestampError::Year)?,
            month: time.month().into(),
            day: time.day(),
            hour: time.hour(),
            minute: time.minute(),
            second: time.second(),
            nanosecond: time.nanosecond(),
            fraction_digits,
            offset_minutes: None,
            is_minus_zero: MinusZero(false),
        };
        timestamp.check()?;
        Ok(timestamp)
    }
}

/// As its date and time of day, with its offset. Offsets of a fraction of a minute, from before
/// zones were agreed on, cannot be written.
impl TryFrom<OffsetDateTime> for Timestamp {
    type Error = TimestampError;

    fn try_from(time: OffsetDateTime) -> Result<Timestamp, TimestampError> {
        let seconds = time.offset().whole_seconds();
        if seconds % 60 != 0 {
            return Err(TimestampError::Offset);
        }
        let local = PrimitiveDateTime::new(time.date(), time.time());
        let timestamp = Timestamp {
            offset_minutes: i16::try_from(seconds / 60).ok(),
            ..Timestamp::try_from(local)?
        };
        timestamp.check()?;
        Ok(timestamp)
    }
}
