//! The bytes of a message that is put together from JSON.

use super::fault::{Fault, Problem};
use super::place::At;
use crate::charset::{Charset, UnknownCharset};
use crate::delimiters::Delimiters;
use crate::header::Header;
use crate::message_buf::MessageBuf;

/// The bytes up to the part that comes next, and how that is written.
pub(super) struct Assembly {
    pub(super) bytes: Vec<u8>,
    pub(super) delimiters: Delimiters,
    pub(super) charset: Charset,
}

impl Assembly {
    pub(super) fn new(delimiters: Delimiters, charset: Charset) -> Assembly {
        Assembly {
            bytes: Vec::new(),
            delimiters,
            charset,
        }
    }

    /// Appends what stands between separators. A line break or a separator would end it too soon.
    pub(super) fn put(
        &mut self,
        at: At<'_>,
        bytes: &[u8],
        separators: &[Option<u8>],
    ) -> Result<(), Fault> {
        let field = self.delimiters.field();
        let splits = |byte: &u8| {
            b"\r\n".contains(byte) || *byte == field || separators.contains(&Some(*byte))
        };
        if let Some(offset) = bytes.iter().position(splits) {
            return Err(at.fault(Problem::Separator(offset)));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    /// The character set that MSH-18 names, once the header is here. It is not known before: until
    /// then the header is written in UTF-8, in which no character holds the byte of a separator.
    pub(super) fn named_charset(
        &self,
        header: At<'_>,
    ) -> Result<Result<Charset, UnknownCharset>, Fault> {
        let parsed = Header::parse(&self.bytes);
        let parsed = parsed.map_err(|error| header.fault(Problem::Header(error.kind())))?;
        Ok(parsed.charset())
    }

    pub(super) fn into_message(self, segments: At<'_>) -> Result<MessageBuf, Fault> {
        MessageBuf::parse(self.bytes.into())
            .map_err(|error| segments.fault(Problem::Header(error.kind())))
    }

    /// MSH-1 must be what separates the fields.
    pub(super) fn check_field_separator(&self, at: At<'_>) -> Result<(), Fault> {
        if at.text()?.as_bytes() != [self.delimiters.field()] {
            return Err(at.fault(Problem::OtherSeparator));
        }
        Ok(())
    }
}

/// Whether a segment of this name declares delimiters in its first two fields.
pub(super) fn is_header(name: Option<&[u8]>) -> bool {
    matches!(name, Some(b"MSH" | b"FHS" | b"BHS"))
}
