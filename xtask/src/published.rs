//! The packages that are published: what their users rely on is checked.

use std::path::PathBuf;

use crate::run::workspace;

pub(crate) const PUBLISHED: [Published; 2] = [
    Published {
        package: "cistern-hl7",
        folder: "crates/hl7",
    },
    Published {
        package: "cistern-mllp",
        folder: "crates/mllp",
    },
];

pub(crate) struct Published {
    pub(crate) package: &'static str,
    folder: &'static str,
}

impl Published {
    /// The path of one of its files, below the workspace.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        PathBuf::from(self.folder).join(name)
    }

    /// What rustdoc writes of it in JSON.
    pub(crate) fn rustdoc_json(&self) -> PathBuf {
        let name = self.package.replace('-', "_");
        workspace().join(format!("target/doc/{name}.json"))
    }
}

/// `-p NAME` for each.
pub(crate) fn packages() -> impl Iterator<Item = &'static str> {
    PUBLISHED
        .iter()
        .flat_map(|published| ["-p", published.package])
}
