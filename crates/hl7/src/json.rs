//! Messages as JSON, or in any other format that describes itself, and back.

mod assemble;
mod assembly;
mod fault;
#[cfg(feature = "dictionary")]
mod friendly;
mod leaf;
mod line_breaks;
mod node;
mod place;
mod tree;

use serde::de::Error as _;
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[cfg(feature = "dictionary")]
pub use friendly::FriendlyMessage;

use crate::charset::{Charset, UnknownCharset};
use crate::message::Message;
use crate::message_buf::MessageBuf;
use crate::path::Path;
use fault::Problem;
use line_breaks::LineBreaks;
use node::Node;
use place::At;
use tree::Segments;

/// The keys of a message, as they are written and read.
mod keys {
    pub(super) const BEFORE: &str = "before";
    pub(super) const CHARSET: &str = "charset";
    pub(super) const TERMINATOR: &str = "terminator";
    pub(super) const TERMINATOR_OF: &str = "terminator_of";
    pub(super) const SEGMENTS: &str = "segments";
    pub(super) const BYTES: &str = "bytes";
}

/// Writes the message so that reading it back gives the same bytes, whatever they are.
///
/// ```
/// use cistern_hl7::{Message, MessageBuf};
///
/// let bytes = b"MSH|^~\\&|LAB\rPID|1||4711^^^CITY&2.999&ISO~17||Roe^Ann \\T\\ Bob||\"\"\r";
/// let json = serde_json::to_string(&Message::parse(bytes)?)?;
/// assert_eq!(
///     json,
///     concat!(
///         r#"{"segments":[["MSH","|","^~\\&","LAB"],"#,
///         r#"["PID","1","",[["4711","","",["CITY","2.999","ISO"]],"17"],"","#,
///         r#"[["Roe","Ann \\T\\ Bob"]],"","\"\""]]}"#,
///     ),
/// );
/// let message: MessageBuf = serde_json::from_str(&json)?;
/// assert_eq!(&message.bytes()[..], bytes);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A segment is an array: its name, and then its fields, so that the item with the index 3 is
/// field 3 as the standard counts. What is split is an array, and its depth tells the level: a
/// field of repetitions, a repetition of components, a component of subcomponents. What is not
/// split is a string, so a field that has one component and no more is one too. An array of one
/// item means the same as the item, which matters to those who write JSON.
///
/// Strings are decoded, but not unescaped: `\T\` stays, and null is `"\"\""`. A leaf that is no
/// text of the character set, or would not be encoded to the same bytes, is `{"bytes": "<hex>"}`.
///
/// An ordinary message has the key `segments` alone. What is out of the ordinary stands before it:
///
/// | key | means | where it is not given |
/// |---|---|---|
/// | `before` | a byte order mark and line breaks before MSH | nothing |
/// | `charset` | the character set of the strings, by its name in table 0211 | MSH-18; UTF-8 where that is empty |
/// | `terminator` | the line break that ends each segment | `"\r"` |
/// | `terminator_of` | an object: other line breaks, several or none, by the index of the segment that they end | none |
impl Serialize for Message<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (charset, is_stated) = charset_of(self);
        let breaks = LineBreaks::of(self);
        let mut map = serializer.serialize_map(None)?;
        if !breaks.before.is_empty() {
            map.serialize_entry(keys::BEFORE, breaks.before)?;
        }
        if is_stated {
            map.serialize_entry(keys::CHARSET, charset.label())?;
        }
        if breaks.terminator != line_breaks::STANDARD {
            map.serialize_entry(keys::TERMINATOR, breaks.terminator)?;
        }
        if !breaks.others.is_empty() {
            map.serialize_entry(keys::TERMINATOR_OF, &breaks.others)?;
        }
        map.serialize_entry(keys::SEGMENTS, &Segments::new(self, charset))?;
        map.end()
    }
}

/// Writes the message as [`Message`] does.
impl Serialize for MessageBuf {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.message().serialize(serializer)
    }
}

/// Reads what `Serialize` of [`Message`] writes, and what people write in that form.
///
/// The format must describe itself, as JSON does. An error names the place, such as
/// `.segments[1][5]`, and never shows what stands there: a string that holds a separator or a line
/// break, say, which would change the message.
impl<'de> Deserialize<'de> for MessageBuf {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<MessageBuf, D::Error> {
        let node = Node::deserialize(deserializer)?;
        assemble::message(At::whole(&node)).map_err(D::Error::custom)
    }
}

/// Writes the path as its text, such as `"PID-3[2].1"`.
impl Serialize for Path {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Reads a path from its text.
impl<'de> Deserialize<'de> for Path {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Path, D::Error> {
        match Node::deserialize(deserializer)? {
            Node::Text(text) => Path::parse(&text).map_err(D::Error::custom),
            _ => Err(D::Error::custom(Problem::NoText)),
        }
    }
}

/// The character set in which a message is shown, and whether it must be said because MSH-18 does
/// not.
fn charset_of(message: &Message<'_>) -> (Charset, bool) {
    match message.charset() {
        Ok(Charset::UNSTATED) => {
            let charset = Charset::guess(message.as_bytes());
            (charset, charset != Charset::UTF_8)
        }
        Ok(charset) => (charset, false),
        Err(_) => (Charset::guess(message.as_bytes()), true),
    }
}

/// The character set of strings about which nothing is said but MSH-18.
fn charset_by_header(named: Result<Charset, UnknownCharset>) -> Charset {
    match named {
        Ok(Charset::UNSTATED) => Charset::UTF_8,
        Ok(charset) => charset,
        Err(_) => Charset::ASCII,
    }
}
