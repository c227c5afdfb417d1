//! What holds of every masked file, whatever stands in it.

use std::collections::BTreeMap;
use std::fs;
use std::iter;
use std::ops::Range;

use hl7::{Dictionary, Leaf, Message, MessageBuf, split_messages};
use proptest::prelude::*;
use testkit::{corpus, testdata};

use super::days::split_date;
use super::{Complaints, Input, Run, is_segment, policy};

/// What became of each value that was masked.
type Masks = BTreeMap<Vec<u8>, Vec<u8>>;

#[test]
fn real_messages_keep_their_structure_and_no_word() {
    let mut files = testdata::messages();
    if let Some(folder) = corpus::folder() {
        let entries = fs::read_dir(folder.join("messages")).unwrap();
        files.extend(entries.map(|entry| entry.unwrap().path()));
    }
    let mut masks = Masks::new();
    for file in files {
        let text = fs::read(&file).unwrap();
        check(&text, &masked(&text), &mut masks);
    }
    assert!(masks.len() > 100);
    let mut others: Vec<_> = masks.iter().filter(|(value, _)| value.is_ascii()).collect();
    others.sort_by_key(|(_, mask)| *mask);
    for pair in others.windows(2) {
        assert!(pair[0].1 != pair[1].1, "two values have one mask");
    }
}

proptest! {
    #[test]
    fn any_file_keeps_its_structure_and_no_word(text in file()) {
        let mut masks = Masks::new();
        let masked = masked(&text);
        prop_assert_eq!(masked.len(), text.len());
        check(&text, &masked, &mut masks);
    }

    #[test]
    fn any_bytes_keep_their_length(text: Vec<u8>) {
        prop_assert_eq!(masked(&text).len(), text.len());
    }
}

/// A message of odd segments, in UTF-8 or in bytes that are not.
fn file() -> impl Strategy<Value = Vec<u8>> {
    let word = "[A-Za-z0-9|^~&\\\\ éŁяß.-]{0,12}";
    let name = prop_oneof![
        "PID|",
        "NK1|",
        "OBX|1|(TX|NM|DT)\\|",
        "Z[A-Z]{2}\\|",
        "",
        "[a-z]{1,4}"
    ];
    let line = (name, proptest::collection::vec(word, 0..6), any::<bool>());
    let line = line.prop_map(|(name, words, is_utf_8)| {
        let text = [name, words.join("|")].concat();
        if is_utf_8 {
            text.into_bytes()
        } else {
            text.chars()
                .map(|c| u8::try_from(c).unwrap_or(b'?'))
                .collect()
        }
    });
    proptest::collection::vec(line, 0..8).prop_map(|lines| {
        let header = b"MSH|^~\\&|A|B||||||ADT^A08|1|P|2.5.1".to_vec();
        [&[header], &lines[..]].concat().join(&b'\r')
    })
}

fn masked(text: &[u8]) -> Vec<u8> {
    let input = Input {
        name: String::new(),
        bytes: text.to_vec(),
        charset: None,
    };
    let run = Run::new(&[3; 32]);
    run.file(&input, &mut Complaints::default()).unwrap()
}

/// Compares all messages of two files, leaf by leaf.
fn check(old: &[u8], new: &[u8], masks: &mut Masks) {
    let [old, new] = [old, new].map(|text| split_messages(text).collect::<Vec<_>>());
    assert_eq!(old.len(), new.len());
    for (old, new) in old.iter().zip(new) {
        let (Ok(old), Ok(new)) = (Message::parse(old), Message::parse(new)) else {
            continue;
        };
        let recoded = old.needs_recoding().then(|| old.to_utf8().unwrap());
        let old = recoded.as_ref().map_or(old, MessageBuf::message);
        let dictionary = Dictionary::of_message(&old);
        assert_eq!(old.leaves().count(), new.leaves().count());
        for (old, new) in old.leaves().zip(new.leaves()) {
            assert_eq!(place(old), place(new));
            let (before, after) = (old.raw(), new.raw());
            if is_segment(old.segment()) {
                assert_eq!(old.segment().name(), new.segment().name());
            }
            if is_segment(old.segment()) && policy::is_kept(old, dictionary) {
                assert!(before == after, "{old:?} is kept");
            } else {
                check_mask(before, after, old.segment().delimiters().escape(), masks);
            }
        }
    }
}

fn check_mask(before: &[u8], after: &[u8], escape: Option<u8>, masks: &mut Masks) {
    if !before.is_ascii() {
        return;
    }
    assert!(before.len() == after.len());
    let earlier = masks.entry(before.to_vec()).or_insert(after.to_vec());
    assert!(earlier == after, "equal values have equal masks");
    // An escape sequence may stay, and in hexadecimal form letters are digits.
    if escape.is_none_or(|escape| !before.contains(&escape)) {
        assert!(
            shape(before) == shape(after),
            "letters for letters, digits for digits"
        );
        let mut words = words(str::from_utf8(before).unwrap());
        assert!(
            words.all(|word| before[word.clone()] != after[word]),
            "a word stays"
        );
        assert!(before != after || !before.iter().any(u8::is_ascii_alphanumeric));
    }
}

fn shape(text: &[u8]) -> Vec<u8> {
    let shape = |byte: &u8| match byte {
        b'0'..=b'9' => b'9',
        b'A'..=b'Z' => b'A',
        b'a'..=b'z' => b'a',
        mark => *mark,
    };
    text.iter().map(shape).collect()
}

/// Where runs of letters and digits stand, but for dates, of which the time stays.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    iter::from_fn(move || {
        loop {
            let rest = text.get(start..).filter(|rest| !rest.is_empty())?;
            if let Some((date, _)) = split_date(rest) {
                start += date.len();
                continue;
            }
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric());
            let word = start..start + end.unwrap_or(rest.len());
            start = word.end + 1;
            if !word.is_empty() {
                return Some(word);
            }
        }
    })
}

fn place(leaf: Leaf<'_>) -> [usize; 5] {
    let segment = leaf.segment().position();
    [
        segment,
        leaf.field(),
        leaf.repetition(),
        leaf.component(),
        leaf.subcomponent(),
    ]
}
