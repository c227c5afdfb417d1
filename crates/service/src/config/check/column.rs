//! Where a column of a CWLAB file may go.

/// The segments that a row is written to.
const SEGMENTS: [&str; 8] = ["MSH", "PID", "PV1", "ORC", "OBR", "OBX", "NTE", "SPM"];

/// The fields of MSH that the message itself needs: its delimiters, its type, control id, version
/// and character set.
const OWN: [&str; 6] = ["1", "2", "9", "10", "12", "18"];

/// What is wrong with the place of a column.
pub(super) fn fault(column: &str) -> Option<&'static str> {
    if column.is_empty() {
        return None;
    }
    let place = column.split_once('-').filter(|(_, numbers)| {
        let mut numbers = numbers.split('.');
        numbers.by_ref().take(3).all(is_number) && numbers.next().is_none()
    });
    let Some((segment, numbers)) = place else {
        return Some("a column goes to a field or a part of one, OBX-5 or PID-5.1, or to \"\"");
    };
    let field = numbers.split('.').next().unwrap_or_default();
    if !SEGMENTS.contains(&segment) {
        Some("a column goes to MSH, PID, PV1, ORC, OBR, OBX, NTE or SPM")
    } else if segment == "MSH" && OWN.contains(&field) {
        Some("MSH-1, 2, 9, 10, 12 and 18 are not taken from a column")
    } else {
        None
    }
}

/// Whether what goes to one place would write over what goes to the other.
pub(super) fn overlap(one: &str, other: &str) -> bool {
    let is_in = |part: &str, whole: &str| {
        let rest = part.strip_prefix(whole);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    !one.is_empty() && !other.is_empty() && (is_in(one, other) || is_in(other, one))
}

/// A number from 1 to 999, written plainly.
fn is_number(text: &str) -> bool {
    (1..=3).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && !text.starts_with('0')
}
