//! Where in the text of a configuration a setting stands.

use toml::de::{DeTable, DeValue};

/// One step from the whole file towards a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Into the table or to the value of this name.
    Key(&'static str),
    /// To this element of an array, from 0.
    Nth(usize),
}

/// The byte at which a setting begins; where it is not there, that of what would hold it.
pub(super) fn offset(text: &str, place: &[Step]) -> usize {
    let Ok(file) = DeTable::parse(text) else {
        return 0;
    };
    let mut offset = 0;
    let file = DeValue::Table(file.into_inner());
    let mut value = &file;
    for step in place {
        let inner = match step {
            Step::Key(key) => value.get(*key),
            Step::Nth(index) => value.get(*index),
        };
        let Some(inner) = inner else { break };
        offset = inner.span().start;
        value = inner.get_ref();
    }
    offset
}
