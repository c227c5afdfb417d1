//! Messages as JSON, for machines.

use hl7::{FriendlyMessage, Message};

use super::Json;
use crate::Failure;
use crate::complaints::Complaints;
use crate::input::Input;
use crate::parts::Part;
use crate::say::Printer;

/// Prints an object for each message, on a line of its own. Of what is no message it is told that
/// it is left out.
pub(super) fn print(
    input: &Input,
    form: Json,
    out: &mut Printer,
    complaints: &mut Complaints,
) -> Result<(), Failure> {
    input.check()?;
    let mut unreadable = Vec::new();
    for part in input.parts(complaints) {
        if let Some(message) = part.message() {
            match json(&part, message, form) {
                Ok(json) => out.text(format_args!("{json}\n"))?,
                Err(error) => unreadable.push(left_out(input, &part, &error.to_string())),
            }
        } else if part.fault().is_none() {
            Complaints::note(&left_out(input, &part, what(&part)));
        }
    }
    for failure in unreadable {
        complaints.tell(&failure);
    }
    Ok(())
}

fn left_out(input: &Input, part: &Part<'_>, why: &str) -> Failure {
    let (name, byte) = (&input.name, part.offset);
    format!("{name}: byte {byte}: {why}: left out of the JSON").into()
}

/// What stands there in the place of a message.
fn what(part: &Part<'_>) -> &'static str {
    if part.is_stray() {
        "lines that belong to no message"
    } else {
        "a line of a batch envelope"
    }
}

/// Text is made of whole characters, and so of a message in UTF-8 where bytes of characters look
/// like delimiters; what is faithful has the bytes.
fn json(part: &Part<'_>, message: &Message<'_>, form: Json) -> Result<String, Failure> {
    Ok(match form {
        Json::Faithful => serde_json::to_string(message)?,
        Json::Friendly if part.needs_utf8(message) => {
            serde_json::to_string(&FriendlyMessage(part.in_utf8(message)?))?
        }
        Json::Friendly => serde_json::to_string(&FriendlyMessage(message.to_buf()))?,
    })
}
