//! JSON: a message comes back from it, byte for byte from the faithful form and leaf for leaf from
//! the friendly one; and whatever can be read as JSON of a message is one.
//!
//! An input is a message, or JSON.

#[path = "../json/said.rs"]
mod said;

use cistern_hl7::{FriendlyMessage, Message, MessageBuf, Segment};

use said::said;

pub(crate) fn check(input: &[u8]) {
    if let Ok(message) = Message::parse(input) {
        come_back(&message.to_buf());
    }
    if let Ok(message) = serde_json::from_slice::<MessageBuf>(input) {
        come_back(&message);
    }
    if let Ok(FriendlyMessage(message)) = serde_json::from_slice(input) {
        come_back(&message);
    }
}

fn come_back(message: &MessageBuf) {
    let json = serde_json::to_string(message).unwrap();
    let back: MessageBuf = serde_json::from_str(&json).unwrap();
    assert_eq!(back.bytes(), message.bytes(), "{json}");

    let json = serde_json::to_string(&FriendlyMessage(message.clone())).unwrap();
    let FriendlyMessage(back) = serde_json::from_str(&json).unwrap();
    let (message, back) = (message.message(), back.message());
    assert_eq!(said(&back), said(&message), "{json}");
    let names = message.segments().map(Segment::name);
    assert!(back.segments().map(Segment::name).eq(names), "{json}");
}
