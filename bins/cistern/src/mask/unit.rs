//! Units of measurement, told from words that someone wrote in their place.

/// The words of units, as UCUM or laboratories write them. Single letters need not be listed.
const WORDS: [&str; 84] = [
    "beats", "bpm", "cal", "Cel", "cell", "cells", "cfu", "cL", "cm", "cmm", "co", "copies",
    "copy", "cp", "cps", "cumm", "deg", "degC", "degF", "dL", "Eq", "fL", "fmol", "Hg", "hpf",
    "hr", "Hz", "in", "index", "IU", "kcal", "kg", "kIU", "kPa", "kU", "lb", "lbs", "log", "lpf",
    "mcg", "mcL", "mEq", "mg", "mil", "mill", "million", "min", "mIU", "mL", "mm", "mmHg", "mmol",
    "mo", "mol", "mOsm", "mU", "mV", "ng", "nL", "nm", "nmol", "of", "oz", "Pa", "pct", "per",
    "pg", "pL", "pmol", "ppb", "ppm", "ratio", "RBC", "sec", "titer", "tot", "tsp", "ug", "uIU",
    "uL", "um", "WBC", "wk", "yr",
];

/// The most characters and digits of a unit: `x10*3/uL`, `mL/min/1.73_m2`.
const LENGTH_MAX: usize = 24;
const DIGITS_MAX: usize = 5;

/// Whether a text is a unit: known words, at least one or a percent sign, and signs between them.
pub(super) fn is_unit(text: &str) -> bool {
    let text = text.replace(['\u{B5}', '\u{3BC}'], "u");
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let mut words = text
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty())
        .peekable();
    text.len() <= LENGTH_MAX
        && digits <= DIGITS_MAX
        && (words.peek().is_some() || text.contains('%'))
        && words.all(is_word)
        && text.chars().all(is_allowed)
}

/// Whether a word is one of a unit, in its own case or in one case throughout: a word with only
/// its first letter in capitals may be a name.
fn is_word(word: &str) -> bool {
    let is_listed = |listed: &&str| {
        *listed == word
            || listed.to_ascii_lowercase() == word
            || listed.to_ascii_uppercase() == word
    };
    (word.len() == 1 && word.is_ascii()) || WORDS.iter().any(is_listed)
}

fn is_allowed(c: char) -> bool {
    c.is_ascii_alphanumeric() || "/*.%[](){}+-_' #".contains(c)
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
        ] {
            assert!(!is_unit(text), "{text}");
        }
    }
}
