//! Timestamps: what is read, what is refused, and where they stand in time.
#![cfg(test)]

use std::collections::HashSet;

use cistern_hl7::{Precision, Timestamp, TimestampError};

fn read(text: &str) -> Timestamp {
    Timestamp::parse(text.as_bytes()).unwrap()
}

#[test]
fn each_precision_with_and_without_an_offset() {
    for (text, precision, offset, iso) in [
        ("2024", Precision::Year, None, "2024"),
        ("202405", Precision::Month, None, "2024-05"),
        ("20240503", Precision::Day, None, "2024-05-03"),
        ("2024050314", Precision::Hour, None, "2024-05-03T14"),
        ("202405031430", Precision::Minute, None, "2024-05-03T14:30"),
        (
            "20240503143059",
            Precision::Second,
            None,
            "2024-05-03T14:30:59",
        ),
        (
            "20240503143059.1",
            Precision::FractionalSecond,
            None,
            "2024-05-03T14:30:59.1",
        ),
        (
            "20240503143059.0010",
            Precision::FractionalSecond,
            None,
            "2024-05-03T14:30:59.0010",
        ),
        (
            "20240503143059.123456789",
            Precision::FractionalSecond,
            None,
            "2024-05-03T14:30:59.123456789",
        ),
        (
            "202405031430-0500",
            Precision::Minute,
            Some(-300),
            "2024-05-03T14:30-05:00",
        ),
        (
            "20240503143059+0545",
            Precision::Second,
            Some(345),
            "2024-05-03T14:30:59+05:45",
        ),
        ("20240503+0100", Precision::Day, Some(60), "2024-05-03"),
        (
            "2024050314-0000",
            Precision::Hour,
            Some(0),
            "2024-05-03T14+00:00",
        ),
        ("20240229", Precision::Day, None, "2024-02-29"),
        ("20000229", Precision::Day, None, "2000-02-29"),
        (
            "20240503000000+1400",
            Precision::Second,
            Some(840),
            "2024-05-03T00:00:00+14:00",
        ),
    ] {
        let time = read(text);
        assert_eq!(
            (time.precision(), time.offset_minutes()),
            (precision, offset),
            "{text}"
        );
        assert_eq!(time.to_iso(), iso);
        assert_eq!(time.to_string(), text);
    }
}

#[test]
fn the_parts() {
    let time = read("20240503143059.1234-0500");
    let date = (time.year(), time.month(), time.day());
    let clock = (time.hour(), time.minute(), time.second(), time.nanosecond());
    assert_eq!((date, clock), ((2024, 5, 3), (14, 30, 59, 123_400_000)));
    let year = read("2024");
    assert_eq!(
        (year.month(), year.day(), year.hour(), year.nanosecond()),
        (1, 1, 0, 0)
    );
}

#[test]
fn what_is_no_timestamp() {
    for text in [
        "",
        "202",
        "20245",
        "2024050",
        "20240503143",
        "20240503143059.",
        "2024.5",
        " 2024",
        "20240503 ",
        "2024-05-03",
        "20240503T1430",
        "20240503143059.1234567890",
        "20240503143059-05",
        "20240503143059-05:00",
        "20240503143059Z",
        "2024é",
        "-0500",
        "20240503143059-0560",
        "+20240503",
        "２０２４",
    ] {
        assert_eq!(
            Timestamp::parse(text.as_bytes()),
            Err(TimestampError::Form),
            "{text}"
        );
    }
}

#[test]
fn what_no_calendar_has() {
    for (text, error) in [
        ("00000000", TimestampError::Year),
        ("20240003", TimestampError::Month),
        ("20241303", TimestampError::Month),
        ("20240500", TimestampError::Day),
        ("20240532", TimestampError::Day),
        ("20240431", TimestampError::Day),
        ("20230229", TimestampError::Day),
        ("19000229", TimestampError::Day),
        ("2024050324", TimestampError::Hour),
        ("202405032400", TimestampError::Hour),
        ("202405031460", TimestampError::Minute),
        ("20240503145960", TimestampError::Second),
        ("20240503145959+1401", TimestampError::Offset),
        ("20240503145959-1500", TimestampError::Offset),
    ] {
        assert_eq!(Timestamp::parse(text.as_bytes()), Err(error), "{text}");
    }
}

#[test]
fn where_they_stand_in_time() {
    for (text, assumed, millis) in [
        ("1970", 0, 0),
        ("1970", 60, -3_600_000),
        ("19700101000000+0000", 60, 0),
        ("20240503143059.123-0500", 0, 1_714_764_659_123),
        ("202405031430", -300, 1_714_764_600_000),
        ("20240229", 0, 1_709_164_800_000),
        ("1900", 0, -2_208_988_800_000),
        ("00010101", 0, -62_135_596_800_000),
    ] {
        assert_eq!(read(text).unix_millis(assumed), millis, "{text} {assumed}");
    }
    let time = Timestamp::from_unix_millis(1_714_764_659_007);
    assert_eq!(time.to_string(), "20240503193059.007+0000");
    assert_eq!(
        Timestamp::from_unix_millis(-1).to_string(),
        "19691231235959.999+0000"
    );
    assert_eq!(
        Timestamp::from_unix_millis(i64::MAX).to_string(),
        "99991231235959.999+0000"
    );
    assert_eq!(
        Timestamp::from_unix_millis(i64::MIN).to_string(),
        "00010101000000.000+0000"
    );
}

#[test]
fn an_offset_of_zero_is_one_however_it_is_signed() {
    let [minus, plus, none] = ["20240503-0000", "20240503+0000", "20240503"].map(read);
    assert_eq!(minus, plus);
    assert_ne!(minus, none);
    assert_eq!(HashSet::from([minus, plus, none]).len(), 2);
    assert_eq!(minus.to_string(), "20240503-0000");
}
