//! CWLAB: rows with tabs between their columns, a laboratory result each, which become messages.
//!
//! CAREWare's name for such files. Which column goes where is agreed with the laboratory, but for
//! the first, which names it (MSH-3). A row becomes an ORU^R01 of the segments MSH, PID, OBR, OBX
//! and, where it has values for them, PV1, ORC, NTE and SPM.

use std::borrow::Cow;

use hl7::{Charset, Delimiters, Draft, DraftError, Path, path};
use sha2::{Digest as _, Sha256};

use super::hex;

/// The segments of a message in their order, each as it begins, and whether it is always there.
const SEGMENTS: [(&str, &[u8], bool); 7] = [
    ("PID", b"PID|1", true),
    ("PV1", b"PV1|1", false),
    ("ORC", b"ORC|RE", false),
    ("OBR", b"OBR|1", true),
    ("OBX", b"OBX|1", true),
    ("NTE", b"NTE|1", false),
    ("SPM", b"SPM|1", false),
];

/// So many bytes of the digest of a row are its control id, as hex digits: 20 are what MSH-10 has
/// up to HL7 v2.5.
const CONTROL_ID_BYTES: usize = 10;

/// Where the columns of a row go; nowhere with those that are passed over.
pub(crate) struct Columns(Vec<Option<Path>>);

/// Why a row is no message.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RowError {
    #[error(
        "a row of {expected} columns was expected, with tabs between them, but this has {found}"
    )]
    ColumnCount { expected: usize, found: usize },
    #[error("column {0} has a control character")]
    Control(usize),
    #[error(
        "column {column} is not {charset}: have the file written so, or set charset of the feed"
    )]
    Charset { column: usize, charset: Charset },
    #[error("a column cannot be written to its place")]
    Place(#[from] DraftError),
    #[error("the columns are all empty")]
    Empty,
}

impl Columns {
    /// Reads the paths of columns; an error is the number of one that is none, from 1.
    pub(crate) fn parse(columns: &[String]) -> Result<Columns, usize> {
        let mut paths = Vec::with_capacity(columns.len());
        for (column, number) in columns.iter().zip(1_usize..) {
            paths.push(match &**column {
                "" => None,
                text => Some(Path::parse(text).map_err(|_| number)?),
            });
        }
        Ok(Columns(paths))
    }

    /// The message that a row becomes: the same row becomes the same message, whose control id is
    /// a digest of the row. MSH-7 stays empty, for no column and no clock says when it was written.
    /// Whatever the character set of the row, the message is in UTF-8.
    pub(crate) fn message(&self, row: &[u8], charset: Charset) -> Result<Vec<u8>, RowError> {
        let values = self.values(row, charset)?;
        let digest = Sha256::digest(row);
        let control_id = hex(digest.get(..CONTROL_ID_BYTES).unwrap_or_default());
        let mut draft = Draft::new(Delimiters::default());
        let own = [
            (path!("MSH-9.1"), "ORU"),
            (path!("MSH-9.2"), "R01"),
            (path!("MSH-9.3"), "ORU_R01"),
            (path!("MSH-10"), &*control_id),
            (path!("MSH-11"), "P"),
            (path!("MSH-12"), "2.5.1"),
        ];
        for (path, text) in own {
            draft.set(&path, text)?;
        }
        if !row.is_ascii() || !values.iter().all(|(_, text)| text.is_ascii()) {
            draft.set(&path!("MSH-18"), "UNICODE UTF-8")?;
        }
        self.fill(&mut draft, &values)?;
        Ok(draft.to_bytes())
    }

    /// The values of a row with their places, but the empty ones.
    fn values<'r>(
        &self,
        row: &'r [u8],
        charset: Charset,
    ) -> Result<Vec<(Path, Cow<'r, str>)>, RowError> {
        let found = row.split(|byte| *byte == b'\t').count();
        let expected = self.0.len();
        if found != expected {
            return Err(RowError::ColumnCount { expected, found });
        }
        let cells = row.split(|byte| *byte == b'\t').zip(&self.0);
        let mut values = Vec::with_capacity(expected);
        for ((cell, path), column) in cells.zip(1..) {
            let Ok(text) = charset.decode(cell) else {
                return Err(RowError::Charset { column, charset });
            };
            if text.chars().any(char::is_control) {
                return Err(RowError::Control(column));
            }
            match path {
                Some(path) if !text.is_empty() => values.push((*path, text)),
                _ => {}
            }
        }
        if values.is_empty() {
            return Err(RowError::Empty);
        }
        Ok(values)
    }

    fn fill(&self, draft: &mut Draft, values: &[(Path, Cow<'_, str>)]) -> Result<(), DraftError> {
        for (name, begin, is_always) in SEGMENTS {
            if is_always || values.iter().any(|(path, _)| path.segment() == name) {
                draft.add(begin)?;
            }
        }
        for (path, text) in values {
            draft.set(path, text)?;
        }
        self.describe(draft)
    }

    /// What CWLAB does not say, unless a column does: the type of a value, and that a result which
    /// is handed over in a row is final.
    fn describe(&self, draft: &mut Draft) -> Result<(), DraftError> {
        if !self.has("OBX", 2) {
            let kind = match draft.get(&path!("OBX-5")).value() {
                Some(value) if is_number(value.raw()) => "NM",
                _ => "ST",
            };
            draft.set(&path!("OBX-2"), kind)?;
        }
        if !self.has("OBX", 11) {
            draft.set(&path!("OBX-11"), "F")?;
        }
        Ok(())
    }

    fn has(&self, segment: &str, field: u16) -> bool {
        let mut paths = self.0.iter().flatten();
        paths.any(|path| path.segment() == segment && path.field() == field)
    }
}

/// The byte order mark of UTF-8: whoever begins a file with it writes UTF-8.
pub(super) const UTF_8_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The rows of a file: its lines, but blank ones and a byte order mark.
pub(crate) fn rows(file: &[u8]) -> impl Iterator<Item = &[u8]> {
    let text = file.strip_prefix(UTF_8_MARK).unwrap_or(file);
    let lines = text.split(|byte| matches!(byte, b'\r' | b'\n'));
    lines.filter(|line| !line.trim_ascii().is_empty())
}

/// A number of type NM: digits with a sign and a point (HL7 v2, chapter 2A, NM).
fn is_number(text: &[u8]) -> bool {
    let unsigned = text.strip_prefix(b"-").or(text.strip_prefix(b"+"));
    let mut parts = unsigned.unwrap_or(text).split(|byte| *byte == b'.');
    let (whole, fraction) = (parts.next().unwrap_or_default(), parts.next());
    let is_whole = |digits: &[u8]| digits.iter().all(u8::is_ascii_digit);
    parts.next().is_none()
        && is_whole(whole)
        && fraction.is_none_or(is_whole)
        && whole.len() + fraction.unwrap_or_default().len() > 0
}

#[cfg(test)]
mod tests {
    use super::is_number;

    #[test]
    fn a_number_has_digits_one_point_and_one_sign() {
        for number in ["512", "-3.5", "+.5", "7."] {
            assert!(is_number(number.as_bytes()), "{number}");
        }
        for text in ["", "-", ".", "<20", "1.2.3", "1e5", "5 ", "--5", "1,000"] {
            assert!(!is_number(text.as_bytes()), "{text}");
        }
    }
}
