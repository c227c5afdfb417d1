//! `cistern mask`: messages that say nothing of the persons in them.

mod alphabet;
mod cipher;
mod days;
mod policy;
mod sequence;
mod target;
#[cfg(test)]
mod tests;
mod text;

use std::fs;
use std::path::PathBuf;

use clap::Args;
use hl7::{Dictionary, Leaf, Segment};
use sha2::{Digest as _, Sha256};

use crate::Failure;
use crate::complaints::Complaints;
use crate::definition::dictionary;
use crate::input::Input;
use crate::parts::Part;
use crate::rewrite::Rewrite;
use crate::segment_name::segment_name;
use cipher::Cipher;
use days::Days;
use policy::Treatment;
use target::Target;
use text::Masker;

/// Replace what names a person: letters by letters, digits by digits, dates by earlier ones.
/// Structure and lengths stay, equal values stay equal
#[derive(Args)]
pub(crate) struct Mask {
    /// Files of one message or several (- for standard input)
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The folder for the masked files, each under its own name; one file may go to standard
    /// output
    #[arg(short, long, value_name = "FOLDER")]
    output: Option<PathBuf>,
    /// A file whose bytes are the key, so that another run gives equal values the same masks;
    /// without it each run has a key of its own, which is kept nowhere
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

/// Everything that the key of a run decides.
struct Run {
    masker: Masker,
    days: Days,
}

impl Mask {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let mut target = Target::new(self.output.as_deref(), &self.files)?;
        let run = Run::new(&self.key()?);
        let mut complaints = Complaints::default();
        for file in &self.files {
            let done = Input::read(file).and_then(|input| {
                let masked = run.file(&input, &mut complaints)?;
                target.write(file, &masked)
            });
            complaints.take(done)?;
        }
        complaints.end()
    }

    fn key(&self) -> Result<[u8; 32], Failure> {
        let Some(file) = &self.key else {
            let mut key = [0; 32];
            getrandom::fill(&mut key)?;
            return Ok(key);
        };
        let bytes = fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
        Ok(Sha256::digest(bytes).into())
    }
}

impl Run {
    fn new(key: &[u8; 32]) -> Run {
        let cipher = Cipher::new(key);
        let days = Days::of(&cipher);
        Run {
            masker: Masker::new(cipher),
            days,
        }
    }

    fn file(&self, input: &Input, complaints: &mut Complaints) -> Result<Vec<u8>, Failure> {
        let mut masked = Rewrite::new(&input.bytes);
        for part in input.parts(complaints) {
            let segments = part.segments();
            if segments.is_empty() {
                let (name, byte) = (&input.name, part.offset);
                return Err(format!("{name}: what starts at byte {byte} is too long").into());
            }
            let dictionary = dictionary(part.message());
            for segment in segments {
                match segment_name(segment) {
                    Some(name) if name.starts_with('Z') || dictionary.segment(name).is_some() => {
                        self.segment(&part, segment, dictionary, &mut masked);
                    }
                    _ => self.line(&part, segment, &mut masked),
                }
            }
        }
        Ok(masked.end())
    }

    fn segment(
        &self,
        part: &Part<'_>,
        segment: Segment<'_>,
        dictionary: Dictionary,
        masked: &mut Rewrite<'_>,
    ) {
        for leaf in segment.leaves() {
            let bytes = match treatment(part, leaf, dictionary) {
                Treatment::Keep => continue,
                Treatment::Move => self.days.moved(leaf.raw()),
                Treatment::Mask => None,
            };
            let mask = || {
                self.masker
                    .mask(leaf.raw(), part.charset(), segment.delimiters())
            };
            let bytes = bytes.unwrap_or_else(mask);
            masked.replace(part.place(leaf.raw()), leaf.raw().len(), &bytes);
        }
    }

    /// A line that is no segment, from its first byte: it may go on with a broken text. What
    /// begins a message or an envelope goes on to do so, and nothing else comes to do so.
    fn line(&self, part: &Part<'_>, line: Segment<'_>, masked: &mut Rewrite<'_>) {
        let raw = line.raw();
        let start = if begins_something(raw) { NAME_BYTES } else { 0 };
        let rest = raw.get(start..).unwrap_or_default();
        let mask = |bytes: &[u8]| self.masker.mask(bytes, part.charset(), line.delimiters());
        let mut bytes = mask(rest);
        while start == 0 && begins_something(&bytes) {
            bytes = mask(&bytes);
        }
        masked.replace(part.place(rest), rest.len(), &bytes);
    }
}

/// Behind an MSH that cannot be read nothing is sure to be what it seems.
fn treatment(part: &Part<'_>, leaf: Leaf<'_>, dictionary: Dictionary) -> Treatment {
    match part.fault() {
        Some(_) => Treatment::Mask,
        None => policy::treatment(leaf, dictionary),
    }
}

const NAME_BYTES: usize = 3;

fn begins_something(line: &[u8]) -> bool {
    let names = [b"MSH", b"FHS", b"BHS", b"BTS", b"FTS"];
    line.split_first_chunk::<NAME_BYTES>()
        .is_some_and(|(name, _)| names.contains(&name))
}
