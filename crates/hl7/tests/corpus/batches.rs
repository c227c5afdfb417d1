//! Batch files and streams are split as the index of the corpus says.

use std::io::BufReader;

use cistern_hl7::{Batch, BatchItem, BatchReader, CountCheck};

use crate::{files, table};

#[test]
fn batches_are_split_as_the_index_says() {
    let mut files = files().into_iter();
    let mut rows = table("INDEX.tsv");
    rows.sort();
    for row in rows.iter().filter(|row| row[14] != "no") {
        let name = row[0]
            .trim_start_matches("messages/")
            .trim_end_matches(".hl7");
        let (_, bytes) = files.find(|(other, _)| other == name).unwrap();
        let notes = &row[15];
        let (messages_noted, count_noted) = match row[14].as_str() {
            "stream" => (noted(notes, "", " messages without"), None),
            _ => (
                noted(notes, "batch envelope, ", " messages"),
                noted(notes, "BTS-1 says ", ""),
            ),
        };
        assert_eq!(Some(messages(&bytes)), messages_noted, "{name}");
        assert_eq!(wrong_count(&bytes), count_noted, "{name}");
    }
}

#[test]
fn a_file_that_is_read_holds_the_same() {
    for (name, bytes) in files() {
        let whole: Vec<Vec<u8>> = Batch::new(&bytes).filter_map(message).collect();
        let reader = BatchReader::new(BufReader::with_capacity(7, &bytes[..]), bytes.len());
        let read: Vec<Vec<u8>> = reader.filter_map(|item| message(item.unwrap())).collect();
        assert!(read == whole, "{name}");
    }
}

fn message<B: AsRef<[u8]>>(item: BatchItem<B>) -> Option<Vec<u8>> {
    match item {
        BatchItem::Message(bytes) => Some(bytes.as_ref().to_vec()),
        _ => None,
    }
}

fn messages(file: &[u8]) -> u64 {
    Batch::new(file).filter_map(message).count() as u64
}

/// What BTS-1 states, where that is wrong.
fn wrong_count(file: &[u8]) -> Option<u64> {
    Batch::new(file).find_map(|item| match item {
        BatchItem::BatchTrailer(_, CountCheck::Differs { stated, .. }) => Some(stated),
        _ => None,
    })
}

/// The number between two texts of the notes.
fn noted(notes: &str, before: &str, after: &str) -> Option<u64> {
    notes.split("; ").find_map(|note| {
        let rest = note.strip_prefix(before)?;
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = rest.split_at(digits);
        if rest.starts_with(after) {
            number.parse().ok()
        } else {
            None
        }
    })
}
