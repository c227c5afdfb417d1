//! Timestamps: what is read prints as it was written, and stands for the same moment.

use std::hint::black_box;

use cistern_hl7::{Precision, Timestamp};

pub(crate) fn check(input: &[u8]) {
    if let Some(millis) = input.first_chunk() {
        count(i64::from_le_bytes(*millis));
    }
    let Ok(time) = Timestamp::parse(input) else {
        return;
    };
    let printed = time.to_string();
    assert_eq!(Timestamp::parse(printed.as_bytes()), Ok(time));
    assert_eq!(printed.as_bytes(), input);
    assert!(time.to_iso().len() >= 4);
    for assumed in [0, 840, -840, i16::MIN, i16::MAX] {
        let millis = time.unix_millis(assumed);
        assert!(time.offset_minutes().is_none() || millis == time.unix_millis(0));
    }
    same_moment(time);
}

fn count(millis: i64) {
    let time = black_box(Timestamp::from_unix_millis(millis));
    let within = time.unix_millis(0);
    assert_eq!(Timestamp::from_unix_millis(within), time);
    assert_eq!(Timestamp::parse(time.to_string().as_bytes()), Ok(time));
}

/// The moment in UTC, unless the offset moves it out of the years that can be written.
fn same_moment(time: Timestamp) {
    let millis = time.unix_millis(0);
    let utc = Timestamp::from_unix_millis(millis);
    assert_eq!(utc.precision(), Precision::FractionalSecond);
    if (2..9999).contains(&time.year()) {
        assert_eq!(utc.unix_millis(0), millis);
    }
}
