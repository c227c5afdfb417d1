//! Bytes outside of any frame: how many, since when, and who might have sent them.

use crate::{Fault, FaultKind, FrameError};

/// Junk without a start block after which a stream is given up, in bytes.
pub const MAX_JUNK_BYTES: usize = 4096;

/// What of it is kept to recognise the sender and to be shown, in bytes.
const HEAD_BYTES: usize = 64;

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

    pub(crate) fn take(&mut self) -> Option<Fault> {
        let kind = self.kind()?;
        let Junk {
            offset,
            bytes,
            head,
        } = std::mem::take(self);
        Some(Fault {
            junk: masked(head.as_slice().get(..bytes).unwrap_or(head.as_slice())),
            ..Fault::new(kind, offset, bytes)
        })
    }
}

/// The first bytes of the junk.
struct Head {
    bytes: [u8; HEAD_BYTES],
    len: usize,
}

impl Default for Head {
    fn default() -> Self {
        Self {
            bytes: [0; HEAD_BYTES],
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

/// The structure of what was sent, without its content: it may be part of a message.
fn masked(junk: &[u8]) -> String {
    let mask = |&byte: &u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | 0x80.. => b'x',
        b'0'..=b'9' => b'9',
        other => other,
    };
    let masked: Vec<u8> = junk.iter().map(mask).collect();
    masked.escape_ascii().to_string()
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
