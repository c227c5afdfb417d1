//! Inputs that nobody sends in good faith: what a byte of one costs must not depend on how many
//! there are.
//!
//! Each is measured at one size and at four times that; the ratio of the costs per byte is 1 where
//! the work is linear, and 4 where it is quadratic. One above 2.5 is a failure.
#![expect(clippy::print_stdout, reason = "the table is the result")]

use std::hint::black_box;
use std::io::BufReader;
use std::process::ExitCode;

use benches::{every_leaf, measuring, medians, segments, ten_fields, wanted};
use hl7::{
    Ack, AckCode, AckStamp, Batch, BatchReader, Charset, Delimiters, Draft, Header, Message,
    Outline, Path, Presence, Segment, Timestamp, escape, path, plain_text, unescape,
};

/// The greatest ratio that still counts as linear: a large input does not stay in the caches in
/// which a small one does, and the machine has moods.
const RATIO_MAX: f64 = 2.5;
const ROUNDS: usize = 9;
const MEGABYTE: usize = 1_000_000;

const HEADER: &[u8] = b"MSH|^~\\&|A|B|C|D|||ACK|1|P|2.5\r";

/// An input of so many units, and what is done with it.
struct Case {
    name: &'static str,
    /// The smaller size.
    units: usize,
    make: fn(usize) -> Vec<u8>,
    operations: &'static [Operation],
}

/// One thing that is done with an input, by its name. It answers how much it found.
type Operation = (&'static str, fn(&[u8]) -> usize);

const READING: &[Operation] = &[
    ("parse", segments),
    ("ten fields", ten_fields),
    ("every leaf", every_leaf),
    ("text of every field", every_text),
    ("segment groups", groups),
    ("redelimit", redelimited),
];

const CASES: &[Case] = &[
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

fn main() -> ExitCode {
    let rounds = if measuring() { ROUNDS } else { 1 };
    let mut worst: f64 = 0.0;
    for case in CASES
        .iter()
        .filter(|case| wanted(&format!("hostile/{}", case.name)))
    {
        println!("\n{}", case.name);
        let quarter = if measuring() { case.units } else { 100 };
        let [small, large] = [quarter, quarter * 4].map(case.make);
        for (name, operation) in case.operations {
            let times = medians([&|| operation(&small), &|| operation(&large)], rounds);
            let [of_small, of_large] = times;
            let (of_small, of_large) = (cost(of_small, &small), cost(of_large, &large));
            let ratio = of_large / of_small;
            println!(
                "  {name:20} {of_small:9.3} ns a byte of {:9}, {of_large:9.3} of {:9}: {ratio:5.2}",
                small.len(),
                large.len()
            );
            worst = worst.max(ratio);
        }
    }
    println!("\nworst ratio {worst:.2}, at most {RATIO_MAX}");
    if measuring() && worst > RATIO_MAX {
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// Nanoseconds a byte.
#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn cost(seconds: f64, input: &[u8]) -> f64 {
    seconds * 1e9 / input.len() as f64
}

fn in_field(content: &[u8]) -> Vec<u8> {
    [HEADER, b"ZZZ|", content].concat()
}

fn read(bytes: &[u8], question: impl FnOnce(&Message<'_>) -> usize) -> usize {
    Message::parse(black_box(bytes)).map_or(0, |message| question(&message))
}

fn every_text(bytes: &[u8]) -> usize {
    read(bytes, |message| {
        let mut length = 0;
        for field in message.segments().flat_map(Segment::fields) {
            if let Presence::Value(value) = field.presence() {
                length += value.decode(Charset::UNSTATED).map_or(0, |text| text.len());
            }
        }
        length
    })
}

fn groups(bytes: &[u8]) -> usize {
    read(bytes, |message| {
        let outline = Outline::of(message);
        let segments = message.segments();
        segments
            .map(|segment| {
                outline.under(segment, "NTE").len() + outline.in_scope(segment, "PID").len()
            })
            .sum()
    })
}

fn redelimited(bytes: &[u8]) -> usize {
    read(bytes, |message| {
        let mut draft = Draft::of(message);
        let others = "!*@+-".parse();
        let done = others.map(|delimiters| draft.redelimit(delimiters));
        draft.to_bytes().len() + usize::from(matches!(done, Ok(Ok(()))))
    })
}

fn answered(bytes: &[u8]) -> usize {
    let stamp = AckStamp {
        now: Timestamp::from_unix_millis(0),
        control_id: "1",
        sending_application: None,
        sending_facility: None,
    };
    let ack = Ack::new(AckCode::ApplicationAccept);
    Header::parse(black_box(bytes)).map_or(0, |header| ack.answer(&header, &stamp).len())
}

/// The path of the last piece but one of the cases with 65,000 of them.
fn near_end(bytes: &[u8], before: &str, after: &str) -> Option<Path> {
    let number = (bytes.len() - HEADER.len() - "ZZZ".len()) / 2;
    Path::parse(&format!("{before}{number}{after}")).ok()
}

fn get(bytes: &[u8], before: &str, after: &str) -> usize {
    near_end(bytes, before, after).map_or(0, |path| found(bytes, &path))
}

fn set(bytes: &[u8], before: &str, after: &str) -> usize {
    near_end(bytes, before, after).map_or(0, |path| changed(bytes, &path))
}

fn found(bytes: &[u8], path: &Path) -> usize {
    read(bytes, |message| {
        message
            .get(path)
            .value()
            .map_or(0, |value| value.raw().len())
    })
}

fn found_all(bytes: &[u8], path: &Path) -> usize {
    read(bytes, |message| message.get_all(path).count())
}

fn changed(bytes: &[u8], path: &Path) -> usize {
    read(bytes, |message| {
        let mut draft = Draft::of(message);
        draft
            .set(path, "changed")
            .map_or(0, |()| draft.to_bytes().len())
    })
}

fn appended(bytes: &[u8]) -> usize {
    read(bytes, |message| {
        let mut draft = Draft::of(message);
        draft
            .append(&path!("ZZZ-1"), "more")
            .map_or(0, |()| draft.to_bytes().len())
    })
}

/// As many segments as there are lines in the input.
fn added(lines: &[u8]) -> usize {
    let mut draft = Draft::new(Delimiters::default());
    let segments = lines
        .split(|byte| *byte == b'\r')
        .filter(|line| !line.is_empty());
    let done = segments.filter(|segment| draft.add(segment).is_ok());
    done.count()
}

fn as_text(bytes: &[u8], write: impl FnOnce(&str) -> usize) -> usize {
    str::from_utf8(black_box(bytes)).map_or(0, write)
}

fn decoded(bytes: &[u8], label: &[u8]) -> usize {
    let Ok(charset) = Charset::from_label(label) else {
        return 0;
    };
    charset
        .decode(black_box(bytes))
        .map_or(0, |text| text.len())
}
