//! The file of what a listener accepted: it must have all of this.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use sha2::{Digest as _, Sha256};

use crate::control_id::ControlId;

/// SHA-256 of the content of a frame.
pub(crate) type ContentDigest = [u8; 32];

/// The file, written by all links.
#[derive(Debug)]
pub(crate) struct Acknowledged {
    file: Mutex<Writing>,
}

#[derive(Debug)]
struct Writing {
    file: BufWriter<File>,
    failed: Option<io::Error>,
}

impl Acknowledged {
    pub(crate) fn create(path: &Path) -> io::Result<Acknowledged> {
        let file = BufWriter::new(File::create(path)?);
        let failed = None;
        Ok(Acknowledged {
            file: Mutex::new(Writing { file, failed }),
        })
    }

    /// Writes a line; that a write failed is told by [`finish`](Self::finish).
    pub(crate) fn write(&self, id: ControlId, digest: &ContentDigest) {
        let mut writing = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = writing.line(id, digest) {
            writing.failed.get_or_insert(error);
        }
    }

    /// Writes what is held back.
    pub(crate) fn finish(&self) -> io::Result<()> {
        let mut writing = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        match writing.failed.take() {
            Some(error) => Err(error),
            None => writing.file.flush(),
        }
    }
}

impl Writing {
    fn line(&mut self, id: ControlId, digest: &ContentDigest) -> io::Result<()> {
        write!(self.file, "{id}\t")?;
        for byte in digest {
            write!(self.file, "{byte:02x}")?;
        }
        writeln!(self.file)
    }
}

pub(crate) fn digest(content: &[u8]) -> ContentDigest {
    Sha256::digest(content).into()
}
