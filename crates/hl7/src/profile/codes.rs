//! The codes that a place may hold.

use std::collections::BTreeSet;
use std::fmt;

#[cfg(feature = "dictionary")]
use crate::dictionary::Dictionary;
#[cfg(feature = "dictionary")]
use crate::version::Version;

/// A list of codes, compared letter by letter.
#[derive(Debug, Clone)]
pub(super) struct Codes {
    /// What the list is called in a sentence.
    name: String,
    codes: BTreeSet<String>,
}

impl Codes {
    /// Codes that are written at the place itself.
    pub(super) fn unnamed(codes: &[String]) -> Codes {
        Codes {
            name: String::from("the codes that are accepted there"),
            codes: codes.iter().cloned().collect(),
        }
    }

    /// A list of `[tables]`.
    pub(super) fn listed(name: &str, codes: &[String]) -> Codes {
        Codes {
            name: format!("the list {name}"),
            codes: codes.iter().cloned().collect(),
        }
    }

    /// A table of HL7 that is known without the dictionary.
    pub(super) fn of_standard(number: u16, codes: &[&str]) -> Codes {
        Codes {
            name: format!("table {number:04}"),
            codes: codes.iter().map(|code| (*code).to_owned()).collect(),
        }
    }

    /// A table of HL7 with every code that any version gave it, for senders mix them.
    #[cfg(feature = "dictionary")]
    pub(super) fn of_table(number: u16) -> Option<Codes> {
        const NEWEST: Version = Version::new(8, 0);
        let table = Dictionary::of(NEWEST).table(number)?;
        let codes: BTreeSet<String> = table.codes().map(|one| one.code().to_owned()).collect();
        (!codes.is_empty()).then(|| Codes {
            name: format!("table {number:04}"),
            codes,
        })
    }

    /// Without the dictionary no table is known.
    #[cfg(not(feature = "dictionary"))]
    pub(super) fn of_table(_: u16) -> Option<Codes> {
        None
    }

    pub(super) fn contain(&self, code: &str) -> bool {
        self.codes.contains(code)
    }
}

/// What the list is called.
impl fmt::Display for Codes {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.name)
    }
}
