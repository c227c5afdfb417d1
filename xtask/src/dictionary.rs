//! `cargo xtask dictionary`: turns the tables of crates/hl7/dictionary into Rust.

mod facts;
mod print;
mod sheet;

use std::fs;
use std::path::PathBuf;

use crate::run::{Failure, workspace};
use facts::Facts;

/// Reads the sheets and writes the rows that the crate is compiled with.
pub(crate) fn run() -> Result<(), Failure> {
    let text = generate()?;
    fs::write(generated(), text)
        .map_err(|error| Failure::new(format!("{}: {error}", generated().display())))
}

fn generate() -> Result<String, Failure> {
    let folder = workspace().join("crates/hl7/dictionary");
    let facts = Facts::read(&folder).map_err(|mistake| Failure::new(mistake.to_string()))?;
    Ok(print::rust(&facts))
}

fn generated() -> PathBuf {
    workspace().join("crates/hl7/src/dictionary/rows/generated.rs")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generated_file_is_what_the_sheets_say() {
        let on_disk = fs::read_to_string(generated()).unwrap();
        let is_current = on_disk == generate().unwrap();
        assert!(is_current, "stale: run cargo xtask dictionary");
    }
}
