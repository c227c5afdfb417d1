//! Real senders use segments that the dictionary knows.

use std::collections::BTreeSet;

use cistern_hl7::{Dictionary, Message, Version, split_messages};

use super::files;

/// Made up by the authors of the files; no version has them.
const UNKNOWN: [&str; 11] = [
    "AAA", "ABC", "BBB", "HDR", "LOL", "NME", "PTS", "QQQ", "XTR", "XXX", "XYZ",
];

#[test]
fn every_segment_that_is_not_of_a_site_is_known() {
    let newest = Dictionary::of(Version::new(8, 0));
    let mut unknown = BTreeSet::new();
    for (_, bytes) in files() {
        for message in split_messages(&bytes) {
            let Ok(message) = Message::parse(message) else {
                continue;
            };
            for segment in message.segments() {
                let name = String::from_utf8_lossy(segment.name());
                if is_of_the_standard(&name) && newest.segment(&name).is_none() {
                    unknown.insert(name.into_owned());
                }
            }
        }
    }
    unknown.retain(|name| !UNKNOWN.contains(&name.as_str()));
    assert_eq!(unknown, BTreeSet::new());
}

/// Three letters or digits, and not Z, with which the names of sites' own segments begin. Text that
/// was broken over lines looks like segments of other names.
fn is_of_the_standard(name: &str) -> bool {
    let is_letter = |letter: char| letter.is_ascii_uppercase() || letter.is_ascii_digit();
    name.len() == 3 && name.chars().all(is_letter) && !name.starts_with('Z')
}
