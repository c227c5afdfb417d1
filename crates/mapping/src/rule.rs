//! What runs: rules whose paths are parsed, whose patterns are compiled and whose names are known.

use std::fmt;

use care::{AddPolicy, Field, RecordType, Value};
use regex::Regex;

use crate::date_form::DateForm;
use crate::route::Routes;

/// One rule.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) name: String,
    pub(crate) record: &'static RecordType,
    pub(crate) messages: Vec<MessageType>,
    /// The segment that gives one record each; without it the message gives one.
    pub(crate) each: Option<String>,
    pub(crate) key: Vec<Routes>,
    pub(crate) as_of: Routes,
    pub(crate) when: Vec<Condition>,
    pub(crate) unless: Vec<Condition>,
    pub(crate) all_or_nothing: bool,
    pub(crate) add: Option<AddPolicy>,
    pub(crate) fields: Vec<FieldRule>,
    pub(crate) result: Option<ResultRule>,
}

/// A message code (MSH-9.1) and, where it matters, a trigger event (MSH-9.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MessageType {
    pub(crate) code: String,
    pub(crate) trigger: Option<String>,
}

impl MessageType {
    pub(crate) fn is(&self, header: &hl7::Header<'_>) -> bool {
        let trigger = self.trigger.as_deref();
        header.message_code() == self.code.as_bytes()
            && trigger.is_none_or(|trigger| header.trigger_event() == trigger.as_bytes())
    }

    /// Whether some message is of both types.
    pub(crate) fn overlaps(&self, other: &MessageType) -> bool {
        let same_trigger = self.trigger == other.trigger;
        self.code == other.code
            && (same_trigger || self.trigger.is_none() || other.trigger.is_none())
    }
}

impl fmt::Display for MessageType {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.code)?;
        match &self.trigger {
            Some(trigger) => write!(out, "^{trigger}"),
            None => Ok(()),
        }
    }
}

/// A line of `when` or `unless`.
#[derive(Clone, Debug)]
pub(crate) struct Condition {
    pub(crate) routes: Routes,
    pub(crate) test: Test,
}

/// What a condition asks of the text at its path.
#[derive(Clone, Debug)]
pub(crate) enum Test {
    OneOf(Vec<String>),
    Present,
    Absent,
    Matches(Regex),
    InTable(String),
}

/// How one field gets its value.
#[derive(Clone, Debug)]
pub(crate) struct FieldRule {
    pub(crate) field: &'static Field,
    pub(crate) origin: Origin,
    pub(crate) default: Option<Value>,
    pub(crate) keep_if_null: bool,
}

/// Whether a field may hold a word: those of its closed list, or any.
pub(crate) fn may_hold(field: &Field, word: &str) -> bool {
    field.choices.is_empty() || field.choices.contains(&word)
}

/// Where a value comes from.
#[derive(Clone, Debug)]
pub(crate) enum Origin {
    Constant(Value),
    Message(Reading),
}

/// A place of the message and what is done to its text, in the order of these fields.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    pub(crate) routes: Routes,
    pub(crate) trim: bool,
    pub(crate) part: Option<Regex>,
    pub(crate) keyword: Vec<Keyword>,
    pub(crate) upper: bool,
    pub(crate) join: Option<String>,
    pub(crate) date: Option<DateForm>,
    pub(crate) table: Option<TableUse>,
}

/// A text pattern and the value that it stands for.
#[derive(Clone, Debug)]
pub(crate) struct Keyword {
    pub(crate) pattern: Regex,
    pub(crate) value: String,
}

/// A look-up in a code table.
#[derive(Clone, Debug)]
pub(crate) struct TableUse {
    pub(crate) name: String,
    pub(crate) miss: Miss,
}

/// What becomes of a code that the table does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Miss {
    /// The record waits for a decision.
    Hold,
    /// The record is written without the field.
    Warn,
    /// The field takes its default.
    Default,
    /// The field takes the code as sent.
    Pass,
}

/// The result of a lab test, which fills several fields according to OBX-2.
#[derive(Clone, Debug)]
pub(crate) struct ResultRule {
    pub(crate) routes: Routes,
    pub(crate) keep_if_null: bool,
}

/// Where a message says whose it is.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub(crate) identifiers: Vec<Routes>,
    pub(crate) last_name: Routes,
    pub(crate) first_name: Routes,
    pub(crate) birth_date: Routes,
    pub(crate) sex: Routes,
}
