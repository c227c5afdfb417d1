//! The names of table 0211, and what senders write in their place.

use super::{Charset, CharsetProblem, UnknownCharset};

type Entry = (&'static str, Result<Charset, CharsetProblem>);

/// Names in capitals, without blanks, hyphens, underscores and slashes.
const NAMES: &[Entry] = &[
    ("", Ok(Charset::UNSTATED)),
    ("ASCII", Ok(Charset::ASCII)),
    ("USASCII", Ok(Charset::ASCII)),
    ("ISOIR6", Ok(Charset::ASCII)),
    ("UNICODEUTF8", Ok(Charset::UTF_8)),
    ("UTF8", Ok(Charset::UTF_8)),
    // ISO 10646 by the table, whose two-byte form cannot be framed: senders mean UTF-8.
    ("UNICODE", Ok(Charset::UTF_8)),
    ("88591", Ok(Charset::LATIN_1)),
    ("ISO88591", Ok(Charset::LATIN_1)),
    ("LATIN1", Ok(Charset::LATIN_1)),
    ("WINDOWS1252", Ok(Charset::WINDOWS_1252)),
    ("CP1252", Ok(Charset::WINDOWS_1252)),
    ("UNICODEUTF16", Err(CharsetProblem::Wide)),
    ("UTF16", Err(CharsetProblem::Wide)),
    ("UNICODEUTF32", Err(CharsetProblem::Wide)),
    ("UTF32", Err(CharsetProblem::Wide)),
    ("CNS116431992", Err(CharsetProblem::Unsupported)),
];

/// The sets that escape sequences switch to.
const SWITCHED: [&str; 3] = ["ISOIR14", "ISOIR87", "ISOIR159"];

pub(super) fn is_switched_to(label: &[u8]) -> bool {
    SWITCHED.iter().any(|name| same(label, name))
}

pub(super) fn find(label: &[u8]) -> Result<Charset, UnknownCharset> {
    for (name, charset) in NAMES.iter().chain(more::NAMES) {
        if same(label, name) {
            return charset.map_err(UnknownCharset::new);
        }
    }
    Err(UnknownCharset::new(CharsetProblem::Unrecognised))
}

fn same(label: &[u8], name: &str) -> bool {
    let significant = label.iter().filter(|byte| !b" -_/".contains(byte));
    significant.map(u8::to_ascii_uppercase).eq(name.bytes())
}

#[cfg(feature = "charset")]
mod more {
    use encoding_rs as rs;

    use super::super::{Charset, Kind};
    use super::Entry;

    const fn known(label: &'static str, encoding: &'static rs::Encoding) -> Charset {
        Charset(Kind::Other(label, encoding))
    }

    const fn switched(label: &'static str) -> Charset {
        Charset(Kind::Iso2022(label))
    }

    pub(super) const NAMES: &[Entry] = &[
        ("88592", Ok(known("8859/2", rs::ISO_8859_2))),
        ("ISO88592", Ok(known("8859/2", rs::ISO_8859_2))),
        ("88593", Ok(known("8859/3", rs::ISO_8859_3))),
        ("ISO88593", Ok(known("8859/3", rs::ISO_8859_3))),
        ("88594", Ok(known("8859/4", rs::ISO_8859_4))),
        ("ISO88594", Ok(known("8859/4", rs::ISO_8859_4))),
        ("88595", Ok(known("8859/5", rs::ISO_8859_5))),
        ("ISO88595", Ok(known("8859/5", rs::ISO_8859_5))),
        ("88596", Ok(known("8859/6", rs::ISO_8859_6))),
        ("ISO88596", Ok(known("8859/6", rs::ISO_8859_6))),
        ("88597", Ok(known("8859/7", rs::ISO_8859_7))),
        ("ISO88597", Ok(known("8859/7", rs::ISO_8859_7))),
        ("88598", Ok(known("8859/8", rs::ISO_8859_8))),
        ("ISO88598", Ok(known("8859/8", rs::ISO_8859_8))),
        ("88599", Ok(known("8859/9", rs::WINDOWS_1254))),
        ("ISO88599", Ok(known("8859/9", rs::WINDOWS_1254))),
        ("885915", Ok(known("8859/15", rs::ISO_8859_15))),
        ("ISO885915", Ok(known("8859/15", rs::ISO_8859_15))),
        ("WINDOWS1250", Ok(known("WINDOWS-1250", rs::WINDOWS_1250))),
        ("WINDOWS1251", Ok(known("WINDOWS-1251", rs::WINDOWS_1251))),
        ("ISOIR14", Ok(switched("ISO IR14"))),
        ("ISOIR87", Ok(switched("ISO IR87"))),
        ("ISOIR159", Ok(switched("ISO IR159"))),
        ("GB180302000", Ok(known("GB 18030-2000", rs::GB18030))),
        ("GB18030", Ok(known("GB 18030-2000", rs::GB18030))),
        ("KSX1001", Ok(known("KS X 1001", rs::EUC_KR))),
        ("BIG5", Ok(known("BIG-5", rs::BIG5))),
    ];
}

/// What table 0211 has beyond ASCII, UTF-8 and 8859/1 needs the feature `charset`.
#[cfg(not(feature = "charset"))]
mod more {
    use super::super::CharsetProblem::Unsupported;
    use super::Entry;

    pub(super) const NAMES: &[Entry] = &[
        ("88592", Err(Unsupported)),
        ("88593", Err(Unsupported)),
        ("88594", Err(Unsupported)),
        ("88595", Err(Unsupported)),
        ("88596", Err(Unsupported)),
        ("88597", Err(Unsupported)),
        ("88598", Err(Unsupported)),
        ("88599", Err(Unsupported)),
        ("885915", Err(Unsupported)),
        ("ISOIR14", Err(Unsupported)),
        ("ISOIR87", Err(Unsupported)),
        ("ISOIR159", Err(Unsupported)),
        ("GB180302000", Err(Unsupported)),
        ("KSX1001", Err(Unsupported)),
        ("BIG5", Err(Unsupported)),
    ];
}
