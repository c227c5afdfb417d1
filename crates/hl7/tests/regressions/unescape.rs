//! Escapes: what is escaped comes back, and nothing grows without measure.
//!
//! An input is delimiters as in MSH-1 and MSH-2, a line feed, and text; or text alone.

use cistern_hl7::{Charset, Delimiters, escape, plain_text, unescape};

pub(crate) fn check(input: &[u8]) {
    let Ok(input) = str::from_utf8(input) else {
        return;
    };
    let (declared, text) = input.split_once('\n').unwrap_or(("", input));
    let delimiters: Delimiters = declared.parse().unwrap_or_default();
    let escaped = escape(text, &delimiters);
    assert!(!escaped.bytes().any(|byte| ends_a_value(byte, delimiters)));
    if delimiters.escape().is_some() {
        assert_eq!(unescape(&escaped, &delimiters, Charset::UTF_8), text);
    } else {
        assert_eq!(escaped.chars().count(), text.chars().count());
        assert_eq!(unescape(text, &delimiters, Charset::UTF_8), text);
    }
    for label in ["ASCII", "UNICODE UTF-8", "8859/15", "BIG-5", "ISO IR87"] {
        if let Ok(charset) = Charset::from_label(label.as_bytes()) {
            read(text, delimiters, charset);
        }
    }
    read(text, delimiters, Charset::UNSTATED);
}

fn ends_a_value(byte: u8, delimiters: Delimiters) -> bool {
    let separators = [
        delimiters.field(),
        delimiters.component(),
        delimiters.repetition(),
    ];
    byte.is_ascii_control() || separators.contains(&byte) || Some(byte) == delimiters.subcomponent()
}

fn read(text: &str, delimiters: Delimiters, charset: Charset) {
    let plain = unescape(text, &delimiters, charset);
    // Two digits can stand for a byte that is three in UTF-8.
    assert!(plain.len() <= text.len() * 3 / 2);
    // And `\.sk99\` for 99 blanks.
    assert!(plain_text(text, &delimiters, charset).len() <= text.len() * 99 / 5);
    let mark = delimiters.escape().map(char::from);
    if !mark.is_some_and(|mark| text.contains(mark)) {
        assert_eq!(plain, text);
        assert_eq!(plain_text(text, &delimiters, charset), text);
    }
}
