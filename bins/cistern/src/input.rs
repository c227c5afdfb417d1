//! Files that are named at the prompt, and what stands in for them.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use hl7::Charset;
use listener::is_utf_16;

use crate::Failure;
use crate::complaints::Complaints;
use crate::parts::{Part, parts};

/// The bytes of a file, and what it is called.
pub(crate) struct Input {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    /// The character set of its messages where that was decided already; else each says itself.
    pub(crate) charset: Option<Charset>,
}

/// Stands for standard input.
pub(crate) const STANDARD_INPUT: &str = "-";

impl Input {
    /// Reads a file, or standard input.
    pub(crate) fn read(path: &Path) -> Result<Input, Failure> {
        let name = path.display().to_string();
        match read(path) {
            Ok(bytes) if is_utf_16(&bytes) => {
                Err(format!("{name}: this is UTF-16: write it in UTF-8").into())
            }
            Ok(bytes) => Ok(Input {
                name,
                bytes,
                charset: None,
            }),
            Err(error) => Err(format!("{name}: {error}").into()),
        }
    }

    /// Fails where no message is in the file, not even one that cannot be read.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        let is_message = |part: Part<'_>| part.message().is_some() || part.fault().is_some();
        if parts(&self.bytes).any(is_message) {
            return Ok(());
        }
        let name = &self.name;
        Err(format!("{name}: no message is in it: none of its lines begins with MSH").into())
    }

    /// What stands in the file. What cannot be read as it should is told of.
    pub(crate) fn parts<'a>(
        &'a self,
        complaints: &'a mut Complaints,
    ) -> impl Iterator<Item = Part<'a>> {
        let standing = parts(&self.bytes).filter(|part| part.unclosed().is_none());
        let standing = standing.map(|mut part| {
            part.decided = self.charset;
            part
        });
        standing.inspect(|part| {
            if let Some(error) = part.fault() {
                let (byte, kind) = (part.offset + error.offset(), error.kind());
                complaints.tell(&format!("{}: byte {byte}: {kind}", self.name).into());
            }
        })
    }
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    if path != STANDARD_INPUT {
        return fs::read(path);
    }
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(bytes)
}
