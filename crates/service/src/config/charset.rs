//! The name of a character set, as MSH-18 has it (table 0211).

use hl7::Charset;
use serde::de::Error as _;
use serde::{Deserialize as _, Deserializer};

/// Reads the name of a set that can be decoded. The complaint about any other lists them all.
pub(super) fn read<'d, D: Deserializer<'d>>(name: D) -> Result<Option<Charset>, D::Error> {
    let name = String::deserialize(name)?;
    match Charset::from_label(name.as_bytes()) {
        Ok(charset) if charset != Charset::UNSTATED => Ok(Some(charset)),
        _ => {
            let known: Vec<_> = Charset::labels().collect();
            let known = known.join(", ");
            let sentence =
                format!("{name:?} is no character set that can be read; these can: {known}");
            Err(D::Error::custom(sentence))
        }
    }
}
