//! `cargo xtask with-postgres`: any command, beside a throw-away PostgreSQL cluster.

use std::process::Command;

use crate::environment::Environment;
use crate::run::{Failure, Steps, checked};

pub(crate) fn run(program: &str, arguments: &[&str]) -> Result<(), Failure> {
    let environment = Environment::set_up(&mut Steps::start())?;
    let mut command = Command::new(program);
    command.args(arguments);
    checked(&mut environment.around(command))
}
