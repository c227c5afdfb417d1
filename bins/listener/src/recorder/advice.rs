//! What senders should change, where neither the framing nor the refusal of a message says it.

/// A frame stopped in the middle.
pub(super) const STALLED: &str =
    "send each message whole, without a pause inside, and end it with 0x1C 0x0D";

/// Answers were not read, or could not be written any more.
pub(super) const ANSWER_REFUSED: &str =
    "read the answer to each message, and keep the connection open until the last has come";

/// A link was closed at the door by this setting.
pub(super) fn turned_away(setting: &str) -> &'static str {
    if setting == "from" {
        "connect from an address that this port is open to, or have yours added"
    } else {
        "close connections that are not in use before you open others, or have this limit raised"
    }
}

/// What the beginning of a frame tells that is no HL7 in delimiters.
pub(super) fn of_content(content: &[u8]) -> Option<&'static str> {
    match content {
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [0, _, ..] | [_, 0, ..] => Some(
            "send bytes of UTF-8 or another set that has ASCII in it: MLLP cannot carry UTF-16",
        ),
        [0xEF, 0xBB, 0xBF, ..] => Some("begin with MSH: leave the byte order mark out"),
        _ => match content.trim_ascii_start() {
            [b'<', ..] => Some("send HL7 v2 with delimiters (ER7), not as XML"),
            [b'{', ..] => Some("send HL7 v2 with delimiters (ER7), not as JSON"),
            _ => None,
        },
    }
}
