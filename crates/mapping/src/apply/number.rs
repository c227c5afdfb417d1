//! Numbers in results: `412`, `< 20`, `>75,000`, `<20 copies/mL`.

/// A number and the comparator before it.
#[derive(Debug, PartialEq)]
pub(super) struct Number {
    pub(super) value: f64,
    pub(super) comparator: Option<&'static str>,
}

/// The number of a text: alone, or after a comparator and then followed by words at most.
pub(super) fn read(text: &str) -> Option<Number> {
    let (comparator, rest) = leading_comparator(text.trim());
    let (figure, words) = match rest.split_once(char::is_whitespace) {
        Some((figure, words)) => (figure, words.trim_start()),
        None => (rest, ""),
    };
    let readable = words.is_empty()
        || comparator.is_some() && words.starts_with(|c: char| c.is_alphabetic() || c == '(');
    let value = number(figure).filter(|_| readable)?;
    Some(Number { value, comparator })
}

fn leading_comparator(text: &str) -> (Option<&'static str>, &str) {
    for (written, comparator) in COMPARATORS {
        if let Some(rest) = text.strip_prefix(written) {
            return (Some(comparator), rest.trim_start());
        }
    }
    (None, text)
}

/// The comparator that this text is, in the catalogue's form.
pub(super) fn comparator_of(text: &str) -> Option<&'static str> {
    COMPARATORS
        .iter()
        .find(|(written, _)| *written == text)
        .map(|(_, comparator)| *comparator)
}

/// The longer before the shorter that it starts with.
const COMPARATORS: &[(&str, &str)] = &[
    ("<=", "<="),
    (">=", ">="),
    ("≤", "<="),
    ("≥", ">="),
    ("<", "<"),
    (">", ">"),
    ("=", "="),
];

/// A number as NM writes it, or with thousands set apart by commas; no exponents and no words.
pub(super) fn number(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let grouped = !first.is_empty() && first.len() <= 3 && whole.contains(',');
    let tail_is_good = groups.all(|group| grouped && group.len() == 3 && is_digits(group));
    if !is_digits(first)
        || !is_digits(fraction)
        || !tail_is_good
        || whole.len() + fraction.len() == 0
    {
        return None;
    }
    text.replace(',', "")
        .parse()
        .ok()
        .filter(|number: &f64| number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_comparators_and_texts_stay_texts() {
        let cases = [
            ("5.4", None, Some(5.4)),
            ("<20", Some("<"), Some(20.0)),
            ("< 20", Some("<"), Some(20.0)),
            ("<20 copies/mL", Some("<"), Some(20.0)),
            ("< 20 (not detected)", Some("<"), Some(20.0)),
            (">75,000", Some(">"), Some(75_000.0)),
            (">=1.5", Some(">="), Some(1.5)),
            ("≤ 3", Some("<="), Some(3.0)),
            ("=7", Some("="), Some(7.0)),
            ("-2.1", None, Some(-2.1)),
            (".5", None, Some(0.5)),
            ("1:64", None, None),
            ("<1:8", None, None),
            ("<1 : 8", None, None),
            ("20 copies/mL", None, None),
            ("10-20", None, None),
            ("1,2", None, None),
            ("1e5", None, None),
            ("inf", None, None),
            ("NaN", None, None),
            ("<", None, None),
            ("Not detected", None, None),
            (".", None, None),
            ("", None, None),
        ];
        for (text, comparator, value) in cases {
            let expected = value.map(|value| Number { value, comparator });
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
