//! What is wrong with the text of a message.

use hl7::{Charset, Leaf, Message, Profile};

use super::escapes::EscapeFault;
use super::remark::Remark;
use crate::ordinals::{Ordinals, leaf_path, numbered};

/// At most as many as a profile finds.
pub(super) fn remarks(message: &Message<'_>) -> Vec<Remark> {
    let charset = match message.charset() {
        Ok(charset) => charset,
        Err(error) => return vec![Remark::error(error.to_string())],
    };
    if !message.needs_recoding() {
        let mut remarks = Vec::from_iter(guess(message, charset));
        remarks.extend(remarks_in(message, charset));
        return remarks;
    }
    match message.to_utf8() {
        Ok(recoded) => remarks_in(&recoded.message(), Charset::UTF_8),
        Err(error) => vec![Remark::error(error.to_string())],
    }
}

/// How text is read of which nobody said how it is written.
fn guess(message: &Message<'_>, charset: Charset) -> Option<Remark> {
    let bytes = message.as_bytes();
    if charset != Charset::UNSTATED || bytes.is_ascii() {
        return None;
    }
    let guess = Charset::guess(bytes);
    let empty = match alternate(message) {
        Some(number) => format!("MSH-18[1] is empty, before MSH-18[{number}]"),
        None => "MSH-18 is empty".to_owned(),
    };
    Some(Remark::note(format!(
        "{empty}, and the text is not ASCII: it is taken for {guess}"
    )))
}

/// The first repetition of MSH-18 that names a set.
fn alternate(message: &Message<'_>) -> Option<usize> {
    let sets = message.segment("MSH")?.field(18)?;
    let mut numbered = (1..).zip(sets.repetitions());
    numbered.find_map(|(number, set)| (!set.raw().is_empty()).then_some(number))
}

fn remarks_in(message: &Message<'_>, charset: Charset) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let mut ordinals = Ordinals::default();
    for segment in message.segments() {
        let Some(name) = segment.proper_name() else {
            continue;
        };
        let name = numbered(name, ordinals.next(segment.name()));
        remarks.extend(
            segment
                .leaves()
                .filter_map(|leaf| remark(&name, leaf, charset)),
        );
        remarks.truncate(Profile::FINDINGS_MAX);
    }
    remarks
}

fn remark(segment: &str, leaf: Leaf<'_>, charset: Charset) -> Option<Remark> {
    let path = || leaf_path(segment, leaf);
    let text = match charset.decode(leaf.raw()) {
        Ok(text) => text,
        Err(error) => return Some(Remark::error(format!("{}: {error}", path()))),
    };
    let escape = leaf.segment().delimiters().escape()?;
    let is_declaration = segment == "MSH" && leaf.field() <= 2;
    if is_declaration || !leaf.raw().contains(&escape) {
        return None;
    }
    let fault = EscapeFault::of(&text, char::from(escape), charset)?;
    let (path, sentence) = (path(), fault.sentence());
    Some(Remark::warning(format!("{path} {sentence}")))
}
