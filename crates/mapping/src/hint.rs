//! What an unknown name was probably meant to be.

use std::fmt;

/// A known name that is spelt nearly like an unknown one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hint(Option<String>);

impl Hint {
    /// The nearest of the known names, if any is near enough to be meant.
    pub(crate) fn of<'a>(unknown: &str, known: impl IntoIterator<Item = &'a str>) -> Hint {
        let near = known
            .into_iter()
            .map(|name| (distance(unknown, name), name))
            .min();
        let allowed = 1 + unknown.chars().count() / 4;
        Hint(
            near.filter(|(edits, _)| *edits <= allowed)
                .map(|(_, name)| name.to_owned()),
        )
    }
}

impl fmt::Display for Hint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(name) => write!(out, "; did you mean {name:?}?"),
            None => Ok(()),
        }
    }
}

/// How many letters must be put, taken, changed, or swapped with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before_last = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let at =
                |row: &[usize], place: usize| row.get(place).copied().unwrap_or(usize::MAX - 1);
            let mut edits = (at(&last, j) + usize::from(x != y))
                .min(at(&last, j + 1) + 1)
                .min(at(&row, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x);
            if swapped {
                edits = edits.min(at(&before_last, j - 1) + 1);
            }
            row.push(edits);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_near_and_another_word_is_not() {
        let known = ["test", "date", "result", "result_status"];
        let cases = [
            ("tset", Some("test")),
            ("reslut", Some("result")),
            ("result_state", Some("result_status")),
            ("when", None),
            ("", None),
        ];
        for (unknown, expected) in cases {
            let expected = Hint(expected.map(str::to_owned));
            assert_eq!(Hint::of(unknown, known), expected, "{unknown}");
        }
    }
}
