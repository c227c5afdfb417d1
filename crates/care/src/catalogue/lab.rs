//! The lab result: one observation of one test for one client.

use super::{Correction, Field, RecordType, field, one_of, required};
use crate::value::Kind;

pub(super) const LAB: RecordType = RecordType {
    name: "lab",
    about: "one laboratory result of one client",
    status_field: Some("result_status"),
    correction: Some(Correction {
        value_field: "result_text",
        settled: "final",
        corrected: "corrected",
    }),
    provisional: &["pending", "preliminary"],
    fields: FIELDS,
};

const FIELDS: &[Field] = &[
    required("test", Kind::Reference, "the test definition"),
    required("date", Kind::Timestamp, "when the specimen was observed"),
    field("result_text", Kind::Text, "the result as it was sent"),
    field(
        "result_number",
        Kind::Number,
        "the result where it is a number",
    ),
    field(
        "comparator",
        Kind::Code,
        "<, <=, >, >= or = before the number",
    ),
    field(
        "result_choice",
        Kind::Code,
        "the result where it is one of a list",
    ),
    field("units", Kind::Text, "units as sent"),
    field("reference_range", Kind::Text, "reference range as sent"),
    field("abnormal_flag", Kind::Code, "abnormal flag as sent"),
    field("comment", Kind::Text, "notes that follow the result"),
    field(
        "ordered_test",
        Kind::Text,
        "the test or panel that was ordered",
    ),
    field("order_number", Kind::Text, "the placer's order number"),
    field("accession", Kind::Text, "the filler's order number"),
    field("specimen", Kind::Text, "type of specimen"),
    field(
        "collected",
        Kind::Timestamp,
        "when the specimen was collected",
    ),
    field("reported", Kind::Timestamp, "when the laboratory reported"),
    field(
        "laboratory",
        Kind::Text,
        "the laboratory that performed the test",
    ),
    field("ordering_provider", Kind::Text, "who ordered the test"),
    one_of("result_status", STATUSES, "how far the result has come"),
];

const STATUSES: &[&str] = &[
    "pending",
    "preliminary",
    "final",
    "corrected",
    "withdrawn",
    "not_obtained",
];
