//! `cargo xtask corpus`: what the parser makes of real-world messages, as a table.

use crate::run::{Failure, cargo, checked};

pub(crate) fn run() -> Result<(), Failure> {
    checked(&mut cargo("test -p cistern --test corpus -- --nocapture"))
}
