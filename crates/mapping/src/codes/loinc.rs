//! The form of a LOINC code: digits, a hyphen, and a check digit.

/// Whether a code has the form of LOINC and the right check digit (mod 10, every second digit
/// doubled, from the right).
pub(crate) fn is_loinc(code: &str) -> bool {
    let Some((number, check)) = code.split_once('-') else {
        return false;
    };
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !(1..=7).contains(&number.len()) || check.len() != 1 || !is_digits(number) {
        return false;
    }
    let sum: u32 = number
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| weight(place, byte))
        .sum();
    check.parse() == Ok((10 - sum % 10) % 10)
}

fn weight(place: usize, byte: u8) -> u32 {
    let digit = u32::from(byte.wrapping_sub(b'0'));
    let doubled = if place.is_multiple_of(2) {
        digit * 2
    } else {
        digit
    };
    doubled / 10 + doubled % 10
}

#[cfg(test)]
mod tests {
    use super::is_loinc;

    #[test]
    fn the_check_digit_tells_loinc_from_local_codes() {
        for code in [
            "20447-9", "718-7", "4544-3", "24467-3", "25836-8", "100156-9",
        ] {
            assert!(is_loinc(code), "{code}");
        }
        for code in [
            "20447-8", "20447", "-9", "2044a-9", "20447-99", "", "LP1234-5", "²-9",
        ] {
            assert!(!is_loinc(code), "{code}");
        }
    }
}
