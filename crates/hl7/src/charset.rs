//! Character sets by the names that MSH-18 gives them (table 0211).

#[cfg(feature = "charset")]
mod iso_2022;
mod labels;
mod windows_1252;

use std::borrow::Cow;
use std::fmt;
use std::str;

use thiserror::Error;

use crate::delimiters::Delimiters;
use crate::error::DecodeError;

/// A character set that bytes can be decoded from.
///
/// ```
/// use cistern_hl7::Charset;
///
/// let charset = Charset::from_label(b"8859/1")?;
/// assert_eq!(charset.decode(b"Ren\xE9")?, "René");
/// assert_eq!(charset.encode("Zoë").as_deref(), Some(&b"Zo\xEB"[..]));
/// assert!(Charset::UTF_8.decode(b"Ren\xE9").is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Charset(Kind);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Unstated,
    Ascii,
    Utf8,
    Latin1,
    Windows1252,
    /// Switched by escape sequences; the name of one of the Japanese sets.
    #[cfg(feature = "charset")]
    Iso2022(&'static str),
    #[cfg(feature = "charset")]
    Other(&'static str, &'static encoding_rs::Encoding),
}

impl Charset {
    /// MSH-18 is empty. By the book that means ASCII; in the field it means UTF-8 or Windows-1252,
    /// so a value is UTF-8 when it is valid as such, and Windows-1252 when it is not.
    pub const UNSTATED: Charset = Charset(Kind::Unstated);
    /// ASCII: a byte above 127 is an error.
    pub const ASCII: Charset = Charset(Kind::Ascii);
    /// UTF-8.
    pub const UTF_8: Charset = Charset(Kind::Utf8);
    /// ISO 8859-1. Bytes 128 to 159 are control characters there, which nobody sends: they are
    /// read as Windows-1252, from which they come.
    pub const LATIN_1: Charset = Charset(Kind::Latin1);
    /// Windows-1252, Western European.
    pub const WINDOWS_1252: Charset = Charset(Kind::Windows1252);

    /// The character set that a repetition of MSH-18 names; empty is [`Charset::UNSTATED`].
    ///
    /// Knows table 0211, the spellings that are common in its place (`UTF-8`, `ISO-8859-1`,
    /// `LATIN1`, DICOM's `ISO_IR 100`), and sets that it lacks (`WINDOWS-1252`, `GBK`,
    /// `SHIFT_JIS`), in any case.
    pub fn from_label(label: &[u8]) -> Result<Charset, UnknownCharset> {
        labels::find(label)
    }

    /// The names of all sets that this build can decode, as [`label`](Charset::label) has them:
    /// what a setting may be called, say.
    ///
    /// ```
    /// use cistern_hl7::Charset;
    ///
    /// assert!(Charset::labels().any(|label| label == "8859/1"));
    /// ```
    pub fn labels() -> impl Iterator<Item = &'static str> {
        labels::decoded().map(Charset::label)
    }

    /// The character set of a message by the repetitions of MSH-18: the first, unless it is ASCII
    /// and an alternate names one of the sets that escape sequences switch to.
    pub(crate) fn from_labels<'l>(
        mut labels: impl Iterator<Item = Cow<'l, [u8]>>,
    ) -> Result<Charset, UnknownCharset> {
        let first = Charset::from_label(&labels.next().unwrap_or_default())?;
        let switched = match first.0 {
            Kind::Unstated | Kind::Ascii => labels.find(|label| labels::is_switched_to(label)),
            _ => None,
        };
        switched.map_or(Ok(first), |label| Charset::from_label(&label))
    }

    /// What [`Charset::UNSTATED`] comes down to for these bytes: a whole message, say, so that all
    /// its values are read alike and the guess can be recorded.
    pub fn guess(bytes: &[u8]) -> Charset {
        if str::from_utf8(bytes).is_ok() {
            Charset::UTF_8
        } else {
            Charset::WINDOWS_1252
        }
    }

    /// The text of these bytes. Never puts U+FFFD in the place of what it cannot read.
    pub fn decode(self, bytes: &[u8]) -> Result<Cow<'_, str>, DecodeError> {
        if bytes.is_ascii() && !self.shifts() {
            return utf8(bytes).map_err(|offset| DecodeError::new(self, offset));
        }
        let decoded = match self.0 {
            Kind::Unstated => utf8(bytes).or_else(|_| windows_1252::decode(bytes)),
            Kind::Ascii => Err(bytes.iter().take_while(|byte| byte.is_ascii()).count()),
            Kind::Utf8 => utf8(bytes),
            Kind::Latin1 => Ok(windows_1252::decode_latin_1(bytes)),
            Kind::Windows1252 => windows_1252::decode(bytes),
            #[cfg(feature = "charset")]
            Kind::Iso2022(_) => iso_2022::decode(bytes),
            #[cfg(feature = "charset")]
            Kind::Other(_, encoding) => decode_other(encoding, bytes),
        };
        decoded.map_err(|offset| DecodeError::new(self, offset))
    }

    /// The bytes of this text, or nothing if it has a character that the set does not have.
    pub fn encode(self, text: &str) -> Option<Cow<'_, [u8]>> {
        // Where it switches between sets, the escape character is no character.
        if text.is_ascii() && !(self.shifts() && text.contains('\x1B')) {
            return Some(Cow::Borrowed(text.as_bytes()));
        }
        match self.0 {
            Kind::Utf8 => Some(Cow::Borrowed(text.as_bytes())),
            Kind::Unstated | Kind::Ascii => None,
            Kind::Latin1 => windows_1252::encode_latin_1(text).map(Cow::Owned),
            Kind::Windows1252 => windows_1252::encode(text).map(Cow::Owned),
            #[cfg(feature = "charset")]
            Kind::Iso2022(_) => self.encode_other(encoding_rs::ISO_2022_JP, text),
            #[cfg(feature = "charset")]
            Kind::Other(_, encoding) => self.encode_other(encoding, text),
        }
    }

    /// Nothing where the text would come back as another: half-width katakana as full-width.
    #[cfg(feature = "charset")]
    fn encode_other<'t>(
        self,
        encoding: &'static encoding_rs::Encoding,
        text: &'t str,
    ) -> Option<Cow<'t, [u8]>> {
        let (bytes, _, has_unknown) = encoding.encode(text);
        let comes_back = !has_unknown && self.decode(&bytes).is_ok_and(|back| back == text);
        comes_back.then_some(bytes)
    }

    /// The name: that of table 0211 where it has one.
    pub fn label(self) -> &'static str {
        match self.0 {
            Kind::Unstated => "unstated (UTF-8, else Windows-1252)",
            Kind::Ascii => "ASCII",
            Kind::Utf8 => "UNICODE UTF-8",
            Kind::Latin1 => "8859/1",
            Kind::Windows1252 => "WINDOWS-1252",
            #[cfg(feature = "charset")]
            Kind::Iso2022(label) | Kind::Other(label, _) => label,
        }
    }

    /// The name of UTF-8 that can stand in MSH-18: the common spelling where a hyphen is a delimiter.
    pub(crate) fn utf_8_label(delimiters: Delimiters) -> &'static str {
        if delimiters.contains(b'-') {
            "UTF8"
        } else {
            Charset::UTF_8.label()
        }
    }

    /// Whether a character beyond ASCII can hold bytes below 128, which look like ASCII, and so like
    /// delimiters: [`Message::to_utf8_from`](crate::Message::to_utf8_from) keeps such characters
    /// whole. Those of EUC-JP never do.
    pub fn overlaps_ascii(self) -> bool {
        match self.0 {
            #[cfg(feature = "charset")]
            Kind::Iso2022(_) => true,
            #[cfg(feature = "charset")]
            Kind::Other(_, encoding) => {
                !encoding.is_single_byte() && encoding != encoding_rs::EUC_JP
            }
            _ => false,
        }
    }

    /// Whether bytes below 128 can mean something other than ASCII (ISO 2022 escape sequences).
    fn shifts(self) -> bool {
        match self.0 {
            #[cfg(feature = "charset")]
            Kind::Iso2022(_) => true,
            _ => false,
        }
    }
}

impl fmt::Display for Charset {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.label())
    }
}

impl fmt::Debug for Charset {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Charset({})", self.label())
    }
}

/// MSH-18 names a character set that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("character set in MSH-18: {problem}")]
pub struct UnknownCharset {
    problem: CharsetProblem,
    overlaps_ascii: bool,
}

impl UnknownCharset {
    /// A set that is known for characters that hold bytes below 128.
    const OVERLAPPING: UnknownCharset = UnknownCharset {
        problem: CharsetProblem::Unsupported,
        overlaps_ascii: true,
    };

    const fn new(problem: CharsetProblem) -> UnknownCharset {
        UnknownCharset {
            problem,
            overlaps_ascii: false,
        }
    }

    /// As that of a [`Charset`].
    pub(crate) fn overlaps_ascii(self) -> bool {
        self.overlaps_ascii
    }

    /// Why it cannot be read.
    pub fn problem(self) -> CharsetProblem {
        self.problem
    }
}

/// Why a name of MSH-18 leads to no [`Charset`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum CharsetProblem {
    /// The name is neither in table 0211 nor a known spelling.
    #[error("the name is not known")]
    Unrecognised,
    /// UTF-16 and UTF-32 have bytes that look like delimiters and line ends.
    #[error("UTF-16 and UTF-32 cannot be framed or split, send UTF-8")]
    Wide,
    /// A known set that this build has no decoder for.
    #[error("the set is known, but there is no decoder for it")]
    Unsupported,
}

fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, usize> {
    str::from_utf8(bytes)
        .map(Cow::Borrowed)
        .map_err(|error| error.valid_up_to())
}

#[cfg(feature = "charset")]
fn decode_other<'a>(
    encoding: &'static encoding_rs::Encoding,
    bytes: &'a [u8],
) -> Result<Cow<'a, str>, usize> {
    if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes) {
        return Ok(text);
    }
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(bytes.len().saturating_mul(3));
    match decoder.decode_to_string_without_replacement(bytes, &mut text, true) {
        (encoding_rs::DecoderResult::Malformed(bad, after), read) => {
            Err(read.saturating_sub(usize::from(bad) + usize::from(after)))
        }
        (_, read) => Err(read),
    }
}
