//! The Japanese sets that escape sequences switch between (ISO 2022; table 0211: ISO IR14, ISO IR87
//! and ISO IR159).

use std::borrow::Cow;

use encoding_rs::EUC_JP;

use super::{decode_other, utf8};

const ESCAPE: u8 = 0x1B;

/// A set that an escape sequence switches to.
#[derive(Clone, Copy)]
enum Set {
    /// ASCII, and the Roman letters of JIS X 0201 (ISO IR14). These have a yen sign and an overline
    /// in two places where messages have delimiters, `\` and `~`, and mean those.
    Latin,
    /// Katakana of half width, JIS X 0201 (ISO IR13).
    Katakana,
    /// JIS X 0208 (ISO IR87), two bytes a character.
    Kanji,
    /// JIS X 0212 (ISO IR159), two bytes a character.
    Supplement,
}

const SWITCHES: &[(&[u8], Set)] = &[
    (b"\x1B(B", Set::Latin),
    (b"\x1B(J", Set::Latin),
    (b"\x1B(I", Set::Katakana),
    (b"\x1B$@", Set::Kanji),
    (b"\x1B$B", Set::Kanji),
    (b"\x1B$(B", Set::Kanji),
    (b"\x1B$(D", Set::Supplement),
];

/// The text, or the first byte that is no character. Starts with ASCII.
pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, usize> {
    if !bytes.contains(&ESCAPE) {
        return ascii(bytes);
    }
    let mut text = String::with_capacity(bytes.len());
    let mut set = Set::Latin;
    let mut rest = bytes;
    while !rest.is_empty() {
        let offset = bytes.len() - rest.len();
        let after = if let Some((after, switched)) = switch(rest) {
            set = switched;
            after
        } else {
            let end = rest.iter().position(|byte| *byte == ESCAPE);
            let (run, after) = rest
                .split_at_checked(end.unwrap_or(rest.len()))
                .unwrap_or((rest, b""));
            if run.is_empty() {
                return Err(offset);
            }
            set.decode(run, &mut text).map_err(|at| offset + at)?;
            after
        };
        rest = after;
    }
    Ok(Cow::Owned(text))
}

/// What follows an escape sequence, and the set that it switches to.
fn switch(bytes: &[u8]) -> Option<(&[u8], Set)> {
    SWITCHES
        .iter()
        .find_map(|(sequence, set)| Some((bytes.strip_prefix(*sequence)?, *set)))
}

impl Set {
    fn decode(self, run: &[u8], text: &mut String) -> Result<(), usize> {
        let (width, prefix): (usize, &[u8]) = match self {
            Set::Latin => {
                text.push_str(&ascii(run)?);
                return Ok(());
            }
            Set::Katakana => (1, b"\x8E"),
            Set::Kanji => (2, b""),
            Set::Supplement => (2, b"\x8F"),
        };
        // EUC-JP has the same characters with the highest bit set, and a prefix for rarer sets.
        let mut euc = Vec::with_capacity(run.len() * 2);
        for (number, character) in run.chunks(width).enumerate() {
            if character.iter().any(|byte| !byte.is_ascii_graphic()) {
                return Err(number * width);
            }
            euc.extend_from_slice(prefix);
            euc.extend(character.iter().map(|byte| byte | 0x80));
        }
        let euc_width = prefix.len() + width;
        let decoded = decode_other(EUC_JP, &euc).map_err(|at| at / euc_width * width)?;
        text.push_str(&decoded);
        Ok(())
    }
}

fn ascii(bytes: &[u8]) -> Result<Cow<'_, str>, usize> {
    match bytes.iter().position(|byte| !byte.is_ascii()) {
        Some(at) => Err(at),
        None => utf8(bytes),
    }
}
