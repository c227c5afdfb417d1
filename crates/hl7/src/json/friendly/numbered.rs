//! A message put together from objects with names.

use std::iter;

use super::names::{Names, Places};
use super::problem::NamedProblem;
use super::{SEGMENT, SEGMENTS, VERSION, charset, encoding, text};
use crate::charset::Charset;
use crate::delimiters::Delimiters;
use crate::dictionary::{Dictionary, SegmentDefinition, TypeDefinition, stating_field};
use crate::json::assembly::{Assembly, is_header};
use crate::json::fault::{Fault, Problem};
use crate::json::node::Node;
use crate::json::place::At;
use crate::json::tree::separators;
use crate::json::{keys, leaf};
use crate::message_buf::MessageBuf;
use crate::value::NULL;
use crate::version::Version;

/// How many places may be left out in one message. Each is a separator there, but no byte of JSON,
/// which could make a great message of a small text otherwise.
const GAPS_MAX: usize = 1 << 24;

/// Reads a message in its friendly form.
pub(super) fn message(whole: At<'_>) -> Result<MessageBuf, Fault> {
    let [version, segments] = whole.values([VERSION, SEGMENTS])?;
    let version = version.ok_or_else(|| whole.fault(Problem::MissingKey(VERSION)))?;
    let segments = segments.ok_or_else(|| whole.fault(Problem::MissingKey(SEGMENTS)))?;
    let dictionary = dictionary(version)?;
    let header = segments.item(0)?;
    let delimiters = delimiters(header, dictionary)?;
    let charset = charset_of(header, dictionary, delimiters)?;

    let mut numbering = Numbering::new(dictionary, delimiters, charset);
    for segment in segments.items()? {
        numbering.segment(segment)?;
        numbering.assembly.bytes.push(b'\r');
    }
    numbering.assembly.into_message(segments)
}

fn dictionary(version: At<'_>) -> Result<Dictionary, Fault> {
    let stated = Version::parse(version.text()?.as_bytes());
    let known = stated.map(Dictionary::of);
    known.ok_or_else(|| version.fault(NamedProblem::Version.into()))
}

/// Those that MSH-1 and MSH-2 declare; those of the standard where they are not given.
fn delimiters(header: At<'_>, dictionary: Dictionary) -> Result<Delimiters, Fault> {
    let object = SegmentObject::of(&header, dictionary)?;
    if !matches!(object.name.node(), Node::Text(name) if name == "MSH") {
        return Err(header.fault(Problem::NoHeader));
    }
    let text = |number, usual| object.fields.get(&number).map_or(Ok(usual), At::text);
    let encoding = text(2, ENCODING_CHARACTERS)?.as_bytes();
    match *text(1, "|")?.as_bytes() {
        [field] => Delimiters::declare(field, encoding)
            .map_err(|error| header.fault(Problem::Header(error.kind()))),
        _ => Err(header.fault(Problem::NoHeader)),
    }
}

/// MSH-2 where it is not given.
const ENCODING_CHARACTERS: &str = r"^~\&";

/// The character set that MSH-18 names.
fn charset_of(
    header: At<'_>,
    dictionary: Dictionary,
    delimiters: Delimiters,
) -> Result<Charset, Fault> {
    let mut numbering = Numbering::new(dictionary, delimiters, Charset::UTF_8);
    numbering.segment(header)?;
    Ok(charset(numbering.assembly.named_charset(header)?))
}

/// An object that is a segment.
struct SegmentObject<'a> {
    name: At<'a>,
    definition: Option<SegmentDefinition>,
    fields: Places<'a>,
}

impl<'a> SegmentObject<'a> {
    fn of(at: &'a At<'a>, dictionary: Dictionary) -> Result<SegmentObject<'a>, Fault> {
        let mut entries = at.entries()?;
        let name = entries.find(|(key, _)| *key == SEGMENT);
        let (_, name) = name.ok_or_else(|| at.fault(Problem::MissingKey(SEGMENT)))?;
        let definition = match name.node() {
            Node::Text(name) => dictionary.segment(name),
            _ => None,
        };
        Ok(SegmentObject {
            name,
            definition,
            fields: Names::Segment(definition).places(at, dictionary)?,
        })
    }

    /// The type of a field: its own, or that which another field states.
    fn type_of(&self, number: u16, dictionary: Dictionary) -> Option<TypeDefinition> {
        let segment = self.definition?;
        let field = segment.field(number)?;
        let Some(stating) = stating_field(segment.id(), field) else {
            return dictionary.data_type(field.data_type());
        };
        match self.fields.get(&stating)?.node() {
            Node::Text(name) => dictionary.data_type(name),
            Node::List(list) => match &list[..] {
                [Node::Text(name)] => dictionary.data_type(name),
                _ => None,
            },
            _ => None,
        }
    }
}

/// A message that is put together, and what says where its parts belong.
struct Numbering {
    assembly: Assembly,
    dictionary: Dictionary,
    /// In which the message will be read. That in which it is written is the assembly's.
    charset: Charset,
    separators: [Option<u8>; 3],
    gaps: usize,
}

impl Numbering {
    fn new(dictionary: Dictionary, delimiters: Delimiters, charset: Charset) -> Numbering {
        Numbering {
            assembly: Assembly::new(delimiters, encoding(charset)),
            dictionary,
            charset,
            separators: separators(delimiters),
            gaps: 0,
        }
    }

    fn segment(&mut self, at: At<'_>) -> Result<(), Fault> {
        let object = SegmentObject::of(&at, self.dictionary)?;
        let start = self.assembly.bytes.len();
        self.unsplit(object.name)?;
        let is_header = is_header(self.assembly.bytes.get(start..));
        let separator = self.assembly.delimiters.field();
        let mut written = 0;
        if start == 0 && !object.fields.contains_key(&2) {
            self.assembly.bytes.push(separator);
            self.assembly.bytes.extend(ENCODING_CHARACTERS.bytes());
            written = 1;
        }
        for (number, field) in &object.fields {
            let before = if is_header {
                number.saturating_sub(1).max(1)
            } else {
                *number
            };
            self.separate(*field, Some(separator), before - written)?;
            written = before;
            match number {
                1 if is_header => self.assembly.check_field_separator(*field)?,
                2 if is_header => self.unsplit(*field)?,
                _ => self.field(*field, object.type_of(*number, self.dictionary))?,
            }
        }
        if self.assembly.bytes.len() == start {
            self.assembly.bytes.push(separator);
        }
        Ok(())
    }

    /// A name, or MSH-2.
    fn unsplit(&mut self, at: At<'_>) -> Result<(), Fault> {
        let bytes = leaf::bytes(&at, self.assembly.charset)?;
        self.assembly.put(at, &bytes, &[])
    }

    fn field(&mut self, at: At<'_>, data_type: Option<TypeDefinition>) -> Result<(), Fault> {
        let [repetition, below @ ..] = self.separators;
        if !matches!(at.node(), Node::List(_)) {
            return self.part(at, data_type, &below);
        }
        for (index, item) in at.items()?.enumerate() {
            if index > 0 {
                self.assembly.bytes.extend(repetition);
            }
            self.part(item, data_type, &below)?;
        }
        Ok(())
    }

    /// A repetition or a part of one, with the separators of the levels below it.
    fn part(
        &mut self,
        at: At<'_>,
        data_type: Option<TypeDefinition>,
        below: &[Option<u8>],
    ) -> Result<(), Fault> {
        match at.node() {
            Node::Null => self.assembly.put(at, NULL, &self.separators),
            Node::Text(text) => {
                let written = text::written(text, self.assembly.delimiters, self.charset);
                let raw =
                    written.map_err(|error| at.fault(NamedProblem::Unwritable(error).into()))?;
                self.assembly.put(at, &raw, &self.separators)
            }
            Node::Object(entries) if entries.iter().any(|(name, _)| name == keys::BYTES) => {
                let raw = leaf::from_hex(&at)?;
                self.assembly.put(at, &raw, &self.separators)
            }
            Node::Object(_) => self.object(at, data_type, below),
            Node::List(_) | Node::Other => Err(at.fault(NamedProblem::NoPart.into())),
        }
    }

    fn object(
        &mut self,
        at: At<'_>,
        data_type: Option<TypeDefinition>,
        below: &[Option<u8>],
    ) -> Result<(), Fault> {
        let Some((separator, below)) = below.split_first() else {
            return Err(at.fault(NamedProblem::TooDeep.into()));
        };
        let mut written = 1;
        for (number, part) in Names::Type(data_type).places(&at, self.dictionary)? {
            self.separate(part, *separator, number - written)?;
            written = number;
            let known = data_type.and_then(|known| known.component(number));
            let data_type = known.and_then(|known| self.dictionary.data_type(known.data_type()));
            self.part(part, data_type, below)?;
        }
        Ok(())
    }

    /// As many separators as lead from one place to the next that is here.
    fn separate(&mut self, at: At<'_>, separator: Option<u8>, count: u16) -> Result<(), Fault> {
        if count == 0 {
            return Ok(());
        }
        let separator = separator.ok_or_else(|| at.fault(Problem::NoSubcomponents))?;
        let count = usize::from(count);
        self.gaps = self.gaps.saturating_add(count - 1);
        if self.gaps > GAPS_MAX {
            return Err(at.fault(NamedProblem::TooManyGaps(GAPS_MAX).into()));
        }
        self.assembly.bytes.extend(iter::repeat_n(separator, count));
        Ok(())
    }
}
