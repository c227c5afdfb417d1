//! Numbers of results: drawn from a range, and weighed by another.

use fastrand::Rng;

use crate::control_id::push_decimal;

/// What the assay of the viral load can tell, in copies.
const COPIES_MIN: u32 = 20;
const COPIES_MAX: u32 = 10_000_000;

/// Numbers in units of their last decimal.
#[derive(Debug)]
pub(super) struct Range {
    from: u64,
    to: u64,
    decimals: usize,
}

/// The range in which a number is normal.
#[derive(Debug)]
pub(super) struct Normal {
    text: Box<[u8]>,
    range: Range,
}

/// A viral load in copies, or that it is beyond what the assay can tell (data type SN).
#[derive(Debug, Clone, Copy)]
pub(super) struct ViralLoad {
    comparator: u8,
    copies: u32,
}

impl Range {
    pub(super) fn parse(from: &str, to: &str) -> Option<Range> {
        let decimals = from
            .split_once('.')
            .map_or(0, |(_, decimals)| decimals.len());
        let number = |text: &str| text.replace('.', "").parse().ok();
        Some(Range {
            from: number(from)?,
            to: number(to)?,
            decimals,
        })
    }

    /// Draws a number and writes it.
    pub(super) fn write(&self, rng: &mut Rng, out: &mut Vec<u8>) -> u64 {
        let value = rng.u64(self.from..=self.to);
        if self.decimals == 0 {
            push_decimal(out, value, 1);
        } else {
            push_decimal(out, value, self.decimals + 1);
            out.insert(out.len() - self.decimals, b'.');
        }
        value
    }
}

impl Normal {
    pub(super) fn parse(text: &str) -> Option<Normal> {
        let (from, to) = text.split_once('-')?;
        Some(Normal {
            text: text.as_bytes().into(),
            range: Range::parse(from, to)?,
        })
    }

    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    /// HL7 table 0078.
    pub(super) fn flag(&self, number: u64) -> u8 {
        if number < self.range.from {
            b'L'
        } else if number > self.range.to {
            b'H'
        } else {
            b'N'
        }
    }
}

impl ViralLoad {
    /// Of ten, two are below the limit; each power of two above it is as likely as another.
    pub(super) fn draw(rng: &mut Rng) -> ViralLoad {
        let (comparator, copies) = match rng.u8(..40) {
            0..8 => (b'<', COPIES_MIN),
            8 => (b'>', COPIES_MAX),
            _ => {
                let least = COPIES_MIN << rng.u32(..18);
                (b'=', rng.u32(least..2 * least))
            }
        };
        ViralLoad { comparator, copies }
    }

    pub(super) fn write(self, out: &mut Vec<u8>) {
        out.extend_from_slice(&[self.comparator, b'^']);
        push_decimal(out, self.copies.into(), 1);
    }

    pub(super) fn write_logarithm(self, out: &mut Vec<u8>) {
        out.extend_from_slice(&[self.comparator, b'^']);
        out.extend_from_slice(format!("{:.2}", f64::from(self.copies).log10()).as_bytes());
    }
}

impl Default for ViralLoad {
    fn default() -> ViralLoad {
        ViralLoad {
            comparator: b'<',
            copies: COPIES_MIN,
        }
    }
}
