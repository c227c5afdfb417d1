//! The known name to which an unknown key comes nearest.

use super::key::Key;

/// A longer key is compared with nothing.
const KEY_BYTES_MAX: usize = 64;

/// The name that was probably meant: at most one letter in four is put, taken or changed.
pub(super) fn nearest(
    unknown: &str,
    names: impl Iterator<Item = &'static str>,
) -> Option<&'static str> {
    if unknown.len() > KEY_BYTES_MAX {
        return None;
    }
    let by_edits = names.map(|name| (edits(unknown, &Key::Name(name).to_string()), name));
    let (edits, name) = by_edits.min()?;
    (edits <= 1 + unknown.len() / 4).then_some(name)
}

/// How many letters must be put, taken or changed to make one text of the other.
fn edits(text: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, letter) in text.bytes().enumerate() {
        let mut left = index + 1;
        let mut diagonal = index;
        for (above, other) in row.iter_mut().skip(1).zip(other.bytes()) {
            let change = diagonal + usize::from(letter != other);
            diagonal = *above;
            *above = change.min(left + 1).min(diagonal + 1);
            left = *above;
        }
    }
    row.last().copied().unwrap_or_default()
}
