//! Windows-1252 and ISO 8859-1, which differ in bytes 128 to 159 only.

use std::borrow::Cow;

/// What Windows-1252 has at bytes 128 to 159; a blank where it has nothing.
const HIGH_CONTROLS: [char; 32] = [
    '€', ' ', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', ' ', 'Ž', ' ', ' ', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', ' ', 'ž', 'Ÿ',
];

/// The error is the offset of the first byte that Windows-1252 does not define.
pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, usize> {
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 2);
    for (offset, byte) in bytes.iter().enumerate() {
        text.push(character(*byte).ok_or(offset)?);
    }
    Ok(Cow::Owned(text))
}

pub(super) fn decode_latin_1(bytes: &[u8]) -> Cow<'_, str> {
    bytes
        .iter()
        .map(|byte| character(*byte).unwrap_or(char::from(*byte)))
        .collect()
}

pub(super) fn encode(text: &str) -> Option<Vec<u8>> {
    text.chars().map(byte).collect()
}

/// Not bytes 128 to 159, which would be read as Windows-1252.
pub(super) fn encode_latin_1(text: &str) -> Option<Vec<u8>> {
    text.chars().map(latin_1_byte).collect()
}

fn character(byte: u8) -> Option<char> {
    match byte
        .checked_sub(128)
        .and_then(|index| HIGH_CONTROLS.get(usize::from(index)))
    {
        Some(' ') => None,
        Some(character) => Some(*character),
        None => Some(char::from(byte)),
    }
}

fn byte(character: char) -> Option<u8> {
    match (128..=159)
        .zip(HIGH_CONTROLS)
        .find(|(_, high)| *high == character)
    {
        Some((byte, high)) if high != ' ' => Some(byte),
        _ => latin_1_byte(character),
    }
}

fn latin_1_byte(character: char) -> Option<u8> {
    u8::try_from(character)
        .ok()
        .filter(|byte| !(128..=159).contains(byte))
}
