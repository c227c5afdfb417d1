//! Where the corpus lies: real-world messages that are too many to keep in the repository.

use std::env;
use std::path::{Path, PathBuf};

use crate::testdata;

/// The folder of the corpus: `CISTERN_CORPUS`, else `../shared/corpus` beside the workspace.
///
/// `None` when no such folder exists; a test then says so and passes.
pub fn folder() -> Option<PathBuf> {
    let folder = match env::var_os("CISTERN_CORPUS") {
        Some(named) => testdata::workspace().join(named),
        None => beside(testdata::workspace()),
    };
    folder.is_dir().then_some(folder)
}

fn beside(workspace: &Path) -> PathBuf {
    workspace
        .parent()
        .unwrap_or(workspace)
        .join("shared/corpus")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::beside;

    #[test]
    fn the_default_is_beside_the_checkout() {
        assert_eq!(
            beside(Path::new("/home/me/cistern")),
            Path::new("/home/me/shared/corpus")
        );
    }
}
