//! What is written reads as it was: escapes, paths, timestamps, character sets.

use std::fmt::Write as _;

use cistern_hl7::{Charset, Delimiters, Path, Timestamp, escape, unescape};
use proptest::prelude::*;

use crate::delimiters;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn escaping_is_undone_by_unescaping(text in "(\\PC|[|^~\\\\&#\r\n\u{0}-\u{1f}]){0,40}", delimiters in delimiters()) {
        for delimiters in [delimiters, Delimiters::default()] {
            let escaped = escape(&text, &delimiters);
            prop_assert_eq!(unescape(&escaped, &delimiters, Charset::UTF_8), text.as_str());
            let bare = [delimiters.field(), delimiters.component(), delimiters.repetition()];
            prop_assert!(!escaped.bytes().any(|byte| bare.contains(&byte) || byte < b' '));
        }
    }

    #[test]
    fn a_path_reads_as_it_prints(
        (segment, occurrence, field) in ("[A-Z][A-Z0-9]{2}", 0..70u16, 1..=u16::MAX),
        repetition in prop_oneof![
            Just(String::new()),
            Just("[*]".to_owned()),
            (1..=u16::MAX).prop_map(|number| format!("[{number}]")),
            prop::collection::vec((1..99u16, 0..9u16, "[^\\]\\pC]{1,9}"), 1..=3).prop_map(|conditions| {
                let written = conditions.iter().map(|(component, subcomponent, value)| match subcomponent {
                    0 => format!("[{component}={value}]"),
                    _ => format!("[{component}.{subcomponent}={value}]"),
                });
                written.collect()
            }),
        ],
        (component, subcomponent) in (0..=u16::MAX, 0..=u16::MAX),
    ) {
        let mut text = segment;
        if occurrence > 0 {
            write!(text, "[{occurrence}]").unwrap();
        }
        write!(text, "-{field}{repetition}").unwrap();
        if component > 0 {
            write!(text, ".{component}").unwrap();
        }
        if component > 0 && subcomponent > 0 {
            write!(text, ".{subcomponent}").unwrap();
        }
        let path = Path::parse(&text).unwrap();
        prop_assert_eq!(path.to_string(), text.as_str());
        prop_assert_eq!(Path::parse(&path.to_string()).unwrap(), path);
    }

    #[test]
    fn no_text_breaks_the_path_grammar(text in "\\PC{0,20}|[A-Z]{3}-?[0-9\\[\\]*=.é]{0,12}") {
        if let Err(error) = Path::parse(&text) {
            prop_assert!((1..=text.chars().count() + 1).contains(&error.column()));
        }
    }

    #[test]
    fn a_timestamp_reads_as_it_prints(millis in -62_135_596_800_000..=253_402_300_799_999i64, length in 1..8usize, zone in prop::option::of(-840..=840i16)) {
        let full = Timestamp::from_unix_millis(millis);
        prop_assert_eq!(full.unix_millis(0), millis);
        let digits = [4, 6, 8, 10, 12, 14, 18][length - 1];
        let sign = |zone: i16| if zone < 0 { '-' } else { '+' };
        let zone = zone.map(|zone| format!("{}{:02}{:02}", sign(zone), zone.abs() / 60, zone.abs() % 60));
        let text: String = full.to_string().chars().take(digits).collect();
        let text = text + &zone.unwrap_or_default();
        prop_assert_eq!(Timestamp::parse(text.as_bytes()).unwrap().to_string(), text);
    }

    #[test]
    fn days_follow_each_other(day in -719_162..2_932_896i64) {
        const DAY: i64 = 86_400_000;
        let date = |day: i64| {
            let time = Timestamp::from_unix_millis(day * DAY);
            (time.year(), time.month(), time.day())
        };
        let (year, month, today) = date(day);
        let next = date(day + 1);
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let february = if leap { 29 } else { 28 };
        let length = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][usize::from(month) - 1];
        let expected = match (today == length, month) {
            (false, _) => (year, month, today + 1),
            (true, 12) => (year + 1, 1, 1),
            (true, _) => (year, month + 1, 1),
        };
        prop_assert_eq!(next, expected);
    }

    #[test]
    fn decoding_and_encoding_are_inverse(text in "\\PC{0,6}|[€™ -ÿ]{0,20}|[ąŁňž]{0,9}") {
        for label in ["", "ASCII", "UNICODE UTF-8", "8859/1", "8859/2", "8859/15", "WINDOWS-1252", "GB 18030-2000", "KS X 1001", "BIG-5", "ISO IR87"] {
            let Ok(charset) = Charset::from_label(label.as_bytes()) else { continue };
            if let Some(bytes) = charset.encode(&text) {
                prop_assert_eq!(charset.decode(&bytes).unwrap(), text.as_str(), "{}", charset);
            }
        }
    }
}
