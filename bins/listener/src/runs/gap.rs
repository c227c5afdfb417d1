//! Numbers that are missing, or have come after all.

use std::fmt;

/// What a message says of others.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a number is missing or has come")]
pub enum Gap {
    /// Numbers were passed over: so many messages have probably not come.
    Missing(Numbers),
    /// A number that was passed over has come after all.
    Late(Numbers),
}

/// Numbers that follow each other, and how their sender writes them.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Numbers {
    /// What stands before the digits.
    pub prefix: String,
    /// With how many digits the first is written at least.
    pub digits: usize,
    /// The first number.
    pub first: u64,
    /// The last number.
    pub last: u64,
}

impl Numbers {
    /// How many there are.
    pub fn count(&self) -> u64 {
        self.last - self.first + 1
    }

    /// The first as its sender writes it.
    pub fn first_id(&self) -> String {
        self.id(self.first)
    }

    /// The last as its sender writes it.
    pub fn last_id(&self) -> String {
        self.id(self.last)
    }

    /// Whether a number of this prefix is among them.
    pub fn contains(&self, prefix: &str, number: u64) -> bool {
        self.prefix == prefix && (self.first..=self.last).contains(&number)
    }

    /// What is left on either side without one of them.
    pub fn without(self, number: u64) -> impl Iterator<Item = Numbers> {
        let before = Numbers {
            last: number.saturating_sub(1),
            ..self.clone()
        };
        let after = Numbers {
            first: number + 1,
            ..self.clone()
        };
        let before = (number > self.first).then_some(before);
        let after = (number < self.last).then_some(after);
        before.into_iter().chain(after)
    }

    fn id(&self, number: u64) -> String {
        format!("{}{number:0width$}", self.prefix, width = self.digits)
    }
}

impl fmt::Debug for Numbers {
    /// The prefix is of messages.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Numbers({}..={})", self.first, self.last)
    }
}
