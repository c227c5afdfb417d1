//! Messages as JSON with the names of the dictionary, and back.

mod key;
mod named;
mod names;
mod nearest;
mod numbered;
mod problem;
mod text;

use serde::de::Error as _;
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::node::Node;
use super::place::At;
use crate::charset::{Charset, UnknownCharset};
use crate::message_buf::MessageBuf;
use named::Named;
pub(super) use problem::NamedProblem;

/// The keys that are no names of the dictionary, which has none that is spelt like them.
const VERSION: &str = "version";
const SEGMENTS: &str = "segments";
const SEGMENT: &str = "segment";

/// A message whose JSON has names in the place of numbers, and text in the place of escapes.
///
/// ```
/// use bytes::Bytes;
/// use cistern_hl7::{FriendlyMessage, MessageBuf};
///
/// let bytes = Bytes::from_static(
///     b"MSH|^~\\&|LAB|||||||||2.5.1\rPID|1||4711^^^CITY^MR||Roe^Ann \\T\\ Bob||\"\"\r",
/// );
/// let message = FriendlyMessage(MessageBuf::parse(bytes.clone())?);
/// let json = serde_json::json!({
///     "version": "2.5.1",
///     "segments": [
///         {
///             "segment": "MSH",
///             "field_separator": "|",
///             "encoding_characters": "^~\\&",
///             "sending_application": {"namespace_id": "LAB"},
///             "version_id": {"version_id": "2.5.1"},
///         },
///         {
///             "segment": "PID",
///             "set_id": "1",
///             "patient_identifier_list": [{
///                 "id_number": "4711",
///                 "assigning_authority": {"namespace_id": "CITY"},
///                 "identifier_type_code": "MR",
///             }],
///             "patient_name": [{"family_name": {"surname": "Roe"}, "given_name": "Ann & Bob"}],
///             "date_time_of_birth": null,
///         },
///     ],
/// });
/// assert_eq!(serde_json::to_value(&message)?, json);
/// let FriendlyMessage(back) = serde_json::from_value(json)?;
/// assert_eq!(back.bytes(), &bytes);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # What is written
///
/// - A segment is an object: its name as `segment`, and its fields in order. What is empty is left
///   out. Groups of segments are not told apart: the list is as flat as the message.
/// - Keys are the names that the [`Dictionary`](crate::Dictionary) of the `version` has, with `_`
///   between words. That is the version in MSH-12, and 2.5.1 where that cannot be read. What has no
///   name, as in a segment of a site's own, has its number: `"99"`.
/// - A field that may repeat is an array, even of one; so is another that repeats all the same.
/// - What has components by its data type is an object, even if only the first is valued; so is
///   what has them all the same. OBX-5 has the type that OBX-2 states. The type TS, a time with a
///   second component that nobody sends, is a string like the types that followed it.
/// - Null, which asks to delete, is `null`.
/// - Text is decoded, and escapes are replaced as in [`unescape`](crate::unescape); formatting
///   commands such as `\.br\` stay. What is no text, or would not come back as the same, is
///   `{"bytes": "<hex>"}`, its bytes as they stand in the message.
///
/// # What is read
///
/// Each leaf that is valued or null comes back in its place with the same text. Bytes may differ:
/// segments end in CR, separators at the end of a field or segment are not kept, and text is written
/// in the character set that MSH-18 names, or UTF-8.
///
/// Whoever writes JSON need not follow the dictionary in all: a field that repeats need not be an
/// array, a string for an object is its first component, any key can be a number, and MSH-1 and
/// MSH-2 can be left out. But a key that is not known is an error, with the place and the nearest
/// name that is known. Errors never show a value, nor a key that is not known. Numbers go up to
/// 65535, as in a [`Path`](crate::Path).
#[derive(Debug, Clone)]
#[expect(
    clippy::exhaustive_structs,
    reason = "a form of a message, and nothing besides"
)]
pub struct FriendlyMessage(pub MessageBuf);

impl Serialize for FriendlyMessage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let message = self.0.message();
        let named = Named::new(&message);
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry(VERSION, &named.version().to_string())?;
        map.serialize_entry(SEGMENTS, &named)?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for FriendlyMessage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<FriendlyMessage, D::Error> {
        let node = Node::deserialize(deserializer)?;
        let message = numbered::message(At::whole(&node)).map_err(D::Error::custom)?;
        Ok(FriendlyMessage(message))
    }
}

/// The character set in which the values of a message are read.
fn charset(named: Result<Charset, UnknownCharset>) -> Charset {
    named.unwrap_or(Charset::UNSTATED)
}

/// The character set in which they are written.
fn encoding(charset: Charset) -> Charset {
    match charset {
        Charset::UNSTATED => Charset::UTF_8,
        stated => stated,
    }
}
