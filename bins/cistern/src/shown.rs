//! Text of messages on a terminal.

/// `text` with what a terminal would obey instead of show as an escape: control characters, and
/// those that break a line or turn the direction of writing. A sender chooses such bytes, and could
/// otherwise clear the screen or write over what stands there.
pub(crate) fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_obeyed(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Whether a terminal acts on `c`.
pub(crate) fn is_obeyed(c: char) -> bool {
    let turns =
        matches!(c, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let breaks = matches!(c, '\u{2028}' | '\u{2029}');
    c.is_control() || turns || breaks
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn only_what_a_terminal_obeys_is_escaped() {
        let cases = [
            ("Peña \\ \"x\"", "Peña \\ \"x\""),
            ("\u{1b}[2Jgone", "\\u{1b}[2Jgone"),
            ("one\r\ntwo\tthree", "one\\r\\ntwo\\tthree"),
            ("\u{9b}2J\u{7f}", "\\u{9b}2J\\u{7f}"),
            ("\u{202e}abc\u{2028}", "\\u{202e}abc\\u{2028}"),
        ];
        for (text, expected) in cases {
            assert_eq!(shown(text), expected);
        }
    }
}
