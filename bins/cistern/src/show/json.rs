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
    for part in input.parts(complaints) {
        if let Some(message) = part.message() {
            out.text(format_args!("{}\n", json(message, form)?))?;
        } else if part.fault().is_none() {
            Complaints::note(&left_out(input, &part));
        }
    }
    Ok(())
}

fn left_out(input: &Input, part: &Part<'_>) -> Failure {
    let (name, byte) = (&input.name, part.offset);
    let what = if part.is_stray() {
        "lines that belong to no message"
    } else {
        "a line of a batch envelope"
    };
    format!("{name}: byte {byte}: {what}: left out of the JSON").into()
}

fn json(message: &Message<'_>, form: Json) -> serde_json::Result<String> {
    match form {
        Json::Faithful => serde_json::to_string(message),
        Json::Friendly => serde_json::to_string(&FriendlyMessage(message.to_buf())),
    }
}
