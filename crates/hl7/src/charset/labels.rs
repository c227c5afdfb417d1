//! The names of table 0211, and what senders write in their place.

#[cfg(feature = "charset")]
use super::Kind;
use super::{Charset, CharsetProblem, UnknownCharset};

/// What names lead to. They are in capitals, without blanks, hyphens, underscores and slashes.
type Set = (&'static [&'static str], Result<Charset, UnknownCharset>);

/// A set of which no character holds a byte of ASCII, decoded with the feature `charset`: its
/// label, and what `encoding_rs` calls it.
#[cfg(feature = "charset")]
macro_rules! other {
    ($label:literal, $encoding:ident) => {
        Ok(Charset(Kind::Other($label, encoding_rs::$encoding)))
    };
}

/// One of which characters may hold such bytes.
#[cfg(feature = "charset")]
macro_rules! overlapping {
    ($label:literal, $encoding:ident) => {
        other!($label, $encoding)
    };
}

/// A set that escape sequences switch to.
#[cfg(feature = "charset")]
macro_rules! switched {
    ($label:literal) => {
        Ok(Charset(Kind::Iso2022($label)))
    };
}

#[cfg(not(feature = "charset"))]
macro_rules! other {
    ($label:literal, $encoding:ident) => {
        Err(UnknownCharset::new(CharsetProblem::Unsupported))
    };
}

#[cfg(not(feature = "charset"))]
macro_rules! overlapping {
    ($label:literal, $encoding:ident) => {
        Err(UnknownCharset::OVERLAPPING)
    };
}

#[cfg(not(feature = "charset"))]
macro_rules! switched {
    ($label:literal) => {
        Err(UnknownCharset::OVERLAPPING)
    };
}

/// `ISO IR100` and the like are numbers of the ISO register, as DICOM names sets (PS3.3 C.12.1.1.2).
#[rustfmt::skip]
const SETS: &[Set] = &[
    (&[""], Ok(Charset::UNSTATED)),
    (&["ASCII", "USASCII", "ISOIR6", "ISO2022IR6"], Ok(Charset::ASCII)),
    // UNICODE is ISO 10646 by the table, whose two-byte form cannot be framed: senders mean UTF-8.
    (&["UNICODEUTF8", "UTF8", "UNICODE", "ISOIR192"], Ok(Charset::UTF_8)),
    (&["88591", "ISO88591", "LATIN1", "ISOIR100", "CP819"], Ok(Charset::LATIN_1)),
    (&["WINDOWS1252", "CP1252"], Ok(Charset::WINDOWS_1252)),
    (&["UNICODEUTF16", "UTF16", "UTF16LE", "UTF16BE", "UCS2"], Err(UnknownCharset::new(CharsetProblem::Wide))),
    (&["UNICODEUTF32", "UTF32"], Err(UnknownCharset::new(CharsetProblem::Wide))),
    (&["88592", "ISO88592", "LATIN2", "ISOIR101"], other!("8859/2", ISO_8859_2)),
    (&["88593", "ISO88593", "LATIN3", "ISOIR109"], other!("8859/3", ISO_8859_3)),
    (&["88594", "ISO88594", "LATIN4", "ISOIR110"], other!("8859/4", ISO_8859_4)),
    (&["88595", "ISO88595", "ISOIR144"], other!("8859/5", ISO_8859_5)),
    (&["88596", "ISO88596", "ISOIR127"], other!("8859/6", ISO_8859_6)),
    (&["88597", "ISO88597", "ISOIR126"], other!("8859/7", ISO_8859_7)),
    (&["88598", "ISO88598", "ISOIR138"], other!("8859/8", ISO_8859_8)),
    (&["88599", "ISO88599", "LATIN5", "ISOIR148"], other!("8859/9", WINDOWS_1254)),
    (&["885910", "ISO885910", "LATIN6", "ISOIR157"], other!("8859/10", ISO_8859_10)),
    (&["885911", "ISO885911", "ISOIR166", "TIS620"], other!("8859/11", WINDOWS_874)),
    (&["885913", "ISO885913", "LATIN7", "ISOIR179"], other!("8859/13", ISO_8859_13)),
    (&["885914", "ISO885914", "LATIN8", "ISOIR199"], other!("8859/14", ISO_8859_14)),
    (&["885915", "ISO885915", "LATIN9", "ISOIR203"], other!("8859/15", ISO_8859_15)),
    (&["885916", "ISO885916", "LATIN10", "ISOIR226"], other!("8859/16", ISO_8859_16)),
    (&["WINDOWS874", "CP874"], other!("WINDOWS-874", WINDOWS_874)),
    (&["WINDOWS1250", "CP1250"], other!("WINDOWS-1250", WINDOWS_1250)),
    (&["WINDOWS1251", "CP1251"], other!("WINDOWS-1251", WINDOWS_1251)),
    (&["WINDOWS1253", "CP1253"], other!("WINDOWS-1253", WINDOWS_1253)),
    (&["WINDOWS1254", "CP1254"], other!("WINDOWS-1254", WINDOWS_1254)),
    (&["WINDOWS1255", "CP1255"], other!("WINDOWS-1255", WINDOWS_1255)),
    (&["WINDOWS1256", "CP1256"], other!("WINDOWS-1256", WINDOWS_1256)),
    (&["WINDOWS1257", "CP1257"], other!("WINDOWS-1257", WINDOWS_1257)),
    (&["WINDOWS1258", "CP1258"], other!("WINDOWS-1258", WINDOWS_1258)),
    (&["IBM866", "CP866"], other!("IBM866", IBM866)),
    (&["KOI8R"], other!("KOI8-R", KOI8_R)),
    (&["KOI8U"], other!("KOI8-U", KOI8_U)),
    (&["MACINTOSH"], other!("MACINTOSH", MACINTOSH)),
    (&["GB180302000", "GB180302005", "GB180302022", "GB18030"], overlapping!("GB 18030-2000", GB18030)),
    (&["GBK", "CP936", "WINDOWS936"], overlapping!("GBK", GBK)),
    (&["GB2312", "GB231280", "GB23121980", "EUCCN", "ISOIR58"], overlapping!("GB2312", GBK)),
    (&["BIG5", "CNBIG5", "BIG5HKSCS"], overlapping!("BIG-5", BIG5)),
    (
        &[
            "KSX1001", "KSC5601", "KSC56011987", "KSC56011989", "EUCKR", "ISOIR149", "CP949",
            "WINDOWS949",
        ],
        overlapping!("KS X 1001", EUC_KR),
    ),
    (
        &["SHIFTJIS", "SJIS", "MSKANJI", "CP932", "WINDOWS932", "WINDOWS31J"],
        overlapping!("SHIFT_JIS", SHIFT_JIS),
    ),
    (&["EUCJP"], other!("EUC-JP", EUC_JP)),
    (&["ISO2022JP", "JISX0202"], switched!("ISO-2022-JP")),
    (&["ISOIR13", "ISO2022IR13", "CNS116431992"], Err(UnknownCharset::OVERLAPPING)),
];

/// The Japanese sets of table 0211, which stand as alternates of ASCII.
const SWITCHED: &[Set] = &[
    (&["ISOIR14", "ISO2022IR14"], switched!("ISO IR14")),
    (&["ISOIR87", "ISO2022IR87"], switched!("ISO IR87")),
    (&["ISOIR159", "ISO2022IR159"], switched!("ISO IR159")),
];

pub(super) fn is_switched_to(label: &[u8]) -> bool {
    SWITCHED.iter().any(|set| is_called(*set, label))
}

pub(super) fn find(label: &[u8]) -> Result<Charset, UnknownCharset> {
    let mut sets = SETS.iter().chain(SWITCHED);
    match sets.find(|set| is_called(**set, label)) {
        Some((_, charset)) => *charset,
        None => Err(UnknownCharset::new(CharsetProblem::Unrecognised)),
    }
}

/// The sets that can be decoded, each once.
pub(super) fn decoded() -> impl Iterator<Item = Charset> {
    let sets = SETS.iter().chain(SWITCHED).filter_map(|(_, set)| set.ok());
    sets.filter(|charset| *charset != Charset::UNSTATED)
}

fn is_called((names, _): Set, label: &[u8]) -> bool {
    names.iter().any(|name| same(label, name))
}

fn same(label: &[u8], name: &str) -> bool {
    let significant = label.iter().filter(|byte| !b" -_/".contains(byte));
    significant.map(u8::to_ascii_uppercase).eq(name.bytes())
}
