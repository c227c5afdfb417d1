//! What the user wrote: the rules and the identity section of one file, each piece with its line.
//!
//! Nothing is understood yet: names, paths and patterns are texts, which `compile` turns into
//! what runs.

mod document;
mod read;

pub(crate) use read::read;

use crate::error::Place;

/// A piece of a file and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct At<T> {
    pub(crate) value: T,
    pub(crate) place: Place,
}

/// One file.
#[derive(Debug, Default)]
pub(crate) struct Spec {
    pub(crate) rules: Vec<RuleSpec>,
    /// The keys of `[identity]`.
    pub(crate) identity: IdentitySpec,
}

/// One `[[rule]]`.
#[derive(Clone, Debug)]
pub(crate) struct RuleSpec {
    pub(crate) place: Place,
    pub(crate) name: String,
    pub(crate) extend: bool,
    pub(crate) record: Option<At<String>>,
    pub(crate) messages: Vec<At<String>>,
    pub(crate) each: Option<At<String>>,
    pub(crate) key: Option<At<Vec<At<String>>>>,
    pub(crate) as_of: Option<At<String>>,
    pub(crate) when: Vec<ConditionSpec>,
    pub(crate) unless: Vec<ConditionSpec>,
    pub(crate) all_or_nothing: bool,
    pub(crate) add: Option<At<String>>,
    pub(crate) fields: Vec<FieldSpec>,
    /// Every key that was written, for what may not stand beside `extend`.
    pub(crate) keys: Vec<At<String>>,
}

/// One line of `[rule.fields]`.
#[derive(Clone, Debug)]
pub(crate) struct FieldSpec {
    pub(crate) name: At<String>,
    pub(crate) from: Option<At<String>>,
    pub(crate) table: Option<At<String>>,
    pub(crate) value: Option<At<String>>,
    pub(crate) default: Option<At<String>>,
    pub(crate) pass: Option<At<bool>>,
    pub(crate) miss: Option<At<String>>,
    pub(crate) join: Option<At<String>>,
    pub(crate) part: Option<At<String>>,
    pub(crate) upper: Option<At<bool>>,
    pub(crate) trim: Option<At<bool>>,
    pub(crate) date: Option<At<String>>,
    pub(crate) keyword: Vec<KeywordSpec>,
    pub(crate) keep_if_null: bool,
    /// Every key that was written, for what may not stand on a field of this sort.
    pub(crate) keys: Vec<At<String>>,
}

/// One line of `keyword`.
#[derive(Clone, Debug)]
pub(crate) struct KeywordSpec {
    pub(crate) pattern: At<String>,
    pub(crate) value: At<String>,
}

/// One line of `when` or `unless`.
#[derive(Clone, Debug)]
pub(crate) struct ConditionSpec {
    pub(crate) path: At<String>,
    pub(crate) test: TestSpec,
}

/// What a condition asks.
#[derive(Clone, Debug)]
pub(crate) enum TestSpec {
    OneOf(Vec<String>),
    Present,
    Absent,
    Matches(At<String>),
    InTable(At<String>),
}

/// The keys of `[identity]` that a file has.
#[derive(Clone, Debug, Default)]
pub(crate) struct IdentitySpec {
    pub(crate) identifiers: Option<Vec<At<String>>>,
    pub(crate) last_name: Option<At<String>>,
    pub(crate) first_name: Option<At<String>>,
    pub(crate) birth_date: Option<At<String>>,
    pub(crate) sex: Option<At<String>>,
}
