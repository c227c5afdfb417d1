//! What a parser finds more or less than ours in the same messages, and why.
//!
//! Whoever finds something else without a reason here does not do the same work.

/// Why what a parser finds in an operation on a set differs from what ours finds.
pub(crate) fn reason(set: &str, operation: &str, name: &str) -> Option<&'static str> {
    let mut known = KNOWN.iter();
    let reason = known.find(|known| {
        let in_set = known.set.is_none_or(|only| only == set);
        in_set && known.operation == operation && known.name == name
    });
    reason.map(|known| known.reason)
}

struct Known {
    /// Where it is not so everywhere.
    set: Option<&'static str>,
    operation: &'static str,
    name: &'static str,
    reason: &'static str,
}

const KNOWN: [Known; 8] = [
    Known {
        set: Some("800 KB of delimiters"),
        operation: "parse",
        name: "memchr",
        reason: "no carriage return ends the last segment",
    },
    Known {
        set: None,
        operation: "parse",
        name: "rust-hl7",
        reason: "counts an empty segment after the last carriage return",
    },
    Known {
        set: None,
        operation: "+ ten fields",
        name: "er7",
        reason: "has the leaves of OBX-5, without the delimiters between them",
    },
    Known {
        set: None,
        operation: "+ ten fields",
        name: "hl7-2",
        reason: "has the leaves of OBX-5, without the delimiters between them",
    },
    Known {
        set: None,
        operation: "+ every leaf",
        name: "hl7-v2",
        reason: "lacks MSH-1, and its user splits MSH-2 like any other field",
    },
    Known {
        set: None,
        operation: "+ every leaf",
        name: "rust-hl7",
        reason: "has names of segments too, lacks MSH-1 and splits MSH-2",
    },
    Known {
        set: Some("800 KB of delimiters"),
        operation: "parse",
        name: "hl7-net",
        reason: "refuses a message without the required fields of MSH",
    },
    Known {
        set: Some("800 KB of delimiters"),
        operation: "+ every leaf",
        name: "hl7-net",
        reason: "refuses a message without the required fields of MSH",
    },
];
