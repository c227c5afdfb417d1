//! The inputs, and what is done with each.

use std::hint::black_box;
use std::io::BufReader;

use benches::{every_leaf, segments, ten_fields};
use hl7::{Batch, BatchReader, Charset, Delimiters, escape, path, plain_text, unescape};

use crate::operations::{
    added, answered, appended, as_text, changed, decoded, every_text, found, found_all, get,
    groups, redelimited, set,
};

const MEGABYTE: usize = 1_000_000;

pub(crate) const HEADER: &[u8] = b"MSH|^~\\&|A|B|C|D|||ACK|1|P|2.5\r";

/// An input of so many units, and what is done with it.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// The smaller size.
    pub(crate) units: usize,
    pub(crate) make: fn(usize) -> Vec<u8>,
    pub(crate) operations: &'static [Operation],
}

/// One thing that is done with an input, by its name. It answers how much it found.
pub(crate) type Operation = (&'static str, fn(&[u8]) -> usize);

const READING: &[Operation] = &[
    ("parse", segments),
    ("ten fields", ten_fields),
    ("every leaf", every_leaf),
    ("text of every field", every_text),
    ("segment groups", groups),
    ("redelimit", redelimited),
];

pub(crate) const CASES: &[Case] = &[
    Case {
        name: "delimiters only",
        units: MEGABYTE / 2,
        make: |units| in_field(&b"|^~&".repeat(units)),
        operations: READING,
    },
    Case {
        name: "one field of 10 MB",
        units: MEGABYTE * 5 / 2,
        make: |units| in_field(&b"x".repeat(units)),
        operations: READING,
    },
    Case {
        name: "1 million segments",
        units: MEGABYTE / 4,
        make: |units| [HEADER, &b"NTE|1\r".repeat(units)].concat(),
        operations: READING,
    },
    Case {
        name: "1 million patients",
        units: MEGABYTE / 4,
        make: |units| [HEADER, &b"PID|\r".repeat(units)].concat(),
        operations: READING,
    },
    Case {
        name: "line breaks only",
        units: MEGABYTE,
        make: |units| [HEADER, &b"\r\n".repeat(units)].concat(),
        operations: READING,
    },
    Case {
        name: "repetitions of all levels",
        units: MEGABYTE / 8,
        make: |units| in_field(&b"a&b^c&d^~".repeat(units)),
        operations: READING,
    },
    Case {
        name: "1 MB of MSH-10",
        units: MEGABYTE / 4,
        make: |units| {
            [
                b"MSH|^~\\&|||||||ACK|",
                &b"7".repeat(units)[..],
                b"|P|2.5\r",
            ]
            .concat()
        },
        operations: HEADER_READING,
    },
    Case {
        name: "1 MB of MSH-18",
        units: MEGABYTE / 4,
        make: |units| {
            [
                b"MSH|^~\\&|||||||ACK|1|P|2.5||||||",
                &b"8".repeat(units)[..],
            ]
            .concat()
        },
        operations: HEADER_READING,
    },
    Case {
        name: "repetitions of MSH-18",
        units: MEGABYTE / 8,
        make: |units| {
            [
                b"MSH|^~\\&|||||||ACK|1|P|2.5||||||",
                &b"~UTF8".repeat(units)[..],
            ]
            .concat()
        },
        operations: HEADER_READING,
    },
    Case {
        name: "escapes only",
        units: MEGABYTE / 2,
        make: |units| in_field(&b"\\E\\".repeat(units)),
        operations: READING,
    },
    Case {
        name: "escape characters only",
        units: MEGABYTE,
        make: |units| in_field(&b"\\".repeat(units)),
        operations: READING,
    },
    Case {
        name: "bytes of no text",
        units: MEGABYTE,
        make: |units| in_field(&b"\xFF\xC3".repeat(units)),
        operations: READING,
    },
    Case {
        name: "65,000 fields",
        units: 16_000,
        make: |units| [HEADER, b"ZZZ", &b"|a".repeat(units)].concat(),
        operations: &[
            ("get the last", |bytes| get(bytes, "ZZZ-", "")),
            ("set the last", |bytes| set(bytes, "ZZZ-", "")),
        ],
    },
    Case {
        name: "65,000 repetitions",
        units: 16_000,
        make: |units| [HEADER, b"ZZZ|", &b"~a".repeat(units)].concat(),
        operations: &[
            ("get the last", |bytes| get(bytes, "ZZZ-1[", "]")),
            ("set the last", |bytes| set(bytes, "ZZZ-1[", "]")),
            ("get by condition", |bytes| {
                found(bytes, &path!("ZZZ-1[2=b].1"))
            }),
            ("get all", |bytes| found_all(bytes, &path!("ZZZ-1[*].1"))),
            ("set all", |bytes| changed(bytes, &path!("ZZZ-1[*].2"))),
            ("append", appended),
        ],
    },
    Case {
        name: "65,000 components",
        units: 16_000,
        make: |units| [HEADER, b"ZZZ|", &b"^a".repeat(units)].concat(),
        operations: &[
            ("get the last", |bytes| get(bytes, "ZZZ-1.", "")),
            ("set the last", |bytes| set(bytes, "ZZZ-1.", "")),
        ],
    },
    Case {
        name: "the last of 1 million segments",
        units: MEGABYTE / 4,
        make: |units| [HEADER, &b"NTE|1\r".repeat(units), b"PID|1\r"].concat(),
        operations: &[
            ("get", |bytes| found(bytes, &path!("PID-1"))),
            ("set", |bytes| changed(bytes, &path!("PID-1"))),
        ],
    },
    Case {
        name: "segments added one by one",
        units: MEGABYTE / 8,
        make: |units| b"NTE|1\r".repeat(units),
        operations: &[("add", added)],
    },
    Case {
        name: "1 million tiny messages",
        units: MEGABYTE / 4,
        make: |units| b"MSH|^~\\&|\r".repeat(units),
        operations: BATCHES,
    },
    Case {
        name: "1 million lines of no message",
        units: MEGABYTE / 4,
        make: |units| b"\rstray".repeat(units),
        operations: BATCHES,
    },
    Case {
        name: "1 million batches",
        units: MEGABYTE / 4,
        make: |units| b"BHS|\rBTS|0\r".repeat(units),
        operations: BATCHES,
    },
    Case {
        name: "10 MB of \\E\\",
        units: MEGABYTE * 5 / 6,
        make: |units| b"\\E\\".repeat(units),
        operations: TEXT,
    },
    Case {
        name: "10 MB of \\",
        units: MEGABYTE * 5 / 2,
        make: |units| b"\\".repeat(units),
        operations: TEXT,
    },
    Case {
        name: "sequences that do not end",
        units: MEGABYTE / 2,
        make: |units| b"\\XAAAA".repeat(units),
        operations: TEXT,
    },
    Case {
        name: "one sequence of 10 MB",
        units: MEGABYTE * 5 / 4,
        make: |units| [b"\\X", &b"41".repeat(units)[..], b"\\"].concat(),
        operations: TEXT,
    },
    Case {
        name: "99 lines each",
        units: MEGABYTE / 16,
        make: |units| b"\\.sp99\\".repeat(units),
        operations: TEXT,
    },
    Case {
        name: "switches of the character set",
        units: MEGABYTE / 4,
        make: |units| b"\x1B$B0!\x1B(B".repeat(units),
        operations: &[("decode", |bytes| decoded(bytes, b"ISO IR87"))],
    },
];

const HEADER_READING: &[Operation] = &[
    ("parse", segments),
    ("every leaf", every_leaf),
    ("redelimit", redelimited),
    ("answer", answered),
];

const BATCHES: &[Operation] = &[
    ("whole", |file| Batch::new(black_box(file)).count()),
    ("in pieces", |file| {
        BatchReader::new(BufReader::with_capacity(4096, black_box(file)), file.len()).count()
    }),
];

const TEXT: &[Operation] = &[
    ("unescape", |bytes| {
        as_text(bytes, |text| {
            unescape(text, &Delimiters::default(), Charset::UTF_8).len()
        })
    }),
    ("plain text", |bytes| {
        as_text(bytes, |text| {
            plain_text(text, &Delimiters::default(), Charset::UTF_8).len()
        })
    }),
    ("escape", |bytes| {
        as_text(bytes, |text| escape(text, &Delimiters::default()).len())
    }),
];

fn in_field(content: &[u8]) -> Vec<u8> {
    [HEADER, b"ZZZ|", content].concat()
}
