//! A naive reading of a stream, for the codec to agree with.

use bytes::Bytes;
use cistern_mllp::{FaultKind, MAX_JUNK_BYTES};

use crate::decoded::{Decoded, Seen};

/// The most bytes that a frame may hold.
pub(crate) const LIMIT: usize = 24;

/// Reads a whole stream with the rules written out plainly, and no thought for speed.
pub(crate) struct Naive<'a> {
    stream: &'a [u8],
    at: usize,
    decoded: Decoded,
}

impl<'a> Naive<'a> {
    pub(crate) fn read(stream: &'a [u8]) -> Decoded {
        let mut naive = Naive {
            stream,
            at: 0,
            decoded: Decoded::default(),
        };
        while naive.decoded.error.is_none() && naive.skip_to_start() {
            naive.read_frame();
        }
        let Decoded {
            faults,
            faults_dropped,
            ..
        } = &mut naive.decoded;
        let final_kinds = [FaultKind::TooLong, FaultKind::UnfinishedAtEof];
        let last = faults.pop_if(|fault| final_kinds.contains(&fault.kind));
        *faults_dropped = faults.len().saturating_sub(16) as u64;
        faults.truncate(16);
        keep_what_fits(faults);
        faults.extend(last);
        naive.decoded
    }

    fn skip_to_start(&mut self) -> bool {
        let rest = &self.stream[self.at..];
        let start = rest.iter().position(|&byte| byte == 0x0B);
        let skipped = &rest[..start.unwrap_or(rest.len())];
        let loud = |byte: &u8| !b"\0\r\n ".contains(byte);
        if let Some(first) = skipped.iter().position(loud) {
            let last = skipped.iter().rposition(loud).unwrap();
            let kind = looks_like(&skipped[first..]);
            let too_much = skipped.iter().enumerate().skip(first + MAX_JUNK_BYTES);
            if let Some((end, _)) = too_much.into_iter().find(|(_, byte)| loud(byte)) {
                self.junk(kind, self.at + first..self.at + end + 1);
                let sentence =
                    format!("more than {MAX_JUNK_BYTES} bytes outside of a frame: {kind}");
                self.decoded.error = Some(sentence);
                return false;
            }
            self.junk(kind, self.at + first..self.at + last + 1);
        }
        self.at += skipped.len() + 1;
        start.is_some()
    }

    fn read_frame(&mut self) {
        let mut noted = false;
        let (start, mut end) = (self.at, self.at);
        loop {
            let here = self.stream.get(end);
            let next = self.stream.get(end + 1);
            if end - start > LIMIT {
                let error = format!("frame is longer than the limit of {LIMIT} bytes");
                return self.give_up(FaultKind::TooLong, start..start + LIMIT, error);
            }
            match (here, next) {
                (None, _) => {
                    let error = format!("connection closed {} bytes into a frame", end - start);
                    return self.give_up(FaultKind::UnfinishedAtEof, start..end, error);
                }
                (Some(0x0B), _) => {
                    self.at = end;
                    let fragment = &self.stream[start..end];
                    return self.fault(FaultKind::EarlyStart, start..end, fragment);
                }
                (Some(0x1C), Some(b'\r')) => return self.frame(start..end, 2),
                (Some(0x1C), None | Some(b'\n' | 0x0B)) => {
                    self.fault(FaultKind::NoCarriageReturn, end..end + 1, b"");
                    return self.frame(start..end, if next == Some(&b'\n') { 2 } else { 1 });
                }
                (Some(0x1C), Some(_)) if !noted => {
                    noted = true;
                    self.fault(FaultKind::EndBlockInContent, end..end + 1, b"");
                }
                (Some(_), _) => {}
            }
            end += 1;
        }
    }

    fn frame(&mut self, content: std::ops::Range<usize>, trailer: usize) {
        self.at = content.end + trailer;
        if content.is_empty() {
            self.decoded.empty_frames += 1;
        } else {
            self.decoded
                .frames
                .push(Bytes::copy_from_slice(&self.stream[content]));
        }
    }

    fn give_up(&mut self, kind: FaultKind, content: std::ops::Range<usize>, error: String) {
        let fragment = &self.stream[content.clone()];
        self.fault(kind, content, fragment);
        self.decoded.error = Some(error);
    }

    fn fault(&mut self, kind: FaultKind, span: std::ops::Range<usize>, fragment: &[u8]) {
        self.decoded.faults.push(Seen {
            fragment: Bytes::copy_from_slice(fragment),
            ..Seen::new(kind, span.start as u64, span.len())
        });
    }

    fn junk(&mut self, kind: FaultKind, span: std::ops::Range<usize>) {
        let head = self.stream[span.clone()].iter().take(64);
        self.decoded.faults.push(Seen {
            junk: head.map(|&byte| masked(byte)).collect(),
            ..Seen::new(kind, span.start as u64, span.len())
        });
    }
}

fn masked(byte: u8) -> String {
    match char::from(byte) {
        letter if letter.is_ascii_alphabetic() || !letter.is_ascii() => "x".to_owned(),
        digit if digit.is_ascii_digit() => "9".to_owned(),
        other => std::ascii::escape_default(other as u8).to_string(),
    }
}

/// Leaves out each fragment for which those before it leave no room.
fn keep_what_fits(faults: &mut [Seen]) {
    let mut room = 2 * LIMIT;
    for fault in faults {
        match room.checked_sub(fault.fragment.len()) {
            Some(left) => room = left,
            None => fault.bytes_not_kept = std::mem::take(&mut fault.fragment).len(),
        }
    }
}

fn looks_like(junk: &[u8]) -> FaultKind {
    let http = "GET |HEAD |POST |PUT |DELETE |OPTIONS |CONNECT |PATCH |TRACE |PRI * HT|HTTP/";
    match junk {
        [0x16, 0x03, ..] => FaultKind::Tls,
        [b'M', b'S', b'H', ..] | [b'F' | b'B', b'H', b'S', ..] => FaultKind::UnframedHl7,
        _ if http
            .split('|')
            .any(|word| junk.starts_with(word.as_bytes())) =>
        {
            FaultKind::Http
        }
        _ => FaultKind::Junk,
    }
}
