//! Segments counted by name, and the places of their leaves as paths.

use std::collections::HashMap;

use hl7::Leaf;

/// How many segments of each name there were.
#[derive(Default)]
pub(crate) struct Ordinals(HashMap<Vec<u8>, usize>);

impl Ordinals {
    /// The number of this segment among those of its name, counted from 1.
    pub(crate) fn next(&mut self, name: &[u8]) -> usize {
        if let Some(ordinal) = self.0.get_mut(name) {
            *ordinal += 1;
            return *ordinal;
        }
        self.0.insert(name.to_vec(), 1);
        1
    }
}

/// The path of a leaf of a segment that is called so: `OBX[2]-5.1`.
pub(crate) fn leaf_path(segment: &str, leaf: Leaf<'_>) -> String {
    let place = numbered(&format!("{segment}-{}", leaf.field()), leaf.repetition());
    match leaf.subcomponent() {
        1 => format!("{place}.{}", leaf.component()),
        sub => format!("{place}.{}.{sub}", leaf.component()),
    }
}

/// `OBX` for the first, `OBX[2]` for the second.
pub(crate) fn numbered(name: &str, ordinal: usize) -> String {
    if ordinal == 1 {
        name.to_owned()
    } else {
        format!("{name}[{ordinal}]")
    }
}
