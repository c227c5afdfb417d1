//! Reference data that mappings and the database share.

/// A test that the clinic follows, and the codes under which laboratories report it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "one row of reference data")]
pub struct TestDefinition {
    /// The name, unique: `HIV-1 viral load`.
    pub name: String,
    /// The record type of its results: `lab`.
    pub kind: String,
    /// How results are given: `number`, `choice` or `text`.
    pub result_kind: String,
    /// Usual units, or empty.
    pub units: String,
    /// The results to choose from, where it is a choice.
    pub choices: Vec<String>,
    /// LOINC codes that need no mapping.
    pub loinc: Vec<String>,
}

/// A person's decision on a code: what it means, or that it is not wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "one row of reference data")]
pub struct CodeDecision {
    /// The code table.
    pub table: String,
    /// The code.
    pub code: String,
    /// The code system as sent, or empty.
    pub system: String,
    /// The sender for whom it holds; empty means every sender.
    pub sender: String,
    /// The value; `None` means that what carries this code is not imported.
    pub value: Option<String>,
}
