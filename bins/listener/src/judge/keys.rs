//! What a message is looked up by.

use hl7::{Header, Message, path};
use tank::MessageKeys;

/// The longest text of a header that is kept for look-ups, in characters. The bytes of the message
/// keep all of it.
const KEY_CHARS_MAX: usize = 200;

pub(super) fn keys(header: Header<'_>) -> MessageKeys {
    MessageKeys {
        sending_application: key(header.sending_application()),
        sending_facility: key(header.sending_facility()),
        receiving_application: key(header.receiving_application()),
        receiving_facility: key(header.receiving_facility()),
        control_id: key(header.control_id()),
        message_code: key(header.message_code()),
        trigger_event: key(header.trigger_event()),
        version: key(header.version()),
        place: String::new(),
    }
}

/// Messages of one patient keep their order. Whatever the feed, the same number of the same
/// authority is the same patient.
pub(super) fn lane(message: &Message<'_>) -> String {
    let part = |path| message.get(&path).value().map(|value| key(value.raw()));
    match part(path!("PID-3.1")) {
        Some(id) => [id, part(path!("PID-3.4")).unwrap_or_default()].join("^"),
        None => String::new(),
    }
}

/// Text for look-ups: UTF-8 where it is that, else each byte as the Latin-1 character it may be.
pub(crate) fn key(raw: &[u8]) -> String {
    match std::str::from_utf8(raw) {
        Ok(text) if text.len() <= KEY_CHARS_MAX => text.to_owned(),
        Ok(text) => text.chars().take(KEY_CHARS_MAX).collect(),
        Err(_) => raw
            .iter()
            .take(KEY_CHARS_MAX)
            .map(|byte| char::from(*byte))
            .collect(),
    }
}
