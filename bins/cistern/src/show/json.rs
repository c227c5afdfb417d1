//! Messages as JSON, for machines.

use hl7::{FriendlyMessage, Message};

use super::Json;
use crate::Failure;
use crate::complaints::Complaints;
use crate::input::{Input, NO_MESSAGE};
use crate::say::Printer;

/// Prints an object for each message, on a line of its own. What is no message is left out.
pub(super) fn print(
    input: &Input,
    form: Json,
    out: &mut Printer,
    complaints: &mut Complaints,
) -> Result<(), Failure> {
    let mut any = false;
    for part in input.parts(complaints) {
        if let Some(message) = part.message() {
            out.text(format_args!("{}\n", json(message, form)?))?;
        }
        any |= part.message().is_some() || part.fault().is_some();
    }
    if any {
        return Ok(());
    }
    Err(format!("{}: {NO_MESSAGE}", input.name).into())
}

fn json(message: &Message<'_>, form: Json) -> serde_json::Result<String> {
    match form {
        Json::Faithful => serde_json::to_string(message),
        Json::Friendly => serde_json::to_string(&FriendlyMessage(message.to_buf())),
    }
}
