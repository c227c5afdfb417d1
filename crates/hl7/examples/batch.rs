//! Walks through a batch file, or a stream of messages, of any length:
//! `cat testdata/messages/*.hl7 | cargo run --example batch`.

use std::error::Error;
use std::io::{self, Write};

use cistern_hl7::{BatchItem, BatchReader, CountCheck, MessageBuf};

const MAX_MESSAGE_BYTES: usize = 16 * 1024 * 1024;

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = io::stdout().lock();
    for item in BatchReader::new(io::stdin().lock(), MAX_MESSAGE_BYTES) {
        match item? {
            BatchItem::Message(bytes) => writeln!(out, "{}", line(&MessageBuf::parse(bytes)?))?,
            BatchItem::BatchTrailer(_, count) => told(&mut out, "messages", count)?,
            BatchItem::FileTrailer(_, count) => told(&mut out, "batches", count)?,
            BatchItem::BatchUnclosed { .. } => writeln!(out, "a batch without its end")?,
            BatchItem::FileUnclosed { .. } => writeln!(out, "a file without its end")?,
            BatchItem::Stray(bytes) => writeln!(out, "{} bytes of no message", bytes.len())?,
            _ => {}
        }
    }
    Ok(())
}

/// A message in one line: what it is, and how long.
fn line(message: &MessageBuf) -> String {
    let message = message.message();
    let header = message.header();
    format!(
        "{}^{} {}: {} segments",
        header.message_code().escape_ascii(),
        header.trigger_event().escape_ascii(),
        header.control_id().escape_ascii(),
        message.segments().len()
    )
}

/// Where the counts differ, a part may have been lost on the way.
fn told(out: &mut impl Write, what: &str, count: CountCheck) -> io::Result<()> {
    match count {
        CountCheck::Agrees { found } | CountCheck::Unstated { found } => {
            writeln!(out, "{found} {what}")
        }
        CountCheck::Differs { stated, found } => {
            writeln!(out, "{found} {what}, but {stated} were announced")
        }
        CountCheck::Unreadable { found } => {
            writeln!(out, "{found} {what}, and a count that is none")
        }
    }
}
