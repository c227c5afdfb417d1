//! Timestamps to and from the types of jiff.
#![cfg(test)]
#![cfg(feature = "jiff")]

use cistern_hl7::{Timestamp, TimestampError};
use jiff::tz::{Offset, TimeZone};
use jiff::{Zoned, civil};

fn timestamp(text: &str) -> Timestamp {
    Timestamp::parse(text.as_bytes()).unwrap()
}

#[test]
fn to_jiff() {
    let cases = [
        ("2024", "2024-01-01T00:00:00", None),
        (
            "202405+0200",
            "2024-05-01T00:00:00",
            Some("2024-04-30T22:00:00Z"),
        ),
        ("20240229", "2024-02-29T00:00:00", None),
        (
            "20240503143000.1204-0530",
            "2024-05-03T14:30:00.1204",
            Some("2024-05-03T20:00:00.1204Z"),
        ),
        (
            "00010101000000+0000",
            "0001-01-01T00:00:00",
            Some("0001-01-01T00:00:00Z"),
        ),
        ("99991231235959-1400", "9999-12-31T23:59:59", None),
    ];
    for (text, datetime, instant) in cases {
        let read = timestamp(text);
        assert_eq!(read.to_jiff_datetime().to_string(), datetime, "{text}");
        let found = read.to_jiff_timestamp().map(|time| time.to_string());
        assert_eq!(found.as_deref(), instant, "{text}");
    }
}

#[test]
fn from_jiff() {
    let time = civil::date(2024, 5, 3).at(14, 30, 0, 120_400_000);
    let zone = |seconds| TimeZone::fixed(Offset::from_seconds(seconds).unwrap());
    let instant = jiff::Timestamp::from_millisecond(0).unwrap();
    let cases = [
        (Timestamp::try_from(time.date()), Ok("20240503")),
        (Timestamp::try_from(time), Ok("20240503143000.1204")),
        (
            Timestamp::try_from(civil::date(2024, 5, 3).at(9, 0, 0, 0)),
            Ok("20240503090000"),
        ),
        (Timestamp::try_from(instant), Ok("19700101000000+0000")),
        (
            Timestamp::try_from(&time.to_zoned(zone(-19_800)).unwrap()),
            Ok("20240503143000.1204-0530"),
        ),
        (
            Timestamp::try_from(&time.to_zoned(zone(-17_762)).unwrap()),
            Err(TimestampError::Offset),
        ),
        (
            Timestamp::try_from(&time.to_zoned(zone(15 * 3600)).unwrap()),
            Err(TimestampError::Offset),
        ),
        (
            Timestamp::try_from(civil::date(0, 1, 1)),
            Err(TimestampError::Year),
        ),
        (
            Timestamp::try_from(civil::date(-1, 1, 1)),
            Err(TimestampError::Year),
        ),
        (
            Timestamp::try_from(jiff::Timestamp::MIN),
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
        assert_eq!(Timestamp::try_from(read.to_jiff_datetime()), Ok(read));
    }
    let read = timestamp("20240503143000.25-0330");
    let instant = read.to_jiff_timestamp().unwrap();
    let zone = TimeZone::fixed(Offset::from_seconds(-12_600).unwrap());
    assert_eq!(Timestamp::try_from(&Zoned::new(instant, zone)), Ok(read));
}
