//! What a message is looked up by.

use hl7::{Header, Message, path};
use tank::{AsWritten, MessageKeys};

use crate::charset::Reading;

/// The longest text of a header that is kept for look-ups, in characters. The bytes of the message
/// keep all of it.
const KEY_CHARS_MAX: usize = 200;

pub(super) fn keys(header: Header<'_>, reading: Reading) -> MessageKeys {
    let text = |raw| text(raw, reading);
    MessageKeys {
        sending_application: text(header.sending_application()),
        sending_facility: text(header.sending_facility()),
        receiving_application: text(header.receiving_application()),
        receiving_facility: text(header.receiving_facility()),
        control_id: text(header.control_id()),
        message_code: text(header.message_code()),
        trigger_event: text(header.trigger_event()),
        version: text(header.version()),
        place: String::new(),
        as_written: as_written(header),
    }
}

/// ASCII is the same in every character set.
fn as_written(header: Header<'_>) -> Option<AsWritten> {
    let [application, facility, id] = [
        header.sending_application(),
        header.sending_facility(),
        header.control_id(),
    ];
    let is_plain = [application, facility, id].iter().all(|raw| raw.is_ascii());
    (!is_plain).then(|| AsWritten {
        sending_application: key(application),
        sending_facility: key(facility),
        control_id: key(id),
    })
}

/// Messages of one patient keep their order. Whatever the feed, the same number of the same
/// authority is the same patient.
pub(super) fn lane(message: &Message<'_>, reading: Reading) -> String {
    let part = |path| {
        let value = message.get(&path).value();
        value.map(|value| text(value.raw(), reading))
    };
    match part(path!("PID-3.1")) {
        Some(id) => [id, part(path!("PID-3.4")).unwrap_or_default()].join("^"),
        None => String::new(),
    }
}

/// Text for look-ups.
fn text(raw: &[u8], reading: Reading) -> String {
    match reading.text(raw) {
        Some(text) if text.len() <= KEY_CHARS_MAX => text.into_owned(),
        Some(text) => text.chars().take(KEY_CHARS_MAX).collect(),
        None => key(raw),
    }
}

/// Text that tells bytes from others, in whatever character set they are read: UTF-8 where it is
/// that, else each byte as the Latin-1 character it may be.
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
