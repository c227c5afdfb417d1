//! `cistern mask`: messages that say nothing of the persons in them.

mod alphabet;
mod cipher;
mod days;
mod form;
mod policy;
mod target;
#[cfg(test)]
mod tests;
mod text;
mod unit;

use std::fs;
use std::path::PathBuf;

use clap::Args;
use hl7::{Charset, Dictionary, Leaf, Message, Segment};
use sha2::{Digest as _, Sha256};

use crate::Failure;
use crate::complaints::Complaints;
use crate::input::Input;
use crate::parts::{Part, parts};
use crate::rewrite::Rewrite;
use target::Target;
use text::Masker;

/// Replace what names a person: letters by letters, digits by digits, dates by earlier ones
///
/// Structure, lengths, case and punctuation stay. Equal words become equal words wherever they are
/// masked, and so do equal dates: eight digits that are a day, or twelve and more with a time.
///
/// What stays as it is, if it looks as its place should: names of segments; codes that the standard
/// has in the table of the place, such as F in PID-8; set ids; the version and the character set
/// in MSH-12 and 18; counts of batches; numbers, ranges and units in OBX-5 to 7; codes of LOINC
/// and CVX, and code systems, in OBR-4, OBX-3 and RXA-5.
///
/// A message in BIG-5, GB 18030 or a Japanese set comes out in UTF-8.
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
}

impl Mask {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let mut target = Target::new(self.output.as_deref(), &self.files)?;
        let run = Run::new(&self.key()?);
        let mut complaints = Complaints::default();
        for file in &self.files {
            let done = Input::read(file).and_then(|input| {
                input.check()?;
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
        let name = file.display();
        let bytes = fs::read(file).map_err(|error| format!("{name}: {error}"))?;
        if bytes.is_empty() {
            return Err(format!("{name}: an empty file is no key").into());
        }
        Ok(Sha256::digest(bytes).into())
    }
}

impl Run {
    fn new(key: &[u8; 32]) -> Run {
        Run {
            masker: Masker::new(key),
        }
    }

    fn file(&self, input: &Input, complaints: &mut Complaints) -> Result<Vec<u8>, Failure> {
        let mut masked = Rewrite::new(&input.bytes);
        for part in input.parts(complaints) {
            self.part(&part, &mut masked).map_err(|reason| {
                let (name, byte) = (&input.name, part.offset);
                format!("{name}: what starts at byte {byte} cannot be masked: {reason}")
            })?;
        }
        Ok(masked.end())
    }

    fn part(&self, part: &Part<'_>, masked: &mut Rewrite<'_>) -> Result<(), Failure> {
        match part.message() {
            Some(message) if message.needs_recoding() => {
                let masked_part = self.recoded(message)?;
                masked.replace(part.offset, part.bytes.len(), &masked_part);
                Ok(())
            }
            _ => self.lines(part, masked),
        }
    }

    /// A message whose characters may hold the bytes of delimiters, in UTF-8: only there its parts
    /// are whole.
    fn recoded(&self, message: &Message<'_>) -> Result<Vec<u8>, Failure> {
        let recoded = message.to_utf8()?;
        let mut masked = Rewrite::new(recoded.bytes());
        for part in parts(recoded.bytes()) {
            self.part(&part, &mut masked)?;
        }
        Ok(masked.end())
    }

    fn lines(&self, part: &Part<'_>, masked: &mut Rewrite<'_>) -> Result<(), Failure> {
        let segments = part.segments();
        if segments.is_empty() {
            return Err("it is too long".into());
        }
        let part = MaskedPart {
            run: self,
            charset: part.stated_charset(),
            dictionary: part.dictionary(),
            part,
        };
        for segment in segments {
            if is_segment(segment) {
                part.segment(segment, masked);
            } else {
                part.line(segment, masked);
            }
        }
        Ok(())
    }
}

/// A part of a file, and how its leaves are read.
struct MaskedPart<'a> {
    run: &'a Run,
    part: &'a Part<'a>,
    /// Nothing where MSH-18 names a set that is not known.
    charset: Option<Charset>,
    dictionary: Dictionary,
}

impl MaskedPart<'_> {
    fn segment(&self, segment: Segment<'_>, masked: &mut Rewrite<'_>) {
        let is_split_surely = self.is_split_surely(segment);
        let is_kept = |leaf: Leaf<'_>| is_split_surely && policy::is_kept(leaf, self.dictionary);
        let valued = segment.leaves().filter(|leaf| !leaf.raw().is_empty());
        for leaf in valued.filter(|leaf| !is_kept(*leaf)) {
            let raw = leaf.raw();
            let bytes = self.mask(raw, segment);
            masked.replace(self.part.place(raw), raw.len(), &bytes);
        }
    }

    /// Behind an MSH that cannot be read nothing is sure to be what it seems, nor are characters of
    /// an unknown set, which may hold the bytes of delimiters.
    fn is_split_surely(&self, segment: Segment<'_>) -> bool {
        let is_plain = |byte: &u8| byte.is_ascii() && !SHIFTS.contains(byte);
        let is_text_known = self.charset.is_some() || segment.raw().iter().all(is_plain);
        self.part.fault().is_none() && is_text_known
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
        let charset = self.charset.unwrap_or(Charset::UNSTATED);
        self.run.masker.mask(raw, charset, segment.delimiters())
    }
}

/// The control characters that switch from ASCII to another set (ISO 2022): ESC, SO and SI.
const SHIFTS: [u8; 3] = [0x1B, 0x0E, 0x0F];

/// Whether a line is a segment and no text: its name, and a separator. Without fields it must be
/// one of the standard, in whatever version: three capitals may be all that is left of a name.
fn is_segment(line: Segment<'_>) -> bool {
    line.proper_name().is_some_and(|name| {
        let has_fields = line.raw().len() > name.len();
        has_fields || policy::newest().segment(name).is_some()
    })
}

const NAME_BYTES: usize = 3;

fn begins_something(line: &[u8]) -> bool {
    let names = [b"MSH", b"FHS", b"BHS", b"BTS", b"FTS"];
    line.split_first_chunk::<NAME_BYTES>()
        .is_some_and(|(name, _)| names.contains(&name))
}
