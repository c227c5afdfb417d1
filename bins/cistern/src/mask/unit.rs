//! Units of measurement, told from words that someone wrote in their place.

/// The words of units, as UCUM or laboratories write them. Any other single letter may be an
/// initial.
const WORDS: [&str; 96] = [
    "a", "beats", "bpm", "C", "cal", "Cel", "cell", "cells", "cfu", "cL", "cm", "cmm", "co",
    "copies", "copy", "cp", "cps", "cumm", "d", "deg", "degC", "degF", "dL", "Eq", "F", "fL",
    "fmol", "g", "h", "Hg", "hpf", "hr", "Hz", "in", "index", "IU", "K", "kcal", "kg", "kIU",
    "kPa", "kU", "L", "lb", "lbs", "log", "lpf", "m", "mcg", "mcL", "mEq", "mg", "mil", "mill",
    "million", "min", "mIU", "mL", "mm", "mmHg", "mmol", "mo", "mol", "mOsm", "mU", "mV", "ng",
    "nL", "nm", "nmol", "of", "oz", "Pa", "pct", "per", "pg", "pL", "pmol", "ppb", "ppm", "ratio",
    "RBC", "s", "sec", "titer", "tot", "tsp", "U", "ug", "uIU", "uL", "um", "WBC", "wk", "x", "yr",
];

/// The most characters of a unit: `x10*3/uL`, `mL/min/1.73_m2`.
const LENGTH_MAX: usize = 24;

/// What something is measured per: `mL/min/1.73_m2`, `mg/24h`, `/100 WBC`.
const COUNTS: [&str; 6] = ["1.73", "10", "12", "24", "100", "1000"];

/// Whether a text is a unit: known words, at least one or a percent sign, and signs between them.
pub(super) fn is_unit(text: &str) -> bool {
    let text = text.replace(['\u{B5}', '\u{3BC}'], "u");
    let is_word_or_percent = |c: char| c.is_ascii_alphabetic() || c == '%';
    let (first, divisors) = text.split_once('/').unwrap_or((&text, ""));
    text.len() <= LENGTH_MAX
        && text.contains(is_word_or_percent)
        && is_factor(first)
        && divisors.split('/').map(without_count).all(is_factor)
}

/// What follows the number of a divisor.
fn without_count(divisor: &str) -> &str {
    let start = divisor.trim_start_matches(['{', '(', '[', ' ']);
    let ends = |rest: &&str| !rest.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    let mut rests = COUNTS.iter().filter_map(|count| start.strip_prefix(count));
    rests.find(ends).unwrap_or(divisor)
}

/// Whether all words are known; of two single letters both may be initials.
fn is_factor(factor: &str) -> bool {
    let words = factor.split(|c| ".%[](){}+-_' #".contains(c));
    let mut words = words.filter(|word| !word.is_empty());
    let letters = words.clone().filter(|word| word.len() == 1).count();
    letters <= 1 && words.all(|word| is_power_of_ten(word) || is_word(word))
}

/// `10*3`, `10^9`, `x10E9`
fn is_power_of_ten(word: &str) -> bool {
    let power = word.strip_prefix(['x', 'X']).unwrap_or(word);
    let exponent = power.strip_prefix("10").unwrap_or_default();
    let exponent = exponent.strip_prefix(['*', '^', 'E', 'e']);
    exponent.is_some_and(|digits| {
        (1..=2).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit())
    })
}

/// Whether a word is one of a unit, in its own case or in one case throughout: a word with only
/// its first letter in capitals may be a name. It may be squared or cubed: `mm3`.
fn is_word(word: &str) -> bool {
    let word = word.strip_suffix(['2', '3']).unwrap_or(word);
    WORDS.iter().any(|listed| {
        *listed == word
            || listed.to_ascii_lowercase() == word
            || listed.to_ascii_uppercase() == word
    })
}

#[cfg(test)]
mod tests {
    use super::is_unit;

    #[test]
    fn units_are_told_from_names() {
        for unit in [
            "g/dL",
            "MG/DL",
            "mmol/L",
            "\u{B5}g/mL",
            "%",
            "10*3/uL",
            "x10E9/L",
            "copies/mL",
            "{copies}/mL",
            "log copies/mL",
            "mm[Hg]",
            "mL/min/{1.73_m2}",
            "[IU]/mL",
            "K/uL",
            "g",
            "u/l",
            "10^9/L",
            "X10E12/L",
            "x 10*6/L",
            "mL/min/1.73 m2",
            "ML/MIN/1.73M2",
            "cells/mm3",
            "mg/24h",
            "/100 WBC",
            "#/min",
        ] {
            assert!(is_unit(unit), "{unit}");
        }
        for text in [
            "Roe",
            "Ann Roe",
            "ROE",
            "Ng",
            "4711",
            "",
            "g 999-41-4711",
            "mg\u{E9}",
            "mg/dL mg/dL mg/dL mg/dL mg/dL",
            "A4711",
            "B 4711",
            "of 12345",
            "J. D.",
            "D. L.",
            "J",
            "24 h",
            "g/4711",
            "g/1000711",
            "10*471/L",
            "m24",
            "1.73",
        ] {
            assert!(!is_unit(text), "{text}");
        }
    }
}
