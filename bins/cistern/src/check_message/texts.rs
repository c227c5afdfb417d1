//! What is wrong with the text of a message.

use hl7::{Charset, Leaf, Message, Profile};

use super::escapes::EscapeFault;
use super::remark::Remark;
use crate::ordinals::{Ordinals, leaf_path, numbered};
use crate::segment_name::segment_name;

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
    Some(Remark::note(format!(
        "MSH-18 is empty, and the text is not ASCII: it is taken for {guess}"
    )))
}

fn remarks_in(message: &Message<'_>, charset: Charset) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let mut ordinals = Ordinals::default();
    for segment in message.segments() {
        let Some(name) = segment_name(segment) else {
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
