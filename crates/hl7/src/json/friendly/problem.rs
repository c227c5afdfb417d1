//! What is wrong with JSON that has names.

use thiserror::Error;

use super::key::Key;
use crate::draft::DraftError;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum NamedProblem {
    #[error("key number {0} of this object is not known here; the nearest that is known is {1}")]
    MisspeltKey(usize, Key),
    #[error("{0} is here twice, by name or by number")]
    PlaceTwice(Key),
    #[error("a version is written as in MSH-12, such as 2.5.1")]
    Version,
    #[error("a string, an object or null is expected here; only a field can be an array")]
    NoPart,
    #[error("objects go down to subcomponents, and no further")]
    TooDeep,
    #[error("{0}")]
    Unwritable(DraftError),
    #[error("more than {0} places are left out before those that are here")]
    TooManyGaps(usize),
}
