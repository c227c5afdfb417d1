//! What a parser finds more or less than ours in the same messages, and why.
//!
//! Whoever finds something else than is said here does not do the same work.

/// How much more than ours a parser finds in an operation on a set, less where it is negative, and
/// why; 0 for all that are not known to differ.
pub(crate) fn difference(set: &str, operation: &str, name: &str) -> (isize, &'static str) {
    for known in KNOWN {
        if known.operation == operation && known.name == name {
            let mut sets = known.differences.iter();
            if let Some((_, difference)) = sets.find(|(in_set, _)| *in_set == set) {
                return (*difference, known.reason);
            }
        }
    }
    (0, "")
}

struct Known {
    operation: &'static str,
    name: &'static str,
    /// The sets in which it is so, and how much more it finds there.
    differences: &'static [(&'static str, isize)],
    reason: &'static str,
}

pub(crate) const MIX: &str = "mix";
pub(crate) const DOCUMENT: &str = "1 MiB document";
pub(crate) const DELIMITERS: &str = "800 KB of delimiters";

const KNOWN: &[Known] = &[
    Known {
        operation: "parse",
        name: "memchr",
        differences: &[(DELIMITERS, -1)],
        reason: "no carriage return ends the last segment",
    },
    Known {
        operation: "parse",
        name: "rust-hl7",
        differences: &[(MIX, 500), (DOCUMENT, 1)],
        reason: "counts an empty segment after the last carriage return",
    },
    Known {
        operation: "+ ten fields",
        name: "er7",
        differences: &[(MIX, -840), (DOCUMENT, -4)],
        reason: "has the leaves of OBX-5, without the delimiters between them",
    },
    Known {
        operation: "+ ten fields",
        name: "hl7-2",
        differences: &[(MIX, -840), (DOCUMENT, -4)],
        reason: "has the leaves of OBX-5, without the delimiters between them",
    },
    Known {
        operation: "+ every leaf",
        name: "hl7-v2",
        differences: &[(MIX, -2000), (DOCUMENT, -4), (DELIMITERS, -4)],
        reason: "lacks MSH-1, and its user splits MSH-2 like any other field",
    },
    Known {
        operation: "+ every leaf",
        name: "rust-hl7",
        differences: &[(MIX, 17_428), (DOCUMENT, 5), (DELIMITERS, 2)],
        reason: "has names of segments too, lacks MSH-1 and splits MSH-2",
    },
    Known {
        operation: "parse",
        name: "hl7-net",
        differences: &[(DELIMITERS, -2)],
        reason: "refuses a message without the required fields of MSH",
    },
    Known {
        operation: "+ every leaf",
        name: "hl7-net",
        differences: &[(DELIMITERS, -5)],
        reason: "refuses a message without the required fields of MSH",
    },
];
