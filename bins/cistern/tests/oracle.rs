//! Real messages written by others: `show --leaves` prints the leaves on which other libraries
//! agree. Passes where there is no corpus.
#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest as _, Sha256};
use testkit::corpus;

/// Files with leaves that differ from the oracle, how many, and why; at length in
/// `docs/decisions/0007-leaves-and-the-oracle.md`.
const DIFFERENCES: [(&str, usize, &str); 3] = [
    ("linuxforhealth__ADT_A01__38049238d2", 3, DOUBLED),
    ("linuxforhealth__ADT_A01__4e9787f9cd", 5, DOUBLED),
    ("reportstream__ELRRec_NA__b2e0487f47", 23, LACKING),
];

const DOUBLED: &str =
    "MSH-2 is ^~\\\\&: read as ^~\\&, not with a backslash as subcomponent separator";
const LACKING: &str = "MSH lacks its own field separator: read with |, not with the ^ that follows";

/// Of the leaves of a file: place to text.
type Leaves = BTreeMap<String, String>;

#[test]
fn leaves_are_those_of_the_oracle() {
    let Some(folder) = corpus::folder() else {
        println!("no corpus: set CISTERN_CORPUS to its folder");
        return;
    };
    let mut compared = 0;
    let mut unexplained = Vec::new();
    let mut differing = BTreeMap::new();
    for (name, ours) in shown(&folder) {
        let oracle = fs::read_to_string(folder.join(format!("oracle/{name}.tsv"))).unwrap();
        for (place, text) in oracle.lines().skip(1).map(place_and_text) {
            compared += 1;
            if ours.get(place).map(|text| as_in_oracle(text)).as_deref() != Some(text) {
                *differing.entry(name.clone()).or_insert(0) += 1;
                unexplained.push(format!("{name} {place}"));
            }
        }
    }
    let explained = DIFFERENCES.map(|(name, number, _)| (name.to_owned(), number));
    assert_eq!(differing, explained.into(), "{}", unexplained.join("\n"));
    println!("{compared} leaves compared");
}

/// What the program prints for all messages of the corpus.
fn shown(folder: &Path) -> BTreeMap<String, Leaves> {
    let entries = fs::read_dir(folder.join("messages")).unwrap();
    let files: BTreeSet<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    let mut show = Command::new(env!("CARGO_BIN_EXE_cistern"));
    let output = show
        .args(["show", "--leaves"])
        .args(files)
        .output()
        .unwrap();
    let mut files = BTreeMap::new();
    let mut name = String::new();
    for line in str::from_utf8(&output.stdout)
        .unwrap()
        .split_terminator('\n')
    {
        if let Some(path) = line.strip_prefix("# ") {
            name = Path::new(path)
                .file_stem()
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            files.insert(name.clone(), Leaves::new());
            continue;
        }
        let (place, text) = place_and_text(line);
        let leaves = files.get_mut(&name).unwrap();
        let earlier = leaves.insert(place.to_owned(), text.to_owned());
        assert_eq!(earlier, None, "{name} {place}");
    }
    files
}

/// A row as its first six columns and its last.
fn place_and_text(row: &str) -> (&str, &str) {
    row.rsplit_once('\t').unwrap()
}

/// Of a long text only the hash of its bytes.
fn as_in_oracle(text: &str) -> String {
    let bytes = bytes(text);
    if bytes.len() <= 1024 {
        return text.to_owned();
    }
    let mut hex = String::new();
    for byte in Sha256::digest(&bytes) {
        write!(hex, "{byte:02x}").unwrap();
    }
    format!("@sha256:{hex}:{}", bytes.len())
}

/// The bytes that a text with `%XX` stands for.
fn bytes(text: &str) -> Vec<u8> {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap().as_bytes().to_vec();
    for part in parts {
        let (hex, rest) = part.split_at(2);
        bytes.push(u8::from_str_radix(hex, 16).unwrap());
        bytes.extend_from_slice(rest.as_bytes());
    }
    bytes
}
