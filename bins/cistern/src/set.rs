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
    /// VALUE is escaped and encoded already, and may hold delimiters: 4711^^^HARBOR^MR
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

/// What is put at the path.
#[derive(Clone, Copy)]
enum Value<'a> {
    Text(&'a str),
    Raw(&'a [u8]),
    Null,
    Nothing,
}

impl Set {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let (value, file) = self.value_and_file()?;
        self.destination.check(file)?;
        let changed = self.changed(&Input::read(file)?, value)?;
        self.destination.write(file, &changed)
    }

    fn value_and_file(&self) -> Result<(Value<'_>, &Path), Failure> {
        let (value, file) = match &self.operands[..] {
            [file] if self.null => (Value::Null, file),
            [file] if self.clear => (Value::Nothing, file),
            [value, file] if self.raw => (Value::Raw(value.as_encoded_bytes()), file),
            [value, file] if !self.null && !self.clear => {
                let text = value.to_str();
                let text = text.ok_or("VALUE is no UTF-8: --raw takes bytes as they are")?;
                (Value::Text(text), file)
            }
            _ => {
                return Err(
                    "set takes a VALUE and a FILE, with --null or --clear only a FILE".into(),
                );
            }
        };
        Ok((value, Path::new(file)))
    }

    /// The file with all its messages changed, or none of them.
    fn changed(&self, input: &Input, value: Value<'_>) -> Result<Vec<u8>, Failure> {
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

    fn change(&self, draft: &mut Draft, value: Value<'_>) -> Result<(), DraftError> {
        match value {
            Value::Text(text) => draft.set(&self.path, text),
            Value::Raw(bytes) => draft.set_raw(&self.path, bytes),
            Value::Null => draft.set_null(&self.path),
            Value::Nothing => draft.clear(&self.path),
        }
    }
}

fn refusal(input: &Input, number: usize, part: &Part<'_>, error: DraftError) -> Failure {
    let (name, byte) = (&input.name, part.offset);
    let advice = match error {
        DraftError::Unencodable { charset, .. } if charset == Charset::UNSTATED => {
            // What is named must be what the text is taken for that is there already.
            let set = Charset::guess(part.bytes);
            format!(
                ": name the set first, as in cistern set MSH-18 \"{set}\", or give its bytes with \
                 --raw"
            )
        }
        _ => String::new(),
    };
    format!("{name}: message {number} (byte {byte}): {error}{advice}").into()
}
