//! Moments as the tables show them: ISO 8601 in UTC, milliseconds always three digits.

/// The text of a moment given in milliseconds since 1970; a moment beyond the calendar is shown
/// as the nearest that has a text.
pub(crate) fn iso(millis: i64) -> String {
    let moment = jiff::Timestamp::from_millisecond(millis).unwrap_or(jiff::Timestamp::MAX);
    format!("{moment:.3}")
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_moment_has_one_text() {
        assert_eq!(super::iso(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(super::iso(1_714_746_600_120), "2024-05-03T14:30:00.120Z");
    }
}
