//! What is wrong with the text of a message.

use hl7::{Charset, Leaf, Message, Profile};

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
        return remarks_in(message, charset);
    }
    match message.to_utf8() {
        Ok(recoded) => remarks_in(&recoded.message(), Charset::UTF_8),
        Err(error) => vec![Remark::error(error.to_string())],
    }
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
    if let Err(error) = charset.decode(leaf.raw()) {
        return Some(Remark::error(format!("{}: {error}", path())));
    }
    let escape = leaf.segment().delimiters().escape()?;
    let is_declaration = segment == "MSH" && leaf.field() <= 2;
    let pieces = leaf.raw().split(|byte| *byte == escape).count();
    if is_declaration || !pieces.is_multiple_of(2) {
        return None;
    }
    let path = path();
    Some(Remark::warning(format!(
        "{path} has an escape character that belongs to no sequence"
    )))
}
