//! Batch files: read whole or in pieces they hold the same, and nothing is left out.

use std::io::BufReader;

use cistern_hl7::{Batch, BatchItem, BatchReader, CountCheck, split_messages};

const MARK: &[u8] = b"\xEF\xBB\xBF";

pub(crate) fn check(file: &[u8]) {
    let whole: Vec<Shown> = Batch::new(file).map(|item| shown(&item)).collect();
    for piece_bytes in [1, 2, 7, 1000] {
        let reader = BufReader::with_capacity(piece_bytes, file);
        let pieces = BatchReader::new(reader, file.len()).map(|item| shown(&item.unwrap()));
        assert!(pieces.eq(whole.iter().cloned()), "pieces of {piece_bytes}");
    }
    nothing_is_left_out(file, &whole);
    let messages = whole.iter().filter(|item| item.0 == "MSH");
    assert!(split_messages(file).eq(messages.map(|item| &item.1[..])));
    a_limit_holds(file, &whole);
}

/// An item's name, bytes, number of fields and count.
type Shown = (&'static str, Vec<u8>, usize, Option<CountCheck>);

fn shown<B: AsRef<[u8]>>(item: &BatchItem<B>) -> Shown {
    let (name, line, count) = match item {
        BatchItem::Message(bytes) => return ("MSH", bytes.as_ref().to_vec(), 0, None),
        BatchItem::Stray(bytes) => return ("stray", bytes.as_ref().to_vec(), 0, None),
        BatchItem::BatchUnclosed { found } => return unclosed("no BTS", *found),
        BatchItem::FileUnclosed { found } => return unclosed("no FTS", *found),
        BatchItem::FileHeader(line) => ("FHS", line, None),
        BatchItem::BatchHeader(line) => ("BHS", line, None),
        BatchItem::BatchTrailer(line, count) => ("BTS", line, Some(*count)),
        BatchItem::FileTrailer(line, count) => ("FTS", line, Some(*count)),
        _ => unreachable!("no other items"),
    };
    let segment = line.segment();
    (
        name,
        segment.raw().to_vec(),
        segment.fields().count(),
        count,
    )
}

fn unclosed(name: &'static str, found: u64) -> Shown {
    (name, Vec::new(), 0, Some(CountCheck::Unstated { found }))
}

/// Between the items, which come in order, are only line breaks and the marks at which a file or an
/// envelope or message of one begins.
fn nothing_is_left_out(file: &[u8], items: &[Shown]) {
    let mut rest = file.strip_prefix(MARK).unwrap_or(file);
    for (name, bytes, _, _) in items {
        while !rest.starts_with(bytes) {
            assert!(
                rest.starts_with(MARK) || starts_with_break(rest),
                "{name} is not what comes next"
            );
            rest = rest.strip_prefix(MARK).unwrap_or(&rest[1..]);
        }
        rest = &rest[bytes.len()..];
    }
    while starts_with_break(rest) {
        rest = &rest[1..];
    }
    assert_eq!(rest, b"");
}

fn starts_with_break(bytes: &[u8]) -> bool {
    bytes.first().is_some_and(|byte| b"\r\n".contains(byte))
}

/// What comes before the first item that is too long is the same, and that is an error.
fn a_limit_holds(file: &[u8], whole: &[Shown]) {
    let limit = file.len() / 2;
    let mut read = Vec::new();
    for item in BatchReader::new(file, limit) {
        match item {
            Ok(item) => read.push(shown(&item)),
            Err(_) => return assert!(whole.starts_with(&read)),
        }
    }
    assert_eq!(read, whole);
    assert!(read.iter().all(|item| item.1.len() <= limit));
}
