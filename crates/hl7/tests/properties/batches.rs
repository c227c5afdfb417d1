//! Batch files: whole or in pieces, they hold the same.

use std::io::{self, BufRead, Read};

use cistern_hl7::{Batch, BatchItem, BatchReader, CountCheck, split_messages};
use proptest::prelude::*;

const MARK: &[u8] = b"\xEF\xBB\xBF";

/// A reader that gives so many bytes at a time, over and over.
struct Pieces<'a> {
    rest: &'a [u8],
    sizes: std::iter::Cycle<std::vec::IntoIter<usize>>,
    piece: usize,
}

impl<'a> Pieces<'a> {
    fn new(rest: &'a [u8], sizes: Vec<usize>) -> Pieces<'a> {
        Pieces {
            rest,
            sizes: sizes.into_iter().cycle(),
            piece: 0,
        }
    }
}

impl Read for Pieces<'_> {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        unreachable!("a BufRead is read through its buffer")
    }
}

impl BufRead for Pieces<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.piece == 0 {
            self.piece = self.sizes.next().unwrap();
            if self.piece == 0 {
                return Err(io::ErrorKind::Interrupted.into());
            }
        }
        Ok(&self.rest[..self.piece.min(self.rest.len())])
    }

    fn consume(&mut self, amount: usize) {
        self.rest = &self.rest[amount..];
        self.piece -= amount;
    }
}

/// Files that look like batches, and files that do not.
fn file() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        1 => Just("FHS|^~\\&|A".to_owned()),
        1 => Just("BHS#^~\\&#B".to_owned()),
        1 => Just("BHS".to_owned()),
        3 => Just("MSH|^~\\&|C".to_owned()),
        1 => "\u{FEFF}(MSH|BHS|BTS)[|(]D",
        1 => "(MSH|BHS|FTS)[ (\"é-]x",
        1 => prop::sample::select(vec!["MSH(^~\\&(E", "MSH-^~-\u{FEFF}"]).prop_map(str::to_owned),
        1 => prop::sample::select(vec!["MSHX", "MSH", "FTS"]).prop_map(str::to_owned),
        4 => "(PID|NTE|MS|BT)?[|a-zé]{0,9}",
        2 => "(BTS|FTS)[|#][0-3]x?",
    ];
    let ending = prop::sample::select(vec!["\r", "\n", "\r\n", "\n\n", ""]);
    let mark = prop_oneof![4 => Just(""), 1 => Just("\u{FEFF}")];
    (mark, prop::collection::vec((line, ending), 0..20)).prop_map(|(mark, lines)| {
        let lines: String = lines
            .into_iter()
            .map(|(line, ending)| line + ending)
            .collect();
        format!("{mark}{lines}").into_bytes()
    })
}

/// An item in a form that can be compared: its name, bytes, fields and count.
#[derive(Debug, PartialEq)]
struct Shown(&'static str, Vec<u8>, usize, Option<CountCheck>);

fn shown<B: AsRef<[u8]>>(item: &BatchItem<B>) -> Shown {
    let raw = |raw: &B| raw.as_ref().to_vec();
    match item {
        BatchItem::FileHeader(line) => envelope("FHS", line.segment(), None),
        BatchItem::BatchHeader(line) => envelope("BHS", line.segment(), None),
        BatchItem::BatchTrailer(line, count) => envelope("BTS", line.segment(), Some(*count)),
        BatchItem::FileTrailer(line, count) => envelope("FTS", line.segment(), Some(*count)),
        BatchItem::Message(bytes) => Shown("MSH", raw(bytes), 0, None),
        BatchItem::BatchUnclosed { found } => unclosed("no BTS", *found),
        BatchItem::FileUnclosed { found } => unclosed("no FTS", *found),
        BatchItem::Stray(bytes) => Shown("stray", raw(bytes), 0, None),
        _ => unreachable!("no other items"),
    }
}

fn unclosed(name: &'static str, found: u64) -> Shown {
    Shown(name, Vec::new(), 0, Some(CountCheck::Unstated { found }))
}

fn envelope(
    name: &'static str,
    segment: cistern_hl7::Segment<'_>,
    count: Option<CountCheck>,
) -> Shown {
    Shown(
        name,
        segment.raw().to_vec(),
        segment.fields().count(),
        count,
    )
}

/// The messages of a file, line by line.
fn messages(file: &[u8]) -> Vec<Vec<u8>> {
    let unmarked = |line| <[u8]>::strip_prefix(line, MARK).unwrap_or(line);
    let mut messages: Vec<Vec<u8>> = Vec::new();
    let (mut open, mut of_batch, mut of_message) = (false, b'|', b'|');
    for line in unmarked(file).split_inclusive(|byte| b"\r\n".contains(byte)) {
        let begins = unmarked(line);
        let after = begins.get(3).copied().unwrap_or(b'\r');
        let is_header = b"|\r\n".contains(&after) || begins[3..].starts_with(&[after, b'^', b'~']);
        let is_trailer = b"|\r\n".contains(&after) || [of_batch, of_message].contains(&after);
        match begins.get(..3) {
            Some(b"MSH") if is_header => {
                messages.push(begins.to_vec());
                of_message = after;
                open = true;
                continue;
            }
            Some(b"FHS") if is_header => (open, of_batch, of_message) = (false, b'|', b'|'),
            Some(b"BHS") if is_header => {
                of_batch = if after == b'#' { b'#' } else { b'|' };
                open = false;
            }
            Some(b"BTS") if is_trailer => open = false,
            Some(b"FTS") if is_trailer => (open, of_batch, of_message) = (false, b'|', b'|'),
            _ => {}
        }
        if open {
            messages.last_mut().unwrap().extend(line);
        }
    }
    messages
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_file_in_pieces_holds_the_same(file in file(), sizes in prop::collection::vec(0..9usize, 1..6)) {
        prop_assume!(sizes.iter().any(|size| *size > 0));
        let whole: Vec<Shown> = Batch::new(&file).map(|item| shown(&item)).collect();
        let reader = BatchReader::new(Pieces::new(&file, sizes), 1000);
        let pieces: Vec<Shown> = reader.map(|item| shown(&item.unwrap())).collect();
        prop_assert_eq!(pieces, whole);
    }

    #[test]
    fn no_message_is_lost(file in file()) {
        let expected = messages(&file);
        prop_assert!(split_messages(&file).eq(expected.iter().map(|message| &message[..])));
        let items = Batch::new(&file).filter(|item| matches!(item, BatchItem::Message(_)));
        prop_assert_eq!(items.count(), expected.len());
        let of_items: usize = Batch::new(&file).map(|item| shown(&item).1.len()).sum();
        let breaks = file.iter().filter(|byte| b"\r\n".contains(byte)).count();
        let marks = file.windows(3).filter(|three| *three == MARK).count();
        prop_assert!(of_items + breaks + 3 * marks >= file.len(), "more is left out");
    }

    #[test]
    fn a_limit_refuses_what_is_longer_and_nothing_else(file in file(), limit in 0..40usize) {
        let lengths = |item: BatchItem<&[u8]>| shown(&item).1.len();
        let too_long = Batch::new(&file).map(lengths).position(|length| length > limit);
        let read: Vec<bool> = BatchReader::new(&file[..], limit).map(|item| item.is_ok()).collect();
        if let Some(first) = too_long {
            let ok = read.iter().take_while(|ok| **ok).count();
            prop_assert!(ok <= first && read.len() == ok + 1, "{} {:?}", first, read);
        } else if let Some(stopped) = read.iter().position(|ok| !ok) {
            // The line breaks after an item count too.
            let item = Batch::new(&file).nth(stopped).map(|item| shown(&item).1.len());
            prop_assert!(item.is_none_or(|length| length + 4 > limit), "{:?}", item);
        }
    }
}
