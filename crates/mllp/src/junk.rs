//! Bytes outside of any frame: how many, since when, and who might have sent them.

use crate::fault::SHOWN_BYTES;
use crate::{Fault, FaultKind, FrameError};

/// Junk without a start block after which a stream is given up, in bytes.
pub const MAX_JUNK_BYTES: usize = 4096;

/// The junk since the last frame: from the first byte that is not blank to the last such byte.
#[derive(Debug, Default)]
pub(crate) struct Junk {
    offset: u64,
    bytes: usize,
    head: Head,
}

impl Junk {
    /// Counts the byte at `offset` of the stream, and tells whether that makes too much junk.
    pub(crate) fn swallow(&mut self, byte: u8, offset: u64) -> bool {
        let blank = matches!(byte, 0 | b'\r' | b'\n' | b' ');
        if blank && self.bytes == 0 {
            return false;
        }
        self.head.push(byte);
        if !blank {
            if self.bytes == 0 {
                self.offset = offset;
            }
            self.bytes = usize::try_from(offset - self.offset + 1).unwrap_or(usize::MAX);
        }
        self.bytes > MAX_JUNK_BYTES
    }

    pub(crate) fn kind(&self) -> Option<FaultKind> {
        (self.bytes > 0).then(|| recognise(self.head.as_slice()))
    }

    pub(crate) fn too_much(&self) -> FrameError {
        let kind = self.kind().unwrap_or(FaultKind::Junk);
        FrameError::TooMuchJunk {
            limit: MAX_JUNK_BYTES,
            kind,
        }
    }

    pub(crate) fn fault(&self) -> Option<Fault> {
        Some(Fault::new(self.kind()?, self.offset, self.bytes))
    }

    /// Its first bytes.
    pub(crate) fn shown(&self) -> &[u8] {
        let head = self.head.as_slice();
        head.get(..self.bytes).unwrap_or(head)
    }
}

/// What of the junk is kept to recognise the sender and to be shown.
struct Head {
    bytes: [u8; SHOWN_BYTES],
    len: usize,
}

impl Default for Head {
    fn default() -> Self {
        Self {
            bytes: [0; SHOWN_BYTES],
            len: 0,
        }
    }
}

impl Head {
    fn push(&mut self, byte: u8) {
        if let Some(slot) = self.bytes.get_mut(self.len) {
            *slot = byte;
            self.len += 1;
        }
    }

    fn as_slice(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

impl std::fmt::Debug for Head {
    /// Leaves out the bytes: they may be part of a message.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Head")
            .field("len", &self.len)
            .finish_non_exhaustive()
    }
}

fn recognise(head: &[u8]) -> FaultKind {
    let begins_with_any = |starts: &[&[u8]]| starts.iter().any(|start| head.starts_with(start));
    if begins_with_any(TLS) {
        FaultKind::Tls
    } else if begins_with_any(HTTP) {
        FaultKind::Http
    } else if begins_with_any(HL7) {
        FaultKind::UnframedHl7
    } else {
        FaultKind::Junk
    }
}

/// A handshake record of SSL 3.0 to TLS 1.3 (RFC 8446, 5.1).
const TLS: &[&[u8]] = &[b"\x16\x03"];

const HTTP: &[&[u8]] = &[
    b"GET ",
    b"HEAD ",
    b"POST ",
    b"PUT ",
    b"DELETE ",
    b"OPTIONS ",
    b"CONNECT ",
    b"PATCH ",
    b"TRACE ",
    b"PRI * HT",
    b"HTTP/",
];

/// The segments that may open a message, a file or a batch.
const HL7: &[&[u8]] = &[b"MSH", b"FHS", b"BHS"];
