//! Timestamps to and from the types of time.
#![cfg(test)]
#![cfg(feature = "time")]

use cistern_hl7::{Timestamp, TimestampError};
use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

fn timestamp(text: &str) -> Timestamp {
    Timestamp::parse(text.as_bytes()).unwrap()
}

fn date(year: i32, month: u8, day: u8) -> Date {
    Date::from_calendar_date(year, Month::try_from(month).unwrap(), day).unwrap()
}

fn at(date: Date, hour: u8, minute: u8, second: u8, nanosecond: u32) -> PrimitiveDateTime {
    date.with_time(Time::from_hms_nano(hour, minute, second, nanosecond).unwrap())
}

fn offset(seconds: i32) -> UtcOffset {
    UtcOffset::from_whole_seconds(seconds).unwrap()
}

#[test]
fn to_time() {
    let cases = [
        ("2024", at(date(2024, 1, 1), 0, 0, 0, 0), None),
        ("202405+0200", at(date(2024, 5, 1), 0, 0, 0, 0), Some(7_200)),
        ("20240229", at(date(2024, 2, 29), 0, 0, 0, 0), None),
        (
            "20240503143000.1204-0530",
            at(date(2024, 5, 3), 14, 30, 0, 120_400_000),
            Some(-19_800),
        ),
        (
            "00010101000000+0000",
            at(date(1, 1, 1), 0, 0, 0, 0),
            Some(0),
        ),
        (
            "99991231235959-1400",
            at(date(9999, 12, 31), 23, 59, 59, 0),
            Some(-50_400),
        ),
    ];
    for (text, datetime, seconds) in cases {
        let read = timestamp(text);
        assert_eq!(read.to_time_datetime(), datetime, "{text}");
        let found = read.to_time_offset_datetime();
        let found = found.map(|time| {
            (
                PrimitiveDateTime::new(time.date(), time.time()),
                time.offset(),
            )
        });
        assert_eq!(
            found,
            seconds.map(|seconds| (datetime, offset(seconds))),
            "{text}"
        );
    }
}

#[test]
fn from_time() {
    let time = at(date(2024, 5, 3), 14, 30, 0, 120_400_000);
    let cases = [
        (Timestamp::try_from(time.date()), Ok("20240503")),
        (Timestamp::try_from(time), Ok("20240503143000.1204")),
        (
            Timestamp::try_from(at(date(2024, 5, 3), 9, 0, 0, 0)),
            Ok("20240503090000"),
        ),
        (
            Timestamp::try_from(OffsetDateTime::UNIX_EPOCH),
            Ok("19700101000000+0000"),
        ),
        (
            Timestamp::try_from(time.assume_offset(offset(-19_800))),
            Ok("20240503143000.1204-0530"),
        ),
        (
            Timestamp::try_from(time.assume_offset(offset(-17_762))),
            Err(TimestampError::Offset),
        ),
        (
            Timestamp::try_from(time.assume_offset(offset(15 * 3600))),
            Err(TimestampError::Offset),
        ),
        (
            Timestamp::try_from(date(0, 1, 1)),
            Err(TimestampError::Year),
        ),
        (
            Timestamp::try_from(date(-1, 1, 1)),
            Err(TimestampError::Year),
        ),
    ];
    for (number, (found, expected)) in cases.into_iter().enumerate() {
        assert_eq!(found, expected.map(timestamp), "case {number}");
    }
}

#[test]
fn there_and_back() {
    for text in [
        "20240503143000",
        "20240503143000.000000001",
        "00010101000000.5",
    ] {
        let read = timestamp(text);
        assert_eq!(Timestamp::try_from(read.to_time_datetime()), Ok(read));
    }
    let read = timestamp("20240503143000.25-0330");
    let instant = read.to_time_offset_datetime().unwrap();
    assert_eq!(Timestamp::try_from(instant), Ok(read));
}
