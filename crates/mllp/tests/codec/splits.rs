//! How a stream is split into reads changes nothing, and all agrees with a naive reading of it.

use bytes::Bytes;
use cistern_mllp::FaultKind;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::decoded::{Decoded, decode};

const LIMIT: usize = 24;

/// Frames, sound and otherwise, with junk between.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let sound = "[a-z\r]{0,30}".prop_map(|content| format!("\x0B{content}\x1C\r").into_bytes());
    let junk = "[a-z \r\n\0]{0,6}".prop_map(String::into_bytes);
    let noise = proptest::collection::vec(
        proptest::sample::select(&b"\x0B\x0B\x1C\x1C\r\n \0ab\xE9"[..]),
        0..12,
    );
    let piece = prop_oneof![3 => sound, 1 => junk, 2 => noise];
    proptest::collection::vec(piece, 0..10).prop_map(|pieces| pieces.concat())
}

fn split(mut stream: &[u8], cuts: Vec<Index>) -> Vec<&[u8]> {
    let mut places: Vec<_> = cuts
        .into_iter()
        .map(|cut| cut.index(stream.len() + 1))
        .collect();
    places.sort_unstable();
    let mut pieces = Vec::new();
    let mut taken = 0;
    for place in places {
        let (piece, rest) = stream.split_at(place - taken);
        pieces.push(piece);
        (stream, taken) = (rest, place);
    }
    pieces.push(stream);
    pieces
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_split_gives_the_same(stream in stream(), cuts in proptest::collection::vec(any::<Index>(), 0..20)) {
        let whole = decode(LIMIT, [&stream[..]]);
        prop_assert_eq!(decode(LIMIT, split(&stream, cuts)), whole);
    }

    #[test]
    fn one_byte_at_a_time_gives_the_same(stream in stream()) {
        prop_assert_eq!(decode(LIMIT, stream.chunks(1)), decode(LIMIT, [&stream[..]]));
    }

    #[test]
    fn a_naive_reading_agrees(stream in stream()) {
        prop_assert_eq!(decode(LIMIT, [&stream[..]]), Naive::read(&stream));
    }
}

/// Reads a whole stream with the rules written out plainly, and no thought for speed.
struct Naive<'a> {
    stream: &'a [u8],
    at: usize,
    decoded: Decoded,
}

impl<'a> Naive<'a> {
    fn read(stream: &'a [u8]) -> Decoded {
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
        let last = faults.pop_if(|fault| final_kinds.contains(&fault.0));
        *faults_dropped = faults.len().saturating_sub(16) as u64;
        faults.truncate(16);
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
            self.fault(FaultKind::Junk, self.at + first..self.at + last + 1, b"");
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
        let fragment = Bytes::copy_from_slice(fragment);
        self.decoded
            .faults
            .push((kind, span.start as u64, span.len(), fragment));
    }
}
