//! A message put together from arrays in arrays.

use super::assembly::{Assembly, is_header};
use super::fault::{Fault, Problem};
use super::line_breaks::LineBreaks;
use super::node::Node;
use super::place::At;
use super::tree::separators;
use super::{charset_by_header, keys, leaf};
use crate::charset::Charset;
use crate::delimiters::Delimiters;
use crate::message_buf::MessageBuf;

/// Reads a message in its faithful form.
pub(super) fn message(whole: At<'_>) -> Result<MessageBuf, Fault> {
    let [before, charset, terminator, others, segments] = whole.values([
        keys::BEFORE,
        keys::CHARSET,
        keys::TERMINATOR,
        keys::TERMINATOR_OF,
        keys::SEGMENTS,
    ])?;
    let segments = segments.ok_or_else(|| whole.fault(Problem::MissingKey(keys::SEGMENTS)))?;
    let count = segments.items()?.count();
    let breaks = LineBreaks::read(before, terminator, others.as_ref(), count)?;
    let header = segments.item(0)?;
    let delimiters = delimiters(header)?;
    let charset = match charset {
        Some(at) => stated_charset(at)?,
        None => charset_of(header, delimiters)?,
    };

    let mut assembly = Assembly::new(delimiters, charset);
    assembly.bytes.extend_from_slice(breaks.before.as_bytes());
    for (index, segment) in segments.items()?.enumerate() {
        assembly.segment(segment)?;
        let terminator = breaks.after(index);
        assembly.bytes.extend_from_slice(terminator.as_bytes());
    }
    assembly.into_message(segments)
}

fn delimiters(header: At<'_>) -> Result<Delimiters, Fault> {
    let no_header = || header.fault(Problem::NoHeader);
    let mut texts = header.items()?.map(|item| item.text().ok());
    let mut next = || texts.next().flatten().ok_or_else(no_header);
    let (name, field, encoding) = (next()?, next()?, next()?);
    match (name, field.as_bytes()) {
        ("MSH", [field]) => Delimiters::declare(*field, encoding.as_bytes())
            .map_err(|error| header.fault(Problem::Header(error.kind()))),
        _ => Err(no_header()),
    }
}

fn stated_charset(at: At<'_>) -> Result<Charset, Fault> {
    let named = Charset::from_label(at.text()?.as_bytes());
    named.map_err(|error| at.fault(Problem::Charset(error.problem())))
}

/// The character set that MSH-18 names.
fn charset_of(header: At<'_>, delimiters: Delimiters) -> Result<Charset, Fault> {
    let mut assembly = Assembly::new(delimiters, Charset::UTF_8);
    assembly.segment(header)?;
    Ok(charset_by_header(assembly.named_charset(header)?))
}

impl Assembly {
    fn segment(&mut self, at: At<'_>) -> Result<(), Fault> {
        let start = self.bytes.len();
        let mut items = at.items()?;
        if let Some(name) = items.next() {
            self.leaf(name, &[])?;
        }
        let is_header = is_header(self.bytes.get(start..));
        let separators = separators(self.delimiters);
        for (number, field) in (1..).zip(items) {
            match number {
                1 if is_header => self.field_separator(field)?,
                2 if is_header => self.leaf(field, &[])?,
                _ => {
                    self.bytes.push(self.delimiters.field());
                    self.part(field, &separators)?;
                }
            }
        }
        if self.bytes.len() == start {
            return Err(at.fault(Problem::EmptySegment));
        }
        Ok(())
    }

    /// MSH-1, which separates itself from MSH-2.
    fn field_separator(&mut self, at: At<'_>) -> Result<(), Fault> {
        self.check_field_separator(at)?;
        self.bytes.push(self.delimiters.field());
        Ok(())
    }

    /// A field or a part of one, with the separators of the levels below it.
    fn part(&mut self, at: At<'_>, below: &[Option<u8>]) -> Result<(), Fault> {
        if !matches!(at.node(), Node::List(_)) {
            return self.leaf(at, &separators(self.delimiters));
        }
        let Some((separator, below)) = below.split_first() else {
            return Err(at.fault(Problem::TooDeep));
        };
        for (index, item) in at.items()?.enumerate() {
            if index > 0 {
                let missing = || at.fault(Problem::NoSubcomponents);
                self.bytes.push(separator.ok_or_else(missing)?);
            }
            self.part(item, below)?;
        }
        Ok(())
    }

    /// What is not split, and must not be once it is read: it has none of the separators.
    fn leaf(&mut self, at: At<'_>, separators: &[Option<u8>]) -> Result<(), Fault> {
        let bytes = leaf::bytes(&at, self.charset)?;
        self.put(at, &bytes, separators)
    }
}
