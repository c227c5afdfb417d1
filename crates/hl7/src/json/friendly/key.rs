//! How a name of the dictionary is spelt as a key: `date/time of birth` is `date_time_of_birth`.

use std::fmt::{self, Write as _};

use serde::{Serialize, Serializer};

/// The key of a field or component: its name, or its number where it has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    Name(&'static str),
    Number(usize),
}

impl Key {
    pub(super) fn of(name: Option<&'static str>, number: usize) -> Key {
        name.map_or(Key::Number(number), Key::Name)
    }
}

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Key::Name(name) => name,
            Key::Number(number) => return write!(out, "{number}"),
        };
        let words = name.split(|sign: char| !sign.is_ascii_alphanumeric() && sign != '\'');
        for (index, word) in words.filter(|word| !word.is_empty()).enumerate() {
            if index > 0 {
                out.write_char('_')?;
            }
            for letter in word.chars().filter(|sign| *sign != '\'') {
                out.write_char(letter.to_ascii_lowercase())?;
            }
        }
        Ok(())
    }
}

/// The number that a key is, written as numbers are. A path goes no further either.
pub(super) fn number(key: &str) -> Option<u16> {
    let number = key.parse().ok().filter(|number| *number > 0)?;
    (!key.starts_with(['+', '0'])).then_some(number)
}
