//! Bytes as they may be shown to anybody: their structure without their content.

use std::ascii;

/// Bytes with each letter and each byte beyond ASCII as `x`, each digit as `9`, and escapes as in
/// Rust. Delimiters, control characters and lengths stay, so that a fault of framing can be seen.
///
/// ```
/// let shown = cistern_mllp::masked(b"PID|1||4711^^^HARBOR\r\x1C");
/// assert_eq!(shown, r"xxx|9||9999^^^xxxxxx\r\x1c");
/// ```
pub fn masked(bytes: &[u8]) -> String {
    // Room for the few escapes of a message.
    let mut shown = String::with_capacity(bytes.len() + bytes.len() / 8);
    for &byte in bytes {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | 0x80.. => shown.push('x'),
            b'0'..=b'9' => shown.push('9'),
            b'|' | b'^' | b'~' | b'&' => shown.push(char::from(byte)),
            other => shown.extend(ascii::escape_default(other).map(char::from)),
        }
    }
    shown
}
