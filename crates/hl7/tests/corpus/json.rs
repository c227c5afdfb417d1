//! Real messages come back from JSON as they were.

#[cfg(feature = "dictionary")]
use cistern_hl7::FriendlyMessage;
use cistern_hl7::{Message, MessageBuf, split_messages};

use crate::files;
#[cfg(feature = "dictionary")]
use crate::said::said;

#[test]
fn no_byte_is_lost_in_json() {
    for (name, bytes) in files() {
        for message in split_messages(&bytes).chain([&bytes[..]]) {
            let Ok(message) = Message::parse(message) else {
                continue;
            };
            let json = serde_json::to_vec(&message).unwrap();
            let back: MessageBuf = serde_json::from_slice(&json).unwrap();
            assert!(back.bytes() == message.as_bytes(), "{name}");
        }
    }
}

#[cfg(feature = "dictionary")]
#[test]
fn what_is_said_comes_back_from_names() {
    for (name, bytes) in files() {
        for message in split_messages(&bytes).chain([&bytes[..]]) {
            let Ok(message) = Message::parse(message) else {
                continue;
            };
            let json = serde_json::to_vec(&FriendlyMessage(message.to_buf())).unwrap();
            let FriendlyMessage(back) = serde_json::from_slice(&json).unwrap();
            assert!(said(&back.message()) == said(&message), "{name}");
        }
    }
}
