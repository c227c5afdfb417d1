//! Finds or installs PostgreSQL's server programs.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::run::Failure;
use crate::setup_apt;

/// The folder that holds `initdb`, `pg_ctl` and their clients.
///
/// Debian's package starts a cluster of its own; ours takes another port and never meets it.
pub(crate) fn programs() -> Result<PathBuf, Failure> {
    if let Some(found) = find() {
        return Ok(found);
    }
    let purpose = "PostgreSQL's server (its program `initdb`)";
    setup_apt::install("postgresql", purpose)?;
    find().ok_or_else(|| Failure::new(format!("{purpose} is still missing")))
}

fn find() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let in_path = env::split_paths(&path).find_map(|folder| server_folder(&folder));
    in_path.or_else(newest_of_debian)
}

/// Debian keeps the server's programs of each major version out of `PATH`.
fn newest_of_debian() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    let numbers = versions.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    let newest: u32 = numbers.max()?;
    server_folder(Path::new(&format!("/usr/lib/postgresql/{newest}/bin")))
}

/// `folder`, if the server's programs are in it, with links followed to where all of them are.
fn server_folder(folder: &Path) -> Option<PathBuf> {
    let initdb = fs::canonicalize(folder.join("initdb")).ok()?;
    let folder = initdb.parent()?;
    folder.join("pg_ctl").is_file().then(|| folder.to_owned())
}
