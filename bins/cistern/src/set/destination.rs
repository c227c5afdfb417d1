//! Where a changed file goes.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;
use tempfile::NamedTempFile;

use crate::Failure;
use crate::input::STANDARD_INPUT;
use crate::say::Printer;

#[derive(Args)]
pub(super) struct Destination {
    /// Where to write the file as it then is, in place of standard output
    #[arg(short, long, value_name = "OUT", conflicts_with = "in_place")]
    output: Option<PathBuf>,
    /// Change the file itself
    #[arg(long)]
    in_place: bool,
}

impl Destination {
    /// Whether it can be written at all.
    pub(super) fn check(&self, file: &Path) -> Result<(), Failure> {
        if self.in_place && file == STANDARD_INPUT {
            return Err("standard input cannot be changed in place".into());
        }
        Ok(())
    }

    /// Writes what the file has become.
    pub(super) fn write(&self, file: &Path, changed: &[u8]) -> Result<(), Failure> {
        match &self.output {
            Some(output) => named(output, fs::write(output, changed)),
            None if self.in_place => named(file, replace(file, changed)),
            None => {
                let mut out = Printer::new();
                out.bytes(changed)?;
                out.finish()
            }
        }
    }
}

/// Puts a new file in the place of the old one at once, so that nobody ever sees half of it.
fn replace(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let file = fs::canonicalize(file)?;
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut new = NamedTempFile::new_in(folder)?;
    new.write_all(bytes)?;
    let permissions = fs::metadata(&file)?.permissions();
    new.as_file().set_permissions(permissions)?;
    new.as_file().sync_all()?;
    new.persist(&file)?;
    Ok(())
}

fn named(file: &Path, written: io::Result<()>) -> Result<(), Failure> {
    written.map_err(|error| format!("{}: {error}", file.display()).into())
}
