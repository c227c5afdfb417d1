//! `cistern set`: put a value at a path of each message.

mod destination;

use std::ffi::OsString;
use std::path::Path;

use clap::Args;
use hl7::{Charset, Draft, DraftError};

use crate::Failure;
use crate::complaints::Complaints;
use crate::input::Input;
use crate::parts::Part;
use crate::rewrite::Rewrite;
use destination::Destination;

/// Put a value at a path of each message of a file; all else stays, byte for byte
#[derive(Args)]
#[command(override_usage = "cistern set [OPTIONS] <PATH> <VALUE> <FILE>
       cistern set [OPTIONS] <--null|--clear> <PATH> <FILE>")]
pub(crate) struct Set {
    #[arg(help = "The path: PID-5.1, OBX[2]-5, PID-3[5=MR].1")]
    path: hl7::Path,
    /// The text, which is escaped and encoded as the message asks, and a file of one message or
    /// several (- for standard input)
    #[arg(required = true, num_args = 1..=2, value_names = ["VALUE", "FILE"])]
    #[arg(allow_negative_numbers = true)]
    operands: Vec<OsString>,
    /// VALUE is escaped already, and may hold delimiters: 4711^^^HARBOR^MR
    #[arg(long, conflicts_with_all = ["null", "clear"])]
    raw: bool,
    /// Put two double quotes: whoever receives the message shall delete what they have
    #[arg(long, conflicts_with = "clear")]
    null: bool,
    /// Leave nothing there
    #[arg(long)]
    clear: bool,
    #[command(flatten)]
    destination: Destination,
}

impl Set {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let (value, file) = match &self.operands[..] {
            [value, file] if !self.null && !self.clear => {
                (value.to_str().ok_or("VALUE is no UTF-8")?, file)
            }
            [file] if self.null || self.clear => ("", file),
            _ => {
                return Err(
                    "set takes a VALUE and a FILE, with --null or --clear only a FILE".into(),
                );
            }
        };
        let file = Path::new(file);
        self.destination.check(file)?;
        let changed = self.changed(&Input::read(file)?, value)?;
        self.destination.write(file, &changed)
    }

    /// The file with all its messages changed, or none of them.
    fn changed(&self, input: &Input, value: &str) -> Result<Vec<u8>, Failure> {
        let mut complaints = Complaints::default();
        let mut changed = Rewrite::new(&input.bytes);
        let mut messages = 0;
        input.check()?;
        for part in input.parts(&mut complaints) {
            if let Some(mut draft) = part.message().map(Draft::of) {
                messages += 1;
                let done = self.change(&mut draft, value);
                done.map_err(|error| refusal(input, messages, &part, error))?;
                changed.replace(part.offset, part.bytes.len(), &draft.to_bytes());
            }
        }
        complaints.end()?;
        Ok(changed.end())
    }

    fn change(&self, draft: &mut Draft, value: &str) -> Result<(), DraftError> {
        match self {
            Set { null: true, .. } => draft.set_null(&self.path),
            Set { clear: true, .. } => draft.clear(&self.path),
            Set { raw: true, .. } => draft.set_raw(&self.path, value.as_bytes()),
            _ => draft.set(&self.path, value),
        }
    }
}

fn refusal(input: &Input, number: usize, part: &Part<'_>, error: DraftError) -> Failure {
    let (name, byte) = (&input.name, part.offset);
    let advice = match error {
        DraftError::Unencodable { charset, .. } if charset == Charset::UNSTATED => {
            ": name the set first, as in cistern set MSH-18 \"UNICODE UTF-8\", or give its bytes \
             with --raw"
        }
        _ => "",
    };
    format!("{name}: message {number} (byte {byte}): {error}{advice}").into()
}
