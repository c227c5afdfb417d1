//! The states of a message.

/// Where a message stands on its way to the care records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "every tank must treat each")]
pub enum State {
    /// Waits for the importer.
    Received,
    /// Its records are written.
    Imported,
    /// Waits for a person.
    Held,
    /// The database refused it; it is tried again, later each time.
    Failed,
    /// No mapping wants it.
    Ignored,
    /// A person does not want it.
    Skipped,
    /// Answered in the negative.
    Refused,
    /// Not a message.
    Broken,
}

impl State {
    const ALL: [State; 8] = [
        State::Received,
        State::Imported,
        State::Held,
        State::Failed,
        State::Ignored,
        State::Skipped,
        State::Refused,
        State::Broken,
    ];

    pub(crate) fn parse(word: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// The word for it in the tables and for people.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Received => "received",
            State::Imported => "imported",
            State::Held => "held",
            State::Failed => "failed",
            State::Ignored => "ignored",
            State::Skipped => "skipped",
            State::Refused => "refused",
            State::Broken => "broken",
        }
    }
}
