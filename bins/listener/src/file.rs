//! Messages of files, which go through the checks of a feed as those of its links do.

mod cwlab;
mod frames;
mod portions;
mod reading;
mod report;

use std::fmt;
use std::fmt::Write as _;
use std::path::Path;

use service::{FeedConfig, ListenerConfig, now_millis};

use crate::ListenerError;
use crate::feed::Feed;
use crate::judge::Voice;

pub(crate) use cwlab::Columns;
pub use frames::frame_contents;
pub(crate) use portions::{CommitLimits, Desk, Portion};
pub use reading::FileReading;
pub use report::{FileReport, Remark};

/// Keeps messages of files as if they had come by a feed. Nobody waits for an answer; the answers
/// are kept all the same, for whoever sends such a message again.
pub struct FileDoor {
    feed: Feed,
    voice: Voice,
    limits: CommitLimits,
}

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "every door must treat each")]
pub enum FileFormat {
    /// One message or several, with or without FHS and BHS or MLLP's frames, segments ended by CR,
    /// LF or both.
    Hl7,
    /// Rows of CWLAB, with tabs between their columns.
    Cwlab,
}

impl FileFormat {
    /// That of a file of this name: rows where it ends in `.cwlab`, in letters of any case.
    pub fn of(name: &Path) -> FileFormat {
        let extension = name.extension().unwrap_or_default();
        if extension.eq_ignore_ascii_case("cwlab") {
            FileFormat::Cwlab
        } else {
            FileFormat::Hl7
        }
    }
}

impl FileDoor {
    /// A door of this feed, whose certificates are not read.
    pub fn new(feed: &FeedConfig, config: &ListenerConfig) -> Result<FileDoor, ListenerError> {
        let mut settings = feed.clone();
        (settings.tls, settings.return_tls) = (None, None);
        Ok(FileDoor {
            feed: Feed::new(settings)?,
            voice: Voice::new(config, now_millis()),
            limits: CommitLimits::of(config),
        })
    }

    /// Begins with a file.
    pub fn begin(&self, format: FileFormat) -> FileReading<'_> {
        FileReading::new(Desk {
            feed: &self.feed,
            voice: &self.voice,
            limits: self.limits,
            format,
        })
    }
}

impl fmt::Debug for FileDoor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let feed = self.feed.name();
        f.debug_struct("FileDoor")
            .field("feed", &feed)
            .finish_non_exhaustive()
    }
}

/// Whether a file has the byte order mark of UTF-16, or begins with capitals of two bytes. Its lines
/// cannot be found, for any byte may be a part of any character.
pub fn is_utf_16(bytes: &[u8]) -> bool {
    matches!(
        bytes,
        [0xFF, 0xFE, ..]
            | [0xFE, 0xFF, ..]
            | [b'A'..=b'Z', 0, b'A'..=b'Z', 0, ..]
            | [0, b'A'..=b'Z', 0, b'A'..=b'Z', ..]
    )
}

/// Two digits for each byte.
fn hex(bytes: &[u8]) -> String {
    let mut digits = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a String cannot fail.
        write!(digits, "{byte:02x}").ok();
    }
    digits
}
