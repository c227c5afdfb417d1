//! `cistern check-message`: what a receiver would find wrong with messages.

mod escapes;
mod remark;
mod texts;
mod whole;

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use hl7::{Profile, Severity};

use crate::Failure;
use crate::complaints::{Complaints, Told};
use crate::input::Input;
use crate::parts::{Part, parts};
use crate::say::Printer;
use crate::shown::shown;
use remark::Remark;

/// Check messages: the header, the text of each leaf, what their version does not know, and what
/// a profile asks for; fail where there is an error
#[derive(Args)]
pub(crate) struct CheckMessage {
    /// Files of one message or several (- for standard input)
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// A profile, a TOML file of what the receiver wants
    #[arg(long, value_name = "FILE")]
    profile: Option<PathBuf>,
}

impl CheckMessage {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let mut profiles = vec![Profile::header()];
        if let Some(file) = &self.profile {
            profiles.push(load(file)?);
        }
        let mut out = Printer::new();
        let mut complaints = Complaints::default();
        let mut errors = 0;
        for file in &self.files {
            match Input::read(file) {
                Ok(input) => {
                    errors += check(&input, &profiles, &mut out)?;
                    complaints.take(input.check())?;
                }
                Err(failure) => complaints.tell(&failure),
            }
        }
        out.finish()?;
        complaints.end()?;
        if errors > 0 {
            return Err(Told.into());
        }
        Ok(())
    }
}

fn load(file: &Path) -> Result<Profile, Failure> {
    let name = file.display();
    let text = fs::read_to_string(file).map_err(|error| format!("{name}: {error}"))?;
    Profile::parse(&text).map_err(|error| format!("{name}: {error}").into())
}

/// Prints a line for each remark on a file, and says how many of them are errors.
fn check(input: &Input, profiles: &[Profile], out: &mut Printer) -> Result<usize, Failure> {
    let mut errors = 0;
    let mut messages = 0;
    let mut unused: Vec<&Profile> = profiles.iter().collect();
    for part in parts(&input.bytes) {
        let is_message = part.message().is_some() || part.fault().is_some();
        messages += usize::from(is_message);
        unused.retain(|profile| !part.message().is_some_and(|it| profile.applies_to(it)));
        let place = if is_message {
            format!("message {messages} (byte {})", part.offset)
        } else {
            format!("byte {}", part.offset)
        };
        for Remark { severity, sentence } in remarks(&part, profiles) {
            errors += usize::from(matches!(severity, Severity::Error | Severity::Fatal));
            let (name, word) = (shown(&input.name), remark::word(severity));
            out.text(format_args!("{name}: {place}: {word}: {sentence}\n"))?;
        }
    }
    // That of the header applies to every message that can be read.
    for profile in unused.iter().filter(|_| unused.len() < profiles.len()) {
        let (name, profile) = (shown(&input.name), profile.name());
        let sentence = format!("the profile \"{profile}\" applies to none of the messages");
        out.text(format_args!("{name}: note: {}\n", shown(&sentence)))?;
    }
    Ok(errors)
}

fn remarks(part: &Part<'_>, profiles: &[Profile]) -> Vec<Remark> {
    let mut remarks = whole::remarks(part);
    if let Some(message) = part.message() {
        for profile in profiles {
            remarks.extend(profile.check(message).iter().map(Remark::from));
        }
        remarks.extend(texts::remarks(message));
    }
    remarks
}
