//! Batch files: the envelope, its counts, and files that are read piece by piece.
#![cfg(test)]

use std::io::{self, BufRead, BufReader, Cursor, Read};

use allocation_counter::measure;
use bytes::Bytes;
use cistern_hl7::{Batch, BatchError, BatchItem, BatchReader, Field, MessageBuf};

/// A file as one line per item: what it is, its bytes, and for the envelope field 3 or the count.
fn shown(file: &[u8]) -> Vec<String> {
    Batch::new(file).map(|item| line(&item)).collect()
}

fn line(item: &BatchItem<&[u8]>) -> String {
    let text = |raw: &[u8]| String::from_utf8(raw.to_vec()).unwrap();
    match item {
        BatchItem::FileHeader(header) | BatchItem::BatchHeader(header) => {
            let sender = header.segment().field(3).map_or(&b"-"[..], Field::raw);
            format!("{} of {}", text(header.segment().name()), text(sender))
        }
        BatchItem::Message(raw) => format!("{:?}", text(raw)),
        BatchItem::BatchTrailer(trailer, count) | BatchItem::FileTrailer(trailer, count) => {
            format!("{} {count:?}", text(trailer.segment().raw()))
        }
        BatchItem::BatchUnclosed { .. } | BatchItem::FileUnclosed { .. } => format!("{item:?}"),
        BatchItem::Stray(raw) => format!("stray {:?}", text(raw)),
        _ => unreachable!("no other items"),
    }
}

#[test]
fn a_whole_file() {
    let file = b"\xEF\xBB\xBFFHS|^~\\&|LAB\r\nBHS|^~\\&|A\r\nMSH|^~\\&|1\r\nPID|1\r\n\r\nMSH|^~\\&|2\r\nBTS|2|ok\r\n\
        BHS#^~\\&#B\rBTS#00\rFTS| 2 |\r";
    let expected = [
        "FHS of LAB",
        "BHS of A",
        "\"MSH|^~\\\\&|1\\r\\nPID|1\\r\\n\\r\\n\"",
        "\"MSH|^~\\\\&|2\\r\\n\"",
        "BTS|2|ok Agrees { found: 2 }",
        "BHS of B",
        "BTS#00 Agrees { found: 0 }",
        "FTS| 2 | Agrees { found: 2 }",
    ];
    assert_eq!(shown(file), expected);
}

#[test]
fn counts_are_checked() {
    let cases = [
        (
            "BHS|^~\\&\rMSH|\rMSH|\rBTS|3\r",
            "BTS|3 Differs { stated: 3, found: 2 }",
        ),
        ("BHS|^~\\&\rMSH|\rBTS\r", "BTS Unstated { found: 1 }"),
        ("BHS|^~\\&\rMSH|\rBTS|\r", "BTS| Unstated { found: 1 }"),
        (
            "BHS|^~\\&\rMSH|\rBTS|\"\"\r",
            "BTS|\"\" Unstated { found: 1 }",
        ),
        (
            "BHS|^~\\&\rMSH|\rBTS|one\r",
            "BTS|one Unreadable { found: 1 }",
        ),
        (
            "BHS|^~\\&\rMSH|\rBTS|-1\r",
            "BTS|-1 Unreadable { found: 1 }",
        ),
        ("MSH|\rMSH|\rBTS|2\r", "BTS|2 Agrees { found: 2 }"),
        ("BTS|0\r", "BTS|0 Agrees { found: 0 }"),
        (
            "BHS|^~\\&\rMSH|\rBHS|^~\\&\rMSH|\rBTS|1\r",
            "BTS|1 Agrees { found: 1 }",
        ),
        (
            "FHS|^~\\&\rMSH|\rMSH|\rFTS|1\r",
            "FTS|1 Agrees { found: 1 }",
        ),
        ("FHS|^~\\&\rFTS|0\r", "FTS|0 Agrees { found: 0 }"),
        (
            "FHS|^~\\&\rBHS\rBTS\rMSH|\rFTS|1\r",
            "FTS|1 Differs { stated: 1, found: 2 }",
        ),
        (
            "FHS|^~\\&\rBHS\rFHS|^~\\&\rBHS\rFTS|1\r",
            "FTS|1 Agrees { found: 1 }",
        ),
        ("BHS\rFTS|1\rBHS\rFTS|1\r", "FTS|1 Agrees { found: 1 }"),
    ];
    for (file, trailer) in cases {
        assert_eq!(shown(file.as_bytes()).last().unwrap(), trailer, "{file}");
    }
}

#[test]
fn delimiters_of_the_envelope() {
    let file = b"FHS#*~\\&#A*B\rBHS\rBTS#0\rBHS!^^^!C\rBTS#0#x\rFTS#2\rBTS|1";
    let expected = [
        "FHS of A*B",
        "BHS of -",
        "BTS#0 Agrees { found: 0 }",
        "BHS!^^^!C of -",
        "BTS#0#x Agrees { found: 0 }",
        "FTS#2 Agrees { found: 2 }",
        "BTS|1 Differs { stated: 1, found: 0 }",
    ];
    assert_eq!(shown(file), expected);
    let Some(BatchItem::FileHeader(header)) = Batch::new(file).next() else {
        panic!("a file header")
    };
    let sender = header.segment().field(3).unwrap().repetition(1).unwrap();
    assert_eq!(sender.component(2).unwrap().raw(), b"B");
}

#[test]
fn a_stream_needs_no_envelope() {
    let file = b"\n\nMSH|^~\\&|1\nMSHX\nMSH|^~\\&|2";
    assert_eq!(
        shown(file),
        ["\"MSH|^~\\\\&|1\\nMSHX\\n\"", "\"MSH|^~\\\\&|2\""]
    );
    assert_eq!(shown(b""), [""; 0]);
    assert_eq!(shown(b"\r\n\r\n"), [""; 0]);
}

#[test]
fn a_name_within_a_note_begins_nothing() {
    let notes = [
        "BHS (Behavioral Health)",
        "BTS 3",
        "MSH is fine",
        "MSH[1]",
        "FHS\"\"",
        "FTSé",
        "MSHé",
        "MSH-9 is wrong",
        "MSH: no answer",
        "MSH(9)",
        "MSH^9^1",
        "MSH.",
        "MSH...",
        "BHS, BTS",
        "BTS. done",
        "BTS#1",
        "FTS-1 is 3",
    ];
    for note in notes {
        let file = format!("MSH|^~\\&|1\rOBX|1|TX|||Seen in\n{note}\rOBX|2\rBTS\rFTS\r");
        let (message, _) = file.split_once("BTS\rFTS").unwrap();
        let expected = [
            format!("{message:?}"),
            "BTS Unstated { found: 1 }".to_owned(),
            "FTS Unstated { found: 1 }".to_owned(),
        ];
        assert_eq!(shown(file.as_bytes()), expected, "{note}");
    }
    assert_eq!(
        shown(b"MSH$@~\\&|LAB\rPID|1\r"),
        ["\"MSH$@~\\\\&|LAB\\rPID|1\\r\""]
    );
    assert_eq!(
        shown(b"MSH#^\rBTS#1"),
        ["\"MSH#^\\r\"", "BTS#1 Unstated { found: 1 }"]
    );
}

#[test]
fn what_reads_as_a_header_begins_a_message() {
    let headers = [
        "MSH(^~\\&(LAB(",
        "MSH[^~\\&[",
        "MSH#*@",
        "MSH-^~\\\\&-LAB",
        "MSH|^~\\&#",
        "MSH",
        "MSH|",
        "MSH|LAB",
        "MSH!^^^!LAB",
        "MSH^~\\&|LAB",
    ];
    let file = headers.join("\r\n") + "\r";
    let messages: Vec<&[u8]> = cistern_hl7::split_messages(file.as_bytes()).collect();
    let lines: Vec<&[u8]> = messages
        .iter()
        .map(|message| message.trim_ascii_end())
        .collect();
    assert_eq!(lines, headers.map(str::as_bytes));
}

#[test]
fn a_file_that_was_appended_begins_with_its_mark() {
    let file = b"\xEF\xBB\xBFMSH|^~\\&|1\r\xEF\xBB\xBFMSH|^~\\&|2\r\xEF\xBB\xBFFHS|^~\\&|LAB\r\
        \xEF\xBB\xBFBHS|^~\\&|A\rMSH|^~\\&|3\r\xEF\xBB\xBFNTE\rBTS|1\rFTS|1\r";
    let expected = [
        "\"MSH|^~\\\\&|1\\r\"",
        "\"MSH|^~\\\\&|2\\r\"",
        "FHS of LAB",
        "BHS of A",
        "\"MSH|^~\\\\&|3\\r\\u{feff}NTE\\r\"",
        "BTS|1 Agrees { found: 1 }",
        "FTS|1 Agrees { found: 1 }",
    ];
    assert_eq!(shown(file), expected);
}

#[test]
fn a_trailer_that_does_not_come_is_missed() {
    for (file, expected) in [
        (
            "BHS|^~\\&\rMSH|\rMSH|\r",
            &["BatchUnclosed(2 messages)"][..],
        ),
        ("BHS|^~\\&\r\r", &["BatchUnclosed(0 messages)"]),
        ("FHS|^~\\&\rMSH|\r", &["FileUnclosed(1 batches)"]),
        (
            "FHS|^~\\&\rBHS\rMSH|\rBHS\rBTS\rBHS\rFTS\rBHS\rFHS\rBHS\r",
            &[
                "BatchUnclosed(1 messages)",
                "BatchUnclosed(0 messages)",
                "BatchUnclosed(0 messages)",
                "BatchUnclosed(0 messages)",
                "FileUnclosed(1 batches)",
            ],
        ),
        (
            "FHS|^~\\&\rBHS\rMSH|\rFHS|^~\\&\rFTS\r",
            &["BatchUnclosed(1 messages)", "FileUnclosed(1 batches)"],
        ),
        ("MSH|\rBTS\rMSH|\rFTS\rMSH|\r", &[]),
    ] {
        let shown = shown(file.as_bytes());
        let unclosed: Vec<&String> = shown
            .iter()
            .filter(|line| line.contains("Unclosed"))
            .collect();
        assert_eq!(unclosed, expected, "{file}");
    }
    assert_eq!(
        shown(b"BHS|^~\\&\rMSH|\rFTS|1"),
        [
            "BHS of -",
            "\"MSH|\\r\"",
            "BatchUnclosed(1 messages)",
            "FTS|1 Agrees { found: 1 }",
        ]
    );
}

#[test]
fn lines_that_belong_to_nothing_are_shown() {
    let file = b"PID|1\rNTE\r\rBHS|^~\\&\rPID|2\rMSH|^~\\&\rBTS|1\r\nOBX\n\nFTS";
    let expected = [
        "stray \"PID|1\\rNTE\"",
        "BHS of -",
        "stray \"PID|2\"",
        "\"MSH|^~\\\\&\\r\"",
        "BTS|1 Agrees { found: 1 }",
        "stray \"\\nOBX\"",
        "FTS Unstated { found: 1 }",
    ];
    assert_eq!(shown(file), expected);
}

#[test]
fn a_message_that_is_read_owns_its_bytes() {
    let file = Cursor::new(b"MSH|^~\\&|LAB\rPID|1\rMSH|^~\\&|EHR\r");
    let senders: Vec<Vec<u8>> = BatchReader::new(file, 100)
        .map(|item| match item.unwrap() {
            BatchItem::Message(bytes) => {
                let message = MessageBuf::parse(bytes).unwrap();
                message.message().header().sending_application().to_vec()
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(senders, [b"LAB", b"EHR"]);
}

#[test]
fn a_message_above_the_limit_is_refused_with_its_place() {
    let file = b"FHS|^~\\&\r\nMSH|^~\\&|1\rPID|1\rMSH|^~\\&|22\rMSH|^~\\&|3\r";
    let read = |limit| {
        BatchReader::new(&file[..], limit)
            .map(|item| {
                item.map(|item| format!("{item:?}"))
                    .map_err(|error| error.to_string())
            })
            .collect::<Vec<_>>()
    };
    let whole = [
        "FileHeader(EnvelopeSegment(8 bytes))",
        "Message(17 bytes)",
        "Message(12 bytes)",
        "Message(11 bytes)",
        "FileUnclosed(1 batches)",
    ];
    assert_eq!(read(17), whole.map(|item| Ok(item.to_owned())));
    let error = "what starts at byte 10 is longer than 16 bytes";
    assert_eq!(read(16), [Ok(whole[0].to_owned()), Err(error.to_owned())]);
    let error = "what starts at byte 0 is longer than 5 bytes";
    assert_eq!(read(5), [Err(error.to_owned())]);
    assert_eq!(read(usize::MAX).len(), 5);
    assert_eq!(read(0).len(), 1);
}

/// Fails after some bytes.
struct Broken<'a>(&'a [u8]);

impl Read for Broken<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer) {
            Ok(0) => Err(io::ErrorKind::ConnectionReset.into()),
            read => read,
        }
    }
}

#[test]
fn a_reader_that_fails_ends_the_file() {
    let reader = BufReader::new(Broken(b"MSH|^~\\&|1\rMSH|^~\\&|2\rPID|"));
    let mut items = BatchReader::new(reader, 100);
    let first = items.next().unwrap().unwrap();
    assert_eq!(
        first,
        BatchItem::Message(Bytes::from_static(b"MSH|^~\\&|1\r"))
    );
    match items.next() {
        Some(Err(BatchError::Read { offset, source })) => {
            assert_eq!(
                (offset, source.kind()),
                (26, io::ErrorKind::ConnectionReset)
            );
        }
        other => panic!("{other:?}"),
    }
    assert!(items.next().is_none());
}

/// A file that never ends, or seems so.
fn endless(line: &'static [u8], bytes: u64) -> impl BufRead {
    struct Lines(&'static [u8], usize);
    impl Read for Lines {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            for byte in &mut *buffer {
                *byte = self.0[self.1];
                self.1 = (self.1 + 1) % self.0.len();
            }
            Ok(buffer.len())
        }
    }
    BufReader::with_capacity(512, Lines(line, 0).take(bytes))
}

#[test]
fn never_more_than_one_message_is_in_memory() {
    const MESSAGE: &[u8] = b"MSH|^~\\&|LAB\rPID|1||4711\rOBX|1|ST|||fine\r";
    let mut messages = 0;
    let counted = measure(|| {
        let file = endless(MESSAGE, 100_000 * MESSAGE.len() as u64);
        messages = BatchReader::new(file, 1000).map(Result::unwrap).count();
    });
    assert_eq!(messages, 100_000);
    assert!(counted.bytes_max < 1024, "{}", counted.bytes_max);

    let counted = measure(|| {
        let file = endless(b"MSH|^~\\&|LAB followed by no line break ", u64::MAX);
        let error = BatchReader::new(file, 100_000).next().unwrap().unwrap_err();
        assert!(matches!(error, BatchError::TooLong { offset: 0, .. }));
    });
    assert!(counted.bytes_max < 400_000, "{}", counted.bytes_max);
}
