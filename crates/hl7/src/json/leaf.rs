//! The bytes of a leaf: a string where they are text, `{"bytes": "<hex>"}` where they are not.

use std::borrow::Cow;
use std::fmt;

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use super::fault::{Fault, Problem};
use super::keys;
use super::node::Node;
use super::place::At;
use crate::charset::Charset;
use crate::escape::hex_bytes;

/// A leaf as it is written: nothing is unescaped.
pub(super) struct Leaf<'a> {
    pub(super) raw: &'a [u8],
    pub(super) charset: Charset,
}

impl Serialize for Leaf<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.charset.decode(self.raw) {
            Ok(text) if self.charset.encode(&text).as_deref() == Some(self.raw) => {
                serializer.serialize_str(&text)
            }
            _ => Hex(self.raw).serialize(serializer),
        }
    }
}

/// Bytes that are no text.
pub(super) struct Hex<'a>(pub(super) &'a [u8]);

impl Serialize for Hex<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(keys::BYTES, &format_args!("{self}"))?;
        map.end()
    }
}

impl fmt::Display for Hex<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

/// The bytes of a leaf that is written as above.
pub(super) fn bytes<'a>(at: &'a At<'a>, charset: Charset) -> Result<Cow<'a, [u8]>, Fault> {
    match at.node() {
        Node::Text(text) => {
            let bytes = charset.encode(text);
            bytes.ok_or_else(|| at.fault(Problem::Unencodable(charset)))
        }
        Node::Object(_) => from_hex(at).map(Cow::Owned),
        _ => Err(at.fault(Problem::NoPart)),
    }
}

/// The bytes that [`Hex`] writes.
pub(super) fn from_hex(at: &At<'_>) -> Result<Vec<u8>, Fault> {
    let [hex] = at.values([keys::BYTES])?;
    let hex = hex.ok_or_else(|| at.fault(Problem::MissingKey(keys::BYTES)))?;
    hex_bytes(hex.text()?.as_bytes()).ok_or_else(|| hex.fault(Problem::NoHex))
}
