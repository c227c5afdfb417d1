//! The header segment, MSH: who sends what to whom, and how to answer.

use std::borrow::Cow;
use std::fmt;
use std::str;

use nom::bytes::complete::{tag, take_till, take_while};
use nom::combinator::{opt, verify};
use nom::number::complete::u8 as any_byte;
use nom::sequence::pair;
use nom::{IResult, Parser};

use crate::ack::AckMode;
use crate::charset::{Charset, UnknownCharset};
use crate::delimiters::{DelimiterFault, Delimiters, can_delimit};
use crate::error::{ParseError, ParseErrorKind};
use crate::escape::unescape;
use crate::levels::{Field, Repetition, Subcomponent};
use crate::segment::Segment;
use crate::value::NULL;
use crate::version::Version;

pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The MSH segment of a message (HL7 v2, chapter 2, MSH).
///
/// The named getters give raw bytes as they came, empty where the field is not there or null
/// (`""`): a header has nothing that could be deleted.
///
/// ```
/// use cistern_hl7::{Header, Version};
///
/// let header = Header::parse(b"MSH|^~\\&|LAB|CITY|||2024||ORU^R01|17|P|2.5.1\rPID|1\r")?;
/// assert_eq!((header.message_code(), header.trigger_event()), (&b"ORU"[..], &b"R01"[..]));
/// assert_eq!(header.control_id(), b"17");
/// assert_eq!(header.version_number(), Some(Version::new(5, 1)));
/// # Ok::<(), cistern_hl7::ParseError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Header<'a> {
    segment: Segment<'a>,
}

impl<'a> Header<'a> {
    /// Reads the header alone: enough to answer a message without indexing the rest of it.
    pub fn parse(message: &'a [u8]) -> Result<Header<'a>, ParseError> {
        let (delimiters, start) = Header::declaration(message)?;
        let start = message.get(start..).unwrap_or_default();
        let end = memchr::memchr2(b'\r', b'\n', start).unwrap_or(start.len());
        let raw = start.get(..end).unwrap_or(start);
        Ok(Header::of(Segment::new(raw, delimiters, 0)))
    }

    pub(crate) fn of(segment: Segment<'a>) -> Header<'a> {
        Header { segment }
    }

    /// Reads MSH-1 and MSH-2. Gives the byte at which MSH starts, too.
    pub(crate) fn declaration(message: &[u8]) -> Result<(Delimiters, usize), ParseError> {
        let fail = |kind, rest: &[u8]| ParseError::new(kind, message.len() - rest.len());
        let start = skip_prefix(message);
        let Ok((declaration, _)) = name(start) else {
            return Err(fail(kind_without_name(start), start));
        };
        let Ok((_, (field, encoding))) = delimiter_declaration(declaration) else {
            return Err(fail(ParseErrorKind::MissingSeparator, declaration));
        };
        if !can_delimit(field) {
            return Err(fail(ParseErrorKind::BadDelimiter, declaration));
        }
        let offset = message.len() - start.len();
        let delimiters = Delimiters::parse(field, encoding)
            .map_err(|(kind, index)| ParseError::new(kind, offset + "MSH|".len() + index))?;
        Ok((delimiters, offset))
    }

    /// The header as a segment.
    pub fn segment(self) -> Segment<'a> {
        self.segment
    }

    /// The delimiters that MSH-1 and MSH-2 declare.
    pub fn delimiters(self) -> Delimiters {
        self.segment.delimiters()
    }

    /// A slip in MSH-2 that was read past.
    pub fn delimiter_fault(self) -> Option<DelimiterFault> {
        DelimiterFault::of(self.raw(2))
    }

    /// Field `number` as the standard counts: 1 is the field separator, 2 the encoding characters.
    pub fn field(self, number: usize) -> Option<Field<'a>> {
        self.segment.field(number)
    }

    /// MSH-3, the whole field.
    pub fn sending_application(self) -> &'a [u8] {
        self.raw(3)
    }

    /// MSH-4, the whole field.
    pub fn sending_facility(self) -> &'a [u8] {
        self.raw(4)
    }

    /// MSH-5, the whole field.
    pub fn receiving_application(self) -> &'a [u8] {
        self.raw(5)
    }

    /// MSH-6, the whole field.
    pub fn receiving_facility(self) -> &'a [u8] {
        self.raw(6)
    }

    /// MSH-7, when the sender made the message.
    pub fn timestamp(self) -> &'a [u8] {
        self.raw(7)
    }

    /// MSH-9.1, such as `ADT`.
    pub fn message_code(self) -> &'a [u8] {
        self.component(9, 1)
    }

    /// MSH-9.2, such as `A08`.
    pub fn trigger_event(self) -> &'a [u8] {
        self.component(9, 2)
    }

    /// MSH-9.3, such as `ADT_A01` (version 2.3.1 and later).
    pub fn structure(self) -> &'a [u8] {
        self.component(9, 3)
    }

    /// MSH-10, the sender's own number for the message.
    pub fn control_id(self) -> &'a [u8] {
        self.raw(10)
    }

    /// MSH-11.1: `P` production, `T` training, `D` debugging (table 0103).
    pub fn processing_id(self) -> &'a [u8] {
        self.component(11, 1)
    }

    /// MSH-12.1, such as `2.5.1`.
    pub fn version(self) -> &'a [u8] {
        self.component(12, 1)
    }

    /// The version that MSH-12.1 names, if it names one.
    pub fn version_number(self) -> Option<Version> {
        Version::parse(&self.plain(self.version()))
    }

    /// MSH-13, where the sequence number protocol is used.
    pub fn sequence_number(self) -> &'a [u8] {
        self.raw(13)
    }

    /// MSH-15, when the sender wants an accept acknowledgment (table 0155).
    pub fn accept_acknowledgment(self) -> &'a [u8] {
        self.raw(15)
    }

    /// MSH-16, when the sender wants an application acknowledgment (table 0155).
    pub fn application_acknowledgment(self) -> &'a [u8] {
        self.raw(16)
    }

    /// MSH-18, the whole field: the character set of the message and its alternates (table 0211).
    pub fn charsets(self) -> &'a [u8] {
        self.raw(18)
    }

    /// The character set that MSH-18 names.
    ///
    /// That is its first repetition. Where this is empty or ASCII and an alternate is one of the
    /// Japanese sets (`~ISO IR87`), escape sequences switch between ASCII and these (ISO 2022).
    /// Components, which the field does not have, are passed over: `UNICODE UTF-8^^` is UTF-8.
    pub fn charset(self) -> Result<Charset, UnknownCharset> {
        let repetitions = self.field(18).into_iter().flat_map(Field::repetitions);
        let name = |repetition: Repetition<'a>| repetition.component(1)?.subcomponent(1);
        let names = repetitions.filter_map(name).map(Subcomponent::raw);
        Charset::from_labels(names.map(|name| self.plain(valued(name))))
    }

    /// How the sender wants to be answered, by MSH-15 and MSH-16.
    pub fn ack_mode(self) -> AckMode {
        AckMode::of(self)
    }

    /// Whether the message is itself an acknowledgment (MSH-9.1 is `ACK`), which nobody answers.
    pub fn is_acknowledgment(self) -> bool {
        self.message_code() == b"ACK"
    }

    fn raw(self, number: usize) -> &'a [u8] {
        self.field(number).map_or(b"", |field| valued(field.raw()))
    }

    fn component(self, field: usize, component: usize) -> &'a [u8] {
        self.field(field)
            .and_then(|field| field.repetition(1))
            .and_then(|repetition| repetition.component(component))
            .map_or(b"", |component| valued(component.raw()))
    }

    /// A name as it was before it was escaped: in a message whose subcomponents are separated by
    /// `/`, 8859/1 is written `8859\T\1`.
    fn plain(self, name: &'a [u8]) -> Cow<'a, [u8]> {
        let text = str::from_utf8(name).unwrap_or_default();
        match unescape(text, &self.delimiters(), Charset::ASCII) {
            Cow::Borrowed(_) => Cow::Borrowed(name),
            Cow::Owned(plain) => Cow::Owned(plain.into_bytes()),
        }
    }
}

impl fmt::Debug for Header<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Header({} bytes)", self.segment.raw().len())
    }
}

/// What says something: nothing in the place of null.
fn valued(raw: &[u8]) -> &[u8] {
    if raw == NULL { b"" } else { raw }
}

/// What follows a byte order mark and line breaks, neither of which is part of the message.
pub(crate) fn skip_prefix(message: &[u8]) -> &[u8] {
    let mut prefix = pair(opt(tag(BYTE_ORDER_MARK)), take_while(is_line_end));
    let parsed: IResult<&[u8], _> = prefix.parse(message);
    parsed.map_or(message, |(rest, _)| rest)
}

fn name(start: &[u8]) -> IResult<&[u8], &[u8]> {
    tag("MSH")(start)
}

fn kind_without_name(start: &[u8]) -> ParseErrorKind {
    match start.get(..3) {
        Some(b"FHS" | b"BHS") => ParseErrorKind::Batch,
        _ if start.is_empty() => ParseErrorKind::Empty,
        _ => ParseErrorKind::MissingHeader,
    }
}

/// MSH-1, which separates itself from MSH-2 and MSH-2 from MSH-3.
fn delimiter_declaration(declaration: &[u8]) -> IResult<&[u8], (u8, &[u8])> {
    let (rest, field) = verify(any_byte, |byte| !is_line_end(*byte)).parse(declaration)?;
    let (rest, encoding) = take_till(|byte| byte == field || is_line_end(byte))(rest)?;
    Ok((rest, (field, encoding)))
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}
