//! How many there may be.

use std::fmt;

/// From so many to so many, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) least: usize,
    pub(super) most: usize,
}

impl Range {
    pub(super) const ANY: Range = Range {
        least: 0,
        most: usize::MAX,
    };

    /// Reads `1`, `0..1`, `1..` or `2..5`.
    pub(super) fn parse(text: &str) -> Option<Range> {
        let (least, most) = text.split_once("..").unwrap_or((text, text));
        let range = Range {
            least: number(least)?,
            most: if most.is_empty() {
                usize::MAX
            } else {
                number(most)?
            },
        };
        (range.least <= range.most).then_some(range)
    }

    pub(super) fn contains(self, count: usize) -> bool {
        (self.least..=self.most).contains(&count)
    }
}

/// What to send: `exactly 1`, `at most 5`.
impl fmt::Display for Range {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Range { least, most } if least == most => write!(out, "exactly {least}"),
            Range {
                least,
                most: usize::MAX,
            } => write!(out, "at least {least}"),
            Range { least: 0, most } => write!(out, "at most {most}"),
            Range { least, most } => write!(out, "{least} to {most}"),
        }
    }
}

fn number(text: &str) -> Option<usize> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}
