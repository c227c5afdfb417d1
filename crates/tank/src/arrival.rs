//! A message at the door: what is kept of it, and what the sender hears.

use bytes::Bytes;
use sha2::{Digest as _, Sha256};

use crate::body::Body;
use crate::read_as::ReadAs;
use crate::state::State;

/// A message to be kept, with the answer that its sender gets once it is.
#[derive(Clone)]
#[expect(clippy::exhaustive_structs, reason = "built by every door")]
pub struct Arrival {
    /// The feed it came by.
    pub feed: String,
    /// The address it came from.
    pub peer: String,
    /// When it was complete, in milliseconds since 1970.
    pub received_at: i64,
    /// What the header says.
    pub keys: MessageKeys,
    /// The key within which order matters: the patient, as far as the door can tell. Empty for
    /// messages among which it does not.
    pub lane: String,
    /// The very bytes that were sent.
    pub body: Body,
    /// The state in which it is kept.
    pub state: Arrived,
    /// The answer, given now and to every exact repeat.
    pub answer: Answer,
    /// Whether the same bytes that come again are judged anew: what spoke against them may be gone
    /// by then. Otherwise they are a repeat.
    pub is_provisional: bool,
    /// How it is kept and answered where its control id came before with other bytes, if that
    /// differs.
    pub altered: Option<Altered>,
    /// When its sender wants to hear what came of it once it is imported (MSH-16, table 0155):
    /// `AL`, `ER` or `SU`; empty for never. Only what is received is ever replied to.
    pub reply: String,
    /// Its place in the sequence of its sender (MSH-3 and MSH-4) on its feed, where the sequence
    /// number protocol is in force.
    pub sequence: Option<SequenceNumber>,
    /// In which character set it is read.
    pub read_as: ReadAs,
}

/// What a message says by its number under the sequence number protocol (HL7 v2, chapter 2,
/// MSH-13). The tank keeps the number that it expects next of each sender, in the same commit as
/// the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "every tank must treat each")]
pub enum SequenceNumber {
    /// A number above 0. Kept where it is the expected one; a repeat stays one.
    Number {
        /// The number.
        number: i64,
        /// The one that begins the sequence where none is expected: itself, unless one before it
        /// may not have been kept.
        first: i64,
    },
    /// The next number is the first of a new sequence, whatever it is. Always kept; a repeat of it
    /// begins nothing.
    Restart,
    /// No number that could be expected. Not kept: the receipt says which one is.
    Asks {
        /// The one that begins the sequence where none is expected; nothing where any does.
        first: Option<i64>,
    },
}

/// How a message is kept and answered whose control id came before with other bytes.
#[derive(Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "built by every door")]
pub struct Altered {
    /// The state.
    pub state: Arrived,
    /// The answer.
    pub answer: Answer,
}

/// What a message header says, as text for look-ups. The bytes themselves are the record.
#[derive(Clone, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "built by every door")]
pub struct MessageKeys {
    /// MSH-3.
    pub sending_application: String,
    /// MSH-4.
    pub sending_facility: String,
    /// MSH-5.
    pub receiving_application: String,
    /// MSH-6.
    pub receiving_facility: String,
    /// MSH-10.
    pub control_id: String,
    /// MSH-9.1.
    pub message_code: String,
    /// MSH-9.2.
    pub trigger_event: String,
    /// MSH-12.1.
    pub version: String,
    /// Where a door that can read the same place again found it, such as a digest of a file and a
    /// byte in it. Empty where there is no such place, as on a link.
    pub place: String,
    /// The names by which it is told from others, where the texts above depend on a character set
    /// that may be agreed otherwise one day.
    pub as_written: Option<AsWritten>,
}

/// What tells a message and its sender from others, byte for byte: the same bytes give the same
/// texts in whatever character set they are read.
#[derive(Clone, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "built by every door")]
pub struct AsWritten {
    /// Of MSH-3.
    pub sending_application: String,
    /// Of MSH-4.
    pub sending_facility: String,
    /// Of MSH-10.
    pub control_id: String,
}

impl MessageKeys {
    /// What makes a message the same as an earlier one of the same bytes: its sender and its
    /// control id. Without a control id it is the place; where there is none, this is empty, and
    /// the message is never a repeat.
    ///
    /// The sender comes first and the control id is spelt out, so that ids which a sender counts
    /// up stand side by side in the index, where a commit then changes one page and not one for
    /// each message. What is too long for that is told by its digest.
    pub(crate) fn message_key(&self) -> String {
        let control_id = self.own_id();
        if control_id.is_empty() {
            // No other key begins with this sign: they have hex digits there.
            return match &*self.place {
                "" => String::new(),
                place => ["@", place].concat(),
            };
        }
        let sender = hex_digest(&self.sender().join("\u{1f}"), 8);
        if control_id.len() <= KEY_ID_BYTES_MAX {
            [&*sender, "=", control_id].concat()
        } else {
            [&*sender, "#", &hex_digest(control_id, 16)].concat()
        }
    }

    /// What tells its sender from others, in whatever character set the message is read: of MSH-3
    /// and of MSH-4.
    pub fn sender(&self) -> [&str; 2] {
        match &self.as_written {
            Some(written) => [&written.sending_application, &written.sending_facility],
            None => [&self.sending_application, &self.sending_facility],
        }
    }

    fn own_id(&self) -> &str {
        let written = self.as_written.as_ref();
        written.map_or(&self.control_id, |written| &written.control_id)
    }
}

/// The longest control id that is spelt out in a key, in bytes of UTF-8. MSH-10 has 20 characters
/// up to HL7 v2.5, and 199 later.
const KEY_ID_BYTES_MAX: usize = 64;

/// So many bytes of the digest of a text, in hex digits.
fn hex_digest(text: &str, bytes: usize) -> String {
    let digest = Sha256::digest(text);
    hex(digest.get(..bytes).unwrap_or(&digest))
}

/// Two digits for each byte.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(value.into(), 16);
    let pairs = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xF]);
    pairs.filter_map(digit).collect()
}

/// The answer to a message.
#[derive(Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "built by every door")]
pub struct Answer {
    /// The acknowledgment code (table 0008), `AA`.
    pub code: String,
    /// The whole answer.
    pub bytes: Bytes,
}

/// The state in which a message is kept at the door.
#[derive(Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "every tank must treat each")]
pub enum Arrived {
    /// To be imported.
    Received,
    /// Not to be imported, for this reason: what it says stands elsewhere.
    Ignored(String),
    /// Answered as faulty, for this reason: a person may have it imported all the same.
    Held(String),
    /// Answered in the negative, for this reason.
    Refused(String),
    /// Not a message, for this reason.
    Broken(String),
}

impl Arrived {
    pub(crate) fn state_and_reason(&self) -> (State, &str) {
        match self {
            Arrived::Received => (State::Received, ""),
            Arrived::Ignored(reason) => (State::Ignored, reason),
            Arrived::Held(reason) => (State::Held, reason),
            Arrived::Refused(reason) => (State::Refused, reason),
            Arrived::Broken(reason) => (State::Broken, reason),
        }
    }
}

/// What `hold` did with an arrival.
#[derive(Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "every door must treat each")]
pub enum Receipt {
    /// Kept.
    New {
        /// The message.
        id: i64,
    },
    /// Kept, though its sender has used the control id for other bytes before.
    Altered {
        /// The message.
        id: i64,
        /// The earlier message.
        earlier: i64,
    },
    /// Kept before; nothing is new.
    Repeat {
        /// The message that was kept.
        id: i64,
        /// The answer that was given; empty where none was.
        answer: Bytes,
        /// The message before it that has its control id and other bytes, if there is one.
        earlier: Option<i64>,
    },
    /// Not kept, and nothing is changed: its [`SequenceNumber`] is not the one that is expected.
    OutOfSequence {
        /// The number that is; none where the next one, whatever it is, begins the sequence.
        expected: Option<i64>,
    },
}

impl Receipt {
    /// The message whose control id its sender had used for other bytes before, if there is one.
    pub(crate) fn earlier(&self) -> Option<i64> {
        match self {
            Receipt::Altered { earlier, .. } => Some(*earlier),
            Receipt::Repeat { earlier, .. } => *earlier,
            Receipt::New { .. } | Receipt::OutOfSequence { .. } => None,
        }
    }
}
