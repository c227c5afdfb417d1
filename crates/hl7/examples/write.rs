//! Writes a message from nothing, in version 2.5.1: `cargo run --example write > message.hl7`.

use std::error::Error;
use std::io::{self, Write};
use std::time::{SystemTime, UNIX_EPOCH};

use cistern_hl7::{Delimiters, Draft, DraftError, Timestamp, path};

fn main() -> Result<(), Box<dyn Error>> {
    let millis = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
    let now = Timestamp::from_unix_millis(i64::try_from(millis)?);
    let message = registration("EHR000017", now)?;
    io::stdout().write_all(&message.to_bytes())?;
    Ok(())
}

/// A person is registered (ADT^A28, chapter 3).
fn registration(control_id: &str, now: Timestamp) -> Result<Draft, DraftError> {
    let now = now.to_string();
    let mut draft = Draft::new(Delimiters::default());
    // Before all other text: it says in which character set that is written.
    draft.set(&path!("MSH-18"), "UNICODE UTF-8")?;
    draft.set(&path!("MSH-3"), "EHR")?;
    draft.set(&path!("MSH-4"), "HILL_CLINIC")?;
    draft.set(&path!("MSH-7"), &now)?;
    draft.set_raw(&path!("MSH-9"), b"ADT^A28^ADT_A05")?;
    draft.set(&path!("MSH-10"), control_id)?;
    draft.set(&path!("MSH-11"), "P")?;
    draft.set(&path!("MSH-12"), "2.5.1")?;

    draft.add(b"EVN")?.set(&path!("EVN-2"), &now)?;

    let mut pid = draft.add(b"PID|1")?;
    pid.set_raw(&path!("PID-3"), b"4711^^^HILL_CLINIC^MR")?;
    pid.append_raw(&path!("PID-3"), b"A17^^^STATE^MA")?;
    pid.set(&path!("PID-5.1.1"), "Roe & Poe")?;
    pid.set(&path!("PID-5.2"), "Zoë")?;
    pid.set(&path!("PID-5.7"), "L")?;
    pid.set(&path!("PID-7"), "19840317")?;
    pid.set(&path!("PID-8"), "F")?;
    // The receiver shall delete the telephone number that it has.
    pid.set_null(&path!("PID-13"))?;
    Ok(draft)
}
