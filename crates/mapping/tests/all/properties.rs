//! No bytes stop the mapping.

use cistern_mapping::{Codes, Mapped, Mapping};
use hl7::Message;
use proptest::prelude::*;
use std::sync::LazyLock;

use crate::render;

static MAPPING: LazyLock<Mapping> = LazyLock::new(Mapping::starter);
static CODES: LazyLock<Codes> = LazyLock::new(Codes::starter);

/// Segments that the starter mappings read, filled with delimiters and scraps of values.
fn segments() -> impl Strategy<Value = Vec<u8>> {
    let names = prop::sample::select(vec!["PID", "PV1", "ORC", "OBR", "OBX", "NTE", "SPM", "ZXX"]);
    let scraps = prop::sample::select(vec![
        &b"|"[..],
        b"||",
        b"^",
        b"~",
        b"&",
        b"\\",
        b"\"\"",
        b"NM",
        b"SN",
        b"ST",
        b"CE",
        b"TX",
        b"<",
        b"20",
        b"20447-9",
        b"LN",
        b"24467-3",
        b"L",
        b"F",
        b"X",
        b"20260229",
        b"19940714",
        b"\xff",
        b"\xc3\xa9",
        b"\\X0D\\",
        b"\\.br\\",
        b" ",
    ]);
    let segment = (names, prop::collection::vec(scraps, 0..40));
    prop::collection::vec(segment, 0..12).prop_map(|segments| {
        let mut bytes = Vec::new();
        for (name, scraps) in segments {
            bytes.extend(name.bytes());
            bytes.push(b'|');
            bytes.extend(scraps.concat());
            bytes.push(b'\r');
        }
        bytes
    })
}

fn header(code: &str, charset: &str) -> Vec<u8> {
    format!("MSH|^~\\&|LAB|QUEST|CISTERN|HARBOR|20260401||{code}|1|P|2.5.1||||||{charset}\r").into()
}

proptest! {
    #[test]
    fn whatever_follows_the_header_gives_an_import(
        code in prop::sample::select(vec!["ADT^A08", "ORU^R01"]),
        charset in prop::sample::select(vec!["", "8859/1", "UNICODE UTF-8", "44"]),
        rest in prop_oneof![segments(), prop::collection::vec(any::<u8>(), 0..400)],
    ) {
        let bytes = [header(code, charset), rest].concat();
        let message = Message::parse(&bytes).unwrap();
        let Mapped::Import(import) = MAPPING.apply(&message, &render::setting(&CODES)) else {
            panic!("messages of this type are wanted");
        };
        // What is written is text of the message: never a replacement character of ours.
        for change in &import.changes {
            let replaced = render::record(change).contains('\u{fffd}');
            prop_assert!(!replaced);
        }
        // Each record once.
        let mut keys: Vec<_> =
            import.changes.iter().map(|c| (c.record.name, c.source_key.as_str())).collect();
        let count = keys.len();
        keys.sort_unstable();
        keys.dedup();
        prop_assert_eq!(keys.len(), count);
    }

    #[test]
    fn any_bytes_that_parse_can_be_mapped(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let bytes = [&b"MSH|^~\\&|"[..], &bytes].concat();
        if let Ok(message) = Message::parse(&bytes) {
            MAPPING.apply(&message, &render::setting(&CODES));
        }
    }
}
