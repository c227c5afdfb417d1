//! Reads a message from standard input and prints what it holds: `cargo run --example read < file`.

use std::error::Error;
use std::io::{self, Read, Write};

use cistern_hl7::{Message, Path, Presence, path};

const SHOWN: [(&str, Path); 5] = [
    ("message", path!("MSH-9")),
    ("record number", path!("PID-3[type=MR].1")),
    ("family name", path!("PID-5.1")),
    ("born", path!("PID-7")),
    ("first result", path!("OBX-5")),
];

fn main() -> Result<(), Box<dyn Error>> {
    let mut bytes = Vec::new();
    io::stdin().read_to_end(&mut bytes)?;
    let message = Message::parse(&bytes)?;
    let charset = message.charset()?;
    let mut out = io::stdout().lock();
    for (label, path) in &SHOWN {
        match message.get(path) {
            Presence::Value(value) => writeln!(out, "{label}: {}", value.decode(charset)?)?,
            Presence::Null => writeln!(out, "{label}: to be deleted")?,
            Presence::Empty | Presence::Absent => writeln!(out, "{label}: not said")?,
        }
    }
    Ok(())
}
