//! Which segments belong under which, whatever the type of the message.

/// Segments that belong to one before them, up to the next of its kind, besides NTE.
const UNDER: &[(&str, &[&str])] = &[
    ("SCH", &["RGS"]),
    ("RGS", &["AIS", "AIG", "AIL", "AIP"]),
    (
        "PID",
        &[
            "PD1", "NK1", "ROL", "PV1", "PV2", "AL1", "DG1", "GT1", "IN1", "IN2", "ACC", "ORC",
            "OBR", "OBX", "SPM", "SAC", "FT1",
        ],
    ),
    (
        "ORC",
        &[
            "OBR", "RXO", "RXE", "RXD", "RXG", "RXA", "RXR", "RXC", "OBX", "TQ1", "TQ2", "DG1",
            "FT1", "SPM", "SAC",
        ],
    ),
    (
        "OBR",
        &["OBX", "TQ1", "TQ2", "CTI", "DG1", "FT1", "SPM", "SAC"],
    ),
    ("SPM", &["OBR", "OBX", "SAC"]),
    ("RXO", &["RXR", "RXC", "OBX"]),
    ("RXE", &["RXR", "RXC", "OBX"]),
    ("RXD", &["RXR", "RXC", "OBX"]),
    ("RXG", &["RXR", "RXC", "OBX"]),
    ("RXA", &["RXR", "RXC", "OBX"]),
    ("FT1", &["PR1"]),
    ("IN1", &["IN2", "IN3"]),
];

/// Segments of which one stands at the head of an order, and that no other order lends.
const ORDER_HEADS: &[&str] = &[
    "ORC", "OBR", "RXO", "RXE", "RXD", "RXG", "RXA", "TQ1", "TQ2",
];

/// What of a treatment is asked for, encoded, dispensed, given and administered: where one of them
/// begins, what belongs to the one before ends.
pub(super) const TREATMENT: &[&str] = &["RXO", "RXE", "RXD", "RXG", "RXA"];

pub(super) fn is_under(parent: &[u8], name: &str) -> bool {
    let holds =
        |(holder, names): &(&str, &[&str])| holder.as_bytes() == parent && names.contains(&name);
    UNDER.iter().any(holds)
}

pub(super) fn heads_order(name: &str) -> bool {
    ORDER_HEADS.contains(&name)
}

/// Whether orders hold it, besides their heads.
pub(super) fn is_of_order(name: &str) -> bool {
    is_under(b"ORC", name) && !heads_order(name)
}

/// Whether it stands in an order or before them all, for the patient.
pub(super) fn is_of_patient_too(name: &str) -> bool {
    ["DG1", "FT1"].contains(&name)
}

pub(super) fn is_resource(name: &str) -> bool {
    is_under(b"RGS", name)
}

pub(super) fn is_specimen(name: &str) -> bool {
    ["SPM", "SAC"].contains(&name)
}

pub(super) fn is_treatment(name: &[u8]) -> bool {
    TREATMENT.iter().any(|one| one.as_bytes() == name)
}
