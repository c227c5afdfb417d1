//! Control ids (MSH-10): which run, which link, which message.

use crate::person::mixed;

/// The letters and digits of a run's mark: none that is easily taken for another.
const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const MARK_BYTES: usize = 5;
const LINK_DIGITS: usize = 5;
const NUMBER_DIGITS: usize = 10;
/// What identifies an order has room for so many characters beside the name of a system (EI, 22).
const ORDER_BYTES: usize = 12;

/// The control id of one message: five characters for the seed, five digits for the link and ten
/// for the number of the message, together the 20 that every version allows (MSH-10, ST).
///
/// ```
/// use cistern_simulator::ControlId;
///
/// let id = ControlId::new(7, 12, 345);
/// assert_eq!(id.to_string().len(), 20);
/// assert_eq!(ControlId::parse(7, id.to_string().as_bytes()), Some(id));
/// assert_eq!(ControlId::parse(8, id.to_string().as_bytes()), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ControlId {
    mark: [u8; MARK_BYTES],
    /// The number of the link.
    pub link: u32,
    /// The number of the message on its link.
    pub number: u64,
}

impl ControlId {
    /// The id of a message of the run with this seed.
    pub fn new(seed: u64, link: u32, number: u64) -> ControlId {
        let mark = mark(seed);
        ControlId { mark, link, number }
    }

    /// Reads an id of the run with this seed; nothing of any other text.
    pub fn parse(seed: u64, text: &[u8]) -> Option<ControlId> {
        let mark = mark(seed);
        let (link, number) = text.strip_prefix(&mark)?.split_at_checked(LINK_DIGITS)?;
        if number.len() != NUMBER_DIGITS {
            return None;
        }
        let link = u32::try_from(digits(link)?).ok()?;
        let number = digits(number)?;
        Some(ControlId { mark, link, number })
    }

    /// The number of what the message orders, books or opens: 60 bits that no other id is likely
    /// to have.
    pub(crate) fn order(self) -> [u8; ORDER_BYTES] {
        let mark = self
            .mark
            .iter()
            .fold(0, |mark, byte| mark << 8 | u64::from(*byte));
        letters(mixed(mark, (u64::from(self.link) << 40) + self.number))
    }

    pub(crate) fn write(self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.mark);
        push_decimal(out, u64::from(self.link), LINK_DIGITS);
        push_decimal(out, self.number, NUMBER_DIGITS);
    }
}

impl std::fmt::Display for ControlId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = Vec::new();
        self.write(&mut text);
        f.write_str(&String::from_utf8_lossy(&text))
    }
}

/// What tells the ids of a run from those of a run with another seed.
pub(crate) fn mark(seed: u64) -> [u8; MARK_BYTES] {
    letters(mixed(seed, 1))
}

/// Five bits a letter, the lowest first.
fn letters<const LETTERS: usize>(mut bits: u64) -> [u8; LETTERS] {
    [(); LETTERS].map(|()| {
        let letter = ALPHABET.get((bits % 32) as usize).copied();
        bits /= 32;
        letter.unwrap_or(b'A')
    })
}

/// A number in at least `width` digits.
pub(crate) fn push_decimal(out: &mut Vec<u8>, mut value: u64, width: usize) {
    let start = out.len();
    while value > 0 || out.len() - start < width.max(1) {
        out.push(b'0' + (value % 10) as u8);
        value /= 10;
    }
    if let Some(digits) = out.get_mut(start..) {
        digits.reverse();
    }
}

fn digits(text: &[u8]) -> Option<u64> {
    text.iter().try_fold(0_u64, |value, byte| {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        value.checked_mul(10)?.checked_add(digit)
    })
}
