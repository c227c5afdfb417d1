//! Real messages written by others, read beside the workspace when they are there: every file is
//! read without loss, and its leaves are those on which other libraries agree.
#![cfg(test)]

mod batches;
#[cfg(feature = "dictionary")]
mod dictionary;
#[cfg(feature = "serde")]
mod json;
#[cfg(all(feature = "serde", feature = "dictionary"))]
#[path = "../json/said.rs"]
mod said;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path as FilePath, PathBuf};

use cistern_hl7::{Charset, Header, Message, Path, Presence, Segment, plain_text, unescape};
use cistern_hl7::{Delimiters, split_messages};
use sha2::{Digest, Sha256};

/// Leaves that differ from the oracle, and why: file, segment and field (`*` is all), reason.
const DIFFERENCES: &[(&str, &str, &str)] = &[
    (
        "cdc-dex__ORUR01_NA__4489f42888",
        "*",
        "refused: MSH-2 is &&&&, one delimiter four times",
    ),
    (
        "cdc-ti__ORMO01_NA__d320be71bc",
        "*",
        "refused: MSH-2 is empty",
    ),
    (
        "cdc-ti__UNK_NA__3f47af1dcf",
        "*",
        "refused: nothing after MSH-1",
    ),
    (
        "health-seven__RSPK11_NA__3a206a5fee",
        "*",
        "refused: MSH-2 is empty",
    ),
    ("hl7apy__UNK_NA__b00b205eba", "*", "refused: MSH-2 is empty"),
    ("linuxforhealth__ADT_A01__38049238d2", "OBX-17", DOUBLED),
    ("linuxforhealth__ADT_A01__38049238d2", "AL1-5", DOUBLED),
    ("linuxforhealth__ADT_A01__4e9787f9cd", "MSH-24", DOUBLED),
    ("linuxforhealth__ADT_A01__4e9787f9cd", "OBX-17", DOUBLED),
    ("linuxforhealth__ADT_A01__4e9787f9cd", "AL1-5", DOUBLED),
    (
        "reportstream__ELRRec_NA__b2e0487f47",
        "*",
        "refused: MSH lacks its own field separator",
    ),
    (
        "ruby-hl7__UNK_NA__4e80e76a90",
        "*",
        "refused: MSH lacks its own field separator",
    ),
];

const DOUBLED: &str =
    "MSH-2 is ^~\\\\&: read as ^~\\&, where the oracle takes the second backslash as a delimiter";

/// A leaf: segment, ordinal, field, repetition, component, subcomponent.
type Place = (String, usize, usize, usize, usize, usize);

#[test]
fn every_file_is_read_without_loss() {
    for (name, bytes) in files() {
        for message in split_messages(&bytes).chain([&bytes[..]]) {
            let Ok(parsed) = Message::parse(message) else {
                continue;
            };
            assert_eq!(parsed.as_bytes(), message, "{name}");
            let segments: usize = parsed.segments().map(|segment| segment.raw().len()).sum();
            let breaks = message.iter().filter(|byte| b"\r\n".contains(byte)).count();
            let mark = if message.starts_with(b"\xEF\xBB\xBF") {
                3
            } else {
                0
            };
            assert_eq!(segments + breaks + mark, message.len(), "{name}");
        }
    }
}

#[test]
fn leaves_are_those_of_the_oracle() {
    let mut differing = BTreeSet::new();
    let mut unexplained = Vec::new();
    for (name, bytes) in files() {
        let leaves = leaves(&bytes);
        for (place, raw) in oracle(&name) {
            let ours = leaves.get(&place).map(|leaf| as_in_oracle(leaf));
            if ours.as_ref() == Some(&raw) {
                continue;
            }
            match explanation(&name, &format!("{}-{}", place.0, place.2)) {
                Some(row) => drop(differing.insert(row)),
                None => unexplained.push(format!("{name} {place:?}: {raw:?}, ours {ours:?}")),
            }
        }
    }
    let list = unexplained.join("\n");
    assert!(
        unexplained.is_empty(),
        "{} leaves differ:\n{list}",
        unexplained.len()
    );
    let listed: BTreeSet<usize> = (0..DIFFERENCES.len()).collect();
    if corpus().is_some() {
        assert_eq!(differing, listed, "a listed difference no longer occurs");
    }
}

/// The row of [`DIFFERENCES`] that explains a difference in this field.
fn explanation(name: &str, field: &str) -> Option<usize> {
    DIFFERENCES
        .iter()
        .position(|row| row.0 == name && (row.1 == "*" || row.1 == field))
}

#[test]
fn expected_values_are_found() {
    for row in table("expect.tsv") {
        let [file, path, raw, decoded] = [&row[0], &row[1], &row[2], &row[3]];
        let Some(folder) = corpus() else { return };
        let bytes = fs::read(folder.join(file)).unwrap();
        let message = Message::parse(&bytes).unwrap();
        let found = message.get(&Path::parse(path).unwrap());
        match raw.as_str() {
            "" => assert_eq!(found, Presence::Empty, "{file} {path}"),
            "@absent" => assert_eq!(found, Presence::Absent, "{file} {path}"),
            "\"\"" => assert_eq!(found, Presence::Null, "{file} {path}"),
            raw => {
                let value = found
                    .value()
                    .unwrap_or_else(|| panic!("{file} {path}: {found:?}"));
                let charset = match message.charset() {
                    Err(_) if cfg!(not(feature = "charset")) => continue,
                    charset => charset.unwrap(),
                };
                let text = value.decode(charset).unwrap();
                assert_eq!(shown(value.raw()), raw, "{file} {path}");
                assert_eq!(shown(text.as_bytes()), *decoded, "{file} {path}");
            }
        }
    }
}

#[test]
fn expected_escapes_are_decoded() {
    for row in table("expect_escape.tsv")
        .into_iter()
        .filter(|row| row[2] != "@null")
    {
        let delimiters = delimiters(&row[0]);
        let decoded = unescape(&row[1], &delimiters, Charset::UTF_8);
        assert_eq!(shown(decoded.as_bytes()), row[2], "{}", row[1]);
    }
}

#[test]
fn expected_plain_text_is_rendered() {
    for row in table("expect_render.tsv") {
        let rendered = plain_text(&row[0], &Delimiters::default(), Charset::UTF_8);
        assert_eq!(shown(rendered.as_bytes()), row[1], "{}", row[0]);
    }
}

/// Where the corpus is, if it is here.
fn corpus() -> Option<PathBuf> {
    let folder = match env::var_os("CISTERN_CORPUS") {
        Some(folder) => PathBuf::from(folder),
        None => FilePath::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus"),
    };
    if !folder.is_dir() {
        println!("no corpus here (CISTERN_CORPUS names its folder): nothing compared");
        return None;
    }
    Some(folder)
}

fn files() -> Vec<(String, Vec<u8>)> {
    let Some(folder) = corpus() else {
        return Vec::new();
    };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder.join("messages")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        files.push((name, fs::read(path).unwrap()));
    }
    files.sort();
    assert!(!files.is_empty(), "the corpus has no messages");
    files
}

/// The rows of a table of the corpus without its head line.
fn table(name: &str) -> Vec<Vec<String>> {
    let Some(folder) = corpus() else {
        return Vec::new();
    };
    let text = fs::read_to_string(folder.join(name)).unwrap();
    let split = |line: &str| line.split('\t').map(str::to_owned).collect();
    text.lines().skip(1).map(split).collect()
}

fn oracle(name: &str) -> Vec<(Place, String)> {
    let number = |text: &String| text.parse().unwrap();
    let rows = table(&format!("oracle/{name}.tsv"));
    let place = |row: &Vec<String>| {
        let [ordinal, field, repetition, component, subcomponent] =
            [1, 2, 3, 4, 5].map(|column| number(&row[column]));
        (
            row[0].clone(),
            ordinal,
            field,
            repetition,
            component,
            subcomponent,
        )
    };
    rows.iter()
        .map(|row| (place(row), row[6].clone()))
        .collect()
}

/// All leaves of a file. A batch file counts as one message, which it is for the parser behind a
/// header of its own delimiters; frames are unwrapped as the codec would.
fn leaves(bytes: &[u8]) -> BTreeMap<Place, Vec<u8>> {
    let frame = |byte: &u8| b"\x0b\xEF\xBB\xBF".contains(byte);
    let bytes = &bytes[bytes.iter().take_while(|byte| frame(byte)).count()..];
    let bytes = bytes.strip_suffix(b"\x1c\r").unwrap_or(bytes);
    let mut leaves = BTreeMap::new();
    let mut ordinals: BTreeMap<String, usize> = BTreeMap::new();
    let headed = [&header_of_its_own(bytes)[..], bytes].concat();
    let message = Message::parse(&headed).unwrap_or_else(|_| Message::parse(b"MSH|^~\\&").unwrap());
    for segment in message.segments().skip(1) {
        let name = String::from_utf8_lossy(segment.name()).into_owned();
        let ordinal = ordinals.entry(name.clone()).or_default();
        *ordinal += 1;
        add_leaves(&mut leaves, &name, *ordinal, segment);
    }
    leaves
}

fn header_of_its_own(bytes: &[u8]) -> Vec<u8> {
    let bytes = bytes.trim_ascii_start();
    match bytes.get(..3) {
        Some(b"FHS" | b"BHS" | b"MSH") => {
            let end = bytes
                .iter()
                .position(|byte| b"\r\n".contains(byte))
                .unwrap_or(bytes.len());
            let declaration = bytes[3..end]
                .split_inclusive(|byte| *byte == bytes[3])
                .take(2);
            [b"MSH", &declaration.collect::<Vec<_>>().concat()[..], b"\r"].concat()
        }
        _ => b"MSH|^~\\&|\r".to_vec(),
    }
}

fn add_leaves(
    leaves: &mut BTreeMap<Place, Vec<u8>>,
    name: &str,
    ordinal: usize,
    segment: Segment<'_>,
) {
    for (f, field) in (1..).zip(segment.fields()) {
        for (r, repetition) in (1..).zip(field.repetitions()) {
            for (c, component) in (1..).zip(repetition.components()) {
                for (s, subcomponent) in (1..).zip(component.subcomponents()) {
                    let place = (name.to_owned(), ordinal, f, r, c, s);
                    leaves.insert(place, subcomponent.raw().to_vec());
                }
            }
        }
    }
}

fn delimiters(declaration: &str) -> Delimiters {
    Header::parse(format!("MSH{declaration}").as_bytes())
        .unwrap()
        .delimiters()
}

/// A leaf as the oracle writes it: of a long one only the hash.
fn as_in_oracle(leaf: &[u8]) -> String {
    if leaf.len() <= 1024 {
        return shown(leaf);
    }
    let mut hex = String::new();
    for byte in Sha256::digest(leaf) {
        write!(hex, "{byte:02x}").unwrap();
    }
    format!("@sha256:{hex}:{}", leaf.len())
}

/// Bytes as the corpus writes them.
fn shown(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            if character == '%' || character.is_control() {
                for byte in character.encode_utf8(&mut [0; 4]).bytes() {
                    write!(text, "%{byte:02X}").unwrap();
                }
            } else {
                text.push(character);
            }
        }
        for byte in chunk.invalid() {
            write!(text, "%{byte:02X}").unwrap();
        }
    }
    text
}
