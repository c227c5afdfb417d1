//! `cargo xtask corpus`: sends real-world messages through listener, tank and importer, and shows
//! what became of them as a table.

use crate::run::{Failure, cargo, checked};

pub(crate) fn run() -> Result<(), Failure> {
    checked(&mut cargo("test -p cistern --test corpus -- --nocapture"))
}
