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
                    return self.cut_off(FaultKind::EarlyStart, start..end);
                }
                (Some(0x1C), Some(b'\r')) => return self.frame(start..end, 2),
                (Some(0x1C), None | Some(b'\n' | 0x0B)) => {
                    self.end_block(FaultKind::NoCarriageReturn, start, end);
                    return self.frame(start..end, if next == Some(&b'\n') { 2 } else { 1 });
                }
                (Some(0x1C), Some(_)) if !noted => {
                    noted = true;
                    self.end_block(FaultKind::EndBlockInContent, start, end);
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
        self.cut_off(kind, content);
        self.decoded.error = Some(error);
    }

    fn cut_off(&mut self, kind: FaultKind, span: std::ops::Range<usize>) {
        let shown = span.start.max(span.end.saturating_sub(64))..span.end;
        self.decoded.faults.push(Seen {
            fragment: Bytes::copy_from_slice(&self.stream[span.clone()]),
            masked: self.masked(shown),
            ..Seen::new(kind, span.start as u64, span.len())
        });
    }

    fn end_block(&mut self, kind: FaultKind, start: usize, at: usize) {
        let end = self.stream.len().min(at + 2);
        self.decoded.faults.push(Seen {
            masked: self.masked(start.max(end.saturating_sub(64))..end),
            ..Seen::new(kind, at as u64, 1)
        });
    }

    fn junk(&mut self, kind: FaultKind, span: std::ops::Range<usize>) {
        let shown = span.start..span.end.min(span.start + 64);
        self.decoded.faults.push(Seen {
            masked: self.masked(shown),
            ..Seen::new(kind, span.start as u64, span.len())
        });
    }

    fn masked(&self, shown: std::ops::Range<usize>) -> String {
        self.stream[shown].iter().copied().map(masked).collect()
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
