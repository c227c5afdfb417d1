//! What a message is looked up by.

use std::borrow::Cow;

use hl7::{Header, Message, path};
use tank::{AsWritten, MessageKeys};

use crate::charset::Reading;

/// The longest text of a header that is kept for look-ups, in characters. The bytes of the message
/// keep all of it.
const KEY_CHARS_MAX: usize = 200;

/// ESC, SO and SI, behind which ISO 2022 reads ASCII as other characters.
const SWITCHES: [u8; 3] = [0x1B, 0x0E, 0x0F];

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

/// ASCII is the same in every character set, unless it switches to another (ISO 2022).
fn as_written(header: Header<'_>) -> Option<AsWritten> {
    let [application, facility, id] = [
        header.sending_application(),
        header.sending_facility(),
        header.control_id(),
    ];
    let is_plain = [application, facility, id].into_iter().all(is_plain);
    (!is_plain).then(|| AsWritten {
        sending_application: key(application),
        sending_facility: key(facility),
        control_id: key(id),
    })
}

fn is_plain(raw: &[u8]) -> bool {
    raw.is_ascii() && !raw.iter().any(|byte| SWITCHES.contains(byte))
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
        Some(text) => cut(text),
        None => key(raw),
    }
}

/// Text that tells bytes from others, in whatever character set they are read: UTF-8 where it is
/// that, else each byte as the Latin-1 character it may be.
fn key(raw: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(raw) {
        return cut(Cow::Borrowed(text));
    }
    let characters = raw.iter().copied().map(char::from);
    characters.take(KEY_CHARS_MAX).collect()
}

fn cut(text: Cow<'_, str>) -> String {
    if text.len() <= KEY_CHARS_MAX {
        text.into_owned()
    } else {
        text.chars().take(KEY_CHARS_MAX).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_depends_on_its_character_set_is_told_by_its_bytes() {
        for (application, is_plain) in [
            ("EHR", true),
            ("\u{1b}$B;3ED\u{1b}(B", false),
            ("\u{e};3ED", false),
            (";3ED\u{f}", false),
            ("Größe", false),
        ] {
            let message = format!("MSH|^~\\&|{application}|CLINIC|||||ADT^A04|1|P|2.5\r");
            let written = as_written(Header::parse(message.as_bytes()).unwrap());
            let expected = (!is_plain).then(|| AsWritten {
                sending_application: application.to_owned(),
                sending_facility: "CLINIC".to_owned(),
                control_id: "1".to_owned(),
            });
            assert!(written == expected, "{application:?}");
        }
    }
}
