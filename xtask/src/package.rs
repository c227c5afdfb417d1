//! `cargo xtask package`: packs what is published, and builds each package from its archive alone.

use crate::published::packages;
use crate::run::{Failure, cargo, checked};

/// Includes what is not committed: a check that comes after the commit comes too late.
///
/// Packing asks the network for news, and goes without when told to; hence the two commands.
pub(crate) fn run() -> Result<(), Failure> {
    checked(&mut cargo("fetch --quiet"))?;
    let mut package = cargo("package --quiet --offline --all-features --allow-dirty");
    checked(package.args(packages()))
}
