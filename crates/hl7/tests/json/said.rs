//! What must come back from the friendly form.

use std::borrow::Cow;

use cistern_hl7::{Charset, Message, Presence};

/// A leaf: where it stands, and its text, or its bytes where they are null or no text.
type Leaf = ([usize; 5], Result<String, Vec<u8>>);

/// What a message says: every leaf that is not empty.
pub(crate) fn said(message: &Message<'_>) -> Vec<Leaf> {
    let charset = message.charset().unwrap_or(Charset::UNSTATED);
    let said = message.leaves().filter_map(|leaf| {
        let place = [
            leaf.segment().position(),
            leaf.field(),
            leaf.repetition(),
            leaf.component(),
            leaf.subcomponent(),
        ];
        match leaf.presence() {
            Presence::Null => Some((place, Err(leaf.raw().to_vec()))),
            Presence::Value(value) => {
                let text = value.decode(charset).map(Cow::into_owned);
                Some((place, text.map_err(|_| leaf.raw().to_vec())))
            }
            _ => None,
        }
    });
    said.collect()
}
