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
use hl7::{Charset, Dictionary, Leaf, Segment, Version};
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
            let part = MaskedPart {
                run: self,
                charset: part.charset(),
                dictionary: dictionary(part.message()),
                part: &part,
            };
            for segment in segments {
                match segment_name(segment) {
                    Some(name) if is_name_of_segment(name) => part.segment(segment, &mut masked),
                    _ => part.line(segment, &mut masked),
                }
            }
        }
        Ok(masked.end())
    }
}

/// A part of a file, and how its leaves are read.
struct MaskedPart<'a> {
    run: &'a Run,
    part: &'a Part<'a>,
    charset: Charset,
    dictionary: Dictionary,
}

impl MaskedPart<'_> {
    fn segment(&self, segment: Segment<'_>, masked: &mut Rewrite<'_>) {
        for leaf in segment.leaves() {
            let raw = leaf.raw();
            let moved = match self.treatment(leaf) {
                Treatment::Keep => continue,
                Treatment::Move => self.run.days.moved(raw),
                Treatment::Mask => None,
            };
            let bytes = moved.unwrap_or_else(|| self.mask(raw, segment));
            masked.replace(self.part.place(raw), raw.len(), &bytes);
        }
    }

    /// Behind an MSH that cannot be read nothing is sure to be what it seems.
    fn treatment(&self, leaf: Leaf<'_>) -> Treatment {
        match self.part.fault() {
            Some(_) => Treatment::Mask,
            None => policy::treatment(leaf, self.dictionary),
        }
    }

    /// A line that is no segment, from its first byte: it may go on with a broken text. What
    /// begins a message or an envelope goes on to do so, and nothing else comes to do so.
    fn line(&self, line: Segment<'_>, masked: &mut Rewrite<'_>) {
        let raw = line.raw();
        let start = if begins_something(raw) { NAME_BYTES } else { 0 };
        let rest = raw.get(start..).unwrap_or_default();
        let mut bytes = self.mask(rest, line);
        while start == 0 && begins_something(&bytes) {
            bytes = self.mask(&bytes, line);
        }
        masked.replace(self.part.place(rest), rest.len(), &bytes);
    }

    fn mask(&self, raw: &[u8], segment: Segment<'_>) -> Vec<u8> {
        let delimiters = segment.delimiters();
        self.run.masker.mask(raw, self.charset, delimiters)
    }
}

/// Whether a line that is called so is a segment: one of the standard, also of a version after
/// that of the message, or one of a site's own.
fn is_name_of_segment(name: &str) -> bool {
    name.starts_with('Z') || Dictionary::of(NEWEST).segment(name).is_some()
}

/// Its dictionary has the segments of all versions.
const NEWEST: Version = Version::new(8, 0);

const NAME_BYTES: usize = 3;

fn begins_something(line: &[u8]) -> bool {
    let names = [b"MSH", b"FHS", b"BHS", b"BTS", b"FTS"];
    line.split_first_chunk::<NAME_BYTES>()
        .is_some_and(|(name, _)| names.contains(&name))
}
