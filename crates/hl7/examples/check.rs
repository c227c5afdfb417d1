//! Checks a message from standard input against a profile, and prints what is found:
//! `cargo run --features profile --example check -- profile.toml < message.hl7`.

use std::env;
use std::error::Error;
use std::fs;
use std::io::{self, Read, Write};

use cistern_hl7::{Message, Profile};

fn main() -> Result<(), Box<dyn Error>> {
    let file = env::args_os().nth(1).ok_or("name the file of a profile")?;
    let profile = Profile::parse(&fs::read_to_string(file)?)?;
    let mut bytes = Vec::new();
    io::stdin().read_to_end(&mut bytes)?;
    let message = Message::parse(&bytes)?;
    let mut out = io::stdout().lock();
    if !profile.applies_to(&message) {
        writeln!(out, "{} is not about this message", profile.name())?;
    }
    for finding in profile.check(&message) {
        writeln!(out, "{} {finding}", finding.condition().code())?;
    }
    Ok(())
}
