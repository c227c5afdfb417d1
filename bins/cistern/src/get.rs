//! `cistern get`: what stands at a path.

use std::borrow::Cow;
use std::path::PathBuf;

use clap::Args;
use hl7::{Charset, DecodeError, Delimiters, Path, Presence, Segment, Value};

use crate::Failure;
use crate::complaints::{Complaints, Told};
use crate::input::Input;
use crate::say::Printer;
use crate::shown::shown;

/// Print what stands at a path, one line for each value; fail where nothing does
///
/// What has no parts is printed as text, its escape sequences replaced. What has parts is printed
/// with the delimiters between them, and so with its escape sequences: `PID-5` may be
/// `Roe\T\Co^Ann`, where `PID-5.1` is `Roe&Co`.
#[derive(Args)]
pub(crate) struct Get {
    #[arg(help = "The path: PID-5.1, PID-3[*].1, OBX[2]-5, PID-3[5=MR].1")]
    path: Path,
    /// Files of one message or several (- for standard input)
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// In every segment of that name, whichever of them the path names
    #[arg(long)]
    all: bool,
    /// The bytes as they stand in the file, with their escapes
    #[arg(long)]
    raw: bool,
}

/// What stands at the path in one place, and how it is read.
#[derive(Clone, Copy)]
struct Found<'a> {
    presence: Presence<'a>,
    charset: Charset,
    delimiters: Delimiters,
}

impl Get {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let mut out = Printer::new();
        let mut complaints = Complaints::default();
        let mut values = 0;
        for file in &self.files {
            match Input::read(file) {
                Ok(input) => {
                    values += self.print_all(&input, &mut out, &mut complaints)?;
                    complaints.take(input.check())?;
                }
                Err(failure) => complaints.tell(&failure),
            }
        }
        out.finish()?;
        complaints.end()?;
        if values == 0 {
            return Err(Told.into());
        }
        Ok(())
    }

    /// Prints the values of a file, and says how many there are.
    fn print_all(
        &self,
        input: &Input,
        out: &mut Printer,
        complaints: &mut Complaints,
    ) -> Result<usize, Failure> {
        let mut undecodable = Vec::new();
        let mut values = 0;
        for part in input.parts(complaints) {
            let recoded = if self.raw { None } else { part.recoded() };
            let (segments, charset) = part.legible(recoded.as_ref());
            for found in self.found(&segments, charset) {
                match self.line(found) {
                    Ok(None) => continue,
                    Ok(Some(line)) => self.print(input, &line, out)?,
                    Err(error) => undecodable.push((part.offset, error)),
                }
                values += 1;
            }
        }
        for (offset, error) in undecodable {
            let (name, path) = (&input.name, &self.path);
            let what = format!("{name}: message at byte {offset}: {path}: {error}");
            let failure = format!("{what}; --raw prints it as it is");
            complaints.tell(&failure.into());
        }
        Ok(values)
    }

    fn found<'a>(&self, segments: &[Segment<'a>], charset: Charset) -> Vec<Found<'a>> {
        let named = segments
            .iter()
            .filter(|segment| segment.is(self.path.segment()));
        let (skipped, most) = match self.path.occurrence() {
            _ if self.all => (0, usize::MAX),
            occurrence => (usize::from(occurrence) - 1, 1),
        };
        let mut found = Vec::new();
        for segment in named.skip(skipped).take(most) {
            found.extend(segment.get_all(&self.path).map(|presence| Found {
                presence,
                charset,
                delimiters: segment.delimiters(),
            }));
        }
        found
    }

    /// Nothing where nothing is valued.
    fn line(&self, found: Found<'_>) -> Result<Option<Vec<u8>>, DecodeError> {
        Ok(match found.presence {
            Presence::Absent | Presence::Empty => None,
            Presence::Null => Some(b"\"\"".to_vec()),
            Presence::Value(value) if self.raw => Some(value.raw().to_vec()),
            Presence::Value(value) => Some(shown(&found.text(value)?).into_bytes()),
        })
    }

    fn print(&self, input: &Input, line: &[u8], out: &mut Printer) -> Result<(), Failure> {
        if self.files.len() > 1 {
            out.text(format_args!("{}:", shown(&input.name)))?;
        }
        out.bytes(line)?;
        out.bytes(b"\n")
    }
}

impl<'a> Found<'a> {
    /// In a value of several parts an escaped delimiter would look like one that separates.
    fn text(&self, value: Value<'a>) -> Result<Cow<'a, str>, DecodeError> {
        if value
            .raw()
            .iter()
            .any(|byte| self.delimiters.separates(*byte))
        {
            return self.charset.decode(value.raw());
        }
        value.decode(self.charset)
    }
}
