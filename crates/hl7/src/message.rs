//! A message over borrowed bytes: the input, its delimiters, and where its segments stand.

mod recode;

use std::borrow::Cow;
use std::fmt;
use std::iter;

use bytes::Bytes;
use memchr::memchr2_iter;

use crate::charset::{Charset, UnknownCharset};
use crate::delimiters::Delimiters;
use crate::error::{ParseError, ParseErrorKind};
use crate::header::Header;
use crate::message_buf::MessageBuf;
use crate::path::Path;
use crate::segment::Segment;
use crate::value::Presence;

/// A parsed message that borrows its bytes.
///
/// Segments end in CR as the standard says, or in LF or CRLF as many senders do. Nothing of the
/// input is dropped: [`as_bytes`](Message::as_bytes) is the very input.
///
/// ```
/// use cistern_hl7::{Message, path};
///
/// let message = Message::parse(b"MSH|^~\\&|LAB\rOBX|1|NM|K||4.1\rOBX|2|NM|NA||139\r")?;
/// assert_eq!(message.get(&path!("OBX[2]-5")).value().unwrap().raw(), b"139");
/// let tests = message.segments_named("OBX").map(|obx| obx.field(3).unwrap().raw());
/// assert_eq!(tests.collect::<Vec<_>>(), [&b"K"[..], b"NA"]);
/// # Ok::<(), cistern_hl7::ParseError>(())
/// ```
#[derive(Clone)]
pub struct Message<'a> {
    bytes: &'a [u8],
    delimiters: Delimiters,
    /// Start and end of each segment.
    bounds: Cow<'a, [[u32; 2]]>,
}

impl<'a> Message<'a> {
    /// Reads a message. A byte order mark and line breaks before MSH are passed over.
    pub fn parse(bytes: &'a [u8]) -> Result<Message<'a>, ParseError> {
        let (delimiters, bounds) = index(bytes)?;
        Ok(Message {
            bytes,
            delimiters,
            bounds: Cow::Owned(bounds),
        })
    }

    pub(crate) fn indexed(
        bytes: &'a [u8],
        delimiters: Delimiters,
        bounds: &'a [[u32; 2]],
    ) -> Message<'a> {
        Message {
            bytes,
            delimiters,
            bounds: Cow::Borrowed(bounds),
        }
    }

    /// The input, byte for byte.
    pub fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The delimiters that MSH-1 and MSH-2 declare.
    pub fn delimiters(&self) -> Delimiters {
        self.delimiters
    }

    /// The MSH segment.
    pub fn header(&self) -> Header<'a> {
        let missing = Segment::new(b"", self.delimiters, 0);
        Header::of(self.segment_at(0).unwrap_or(missing))
    }

    /// The character set that MSH-18 names, for [`Value::decode`](crate::Value::decode).
    pub fn charset(&self) -> Result<Charset, UnknownCharset> {
        self.header().charset()
    }

    /// All segments in order, MSH first. Empty lines are no segments.
    pub fn segments(
        &self,
    ) -> impl DoubleEndedIterator<Item = Segment<'a>> + ExactSizeIterator + Clone {
        let (bytes, delimiters) = (self.bytes, self.delimiters);
        let segment = move |(position, bounds): (usize, &[u32; 2])| {
            Segment::new(between(bytes, *bounds), delimiters, to_u32(position))
        };
        self.bounds.iter().enumerate().map(segment)
    }

    /// The first segment of this name.
    pub fn segment(&self, name: &str) -> Option<Segment<'a>> {
        self.segments().find(|segment| segment.is(name))
    }

    /// All segments of this name, in order.
    pub fn segments_named(&self, name: &str) -> impl DoubleEndedIterator<Item = Segment<'a>> {
        self.segments().filter(move |segment| segment.is(name))
    }

    /// The segment at this place, counted from 0 for MSH.
    pub fn segment_at(&self, position: usize) -> Option<Segment<'a>> {
        let bounds = self.bounds.get(position)?;
        Some(Segment::new(
            between(self.bytes, *bounds),
            self.delimiters,
            to_u32(position),
        ))
    }

    /// What stands at a path. Allocates nothing.
    pub fn get(&self, path: &Path) -> Presence<'a> {
        self.segment_of(path)
            .map_or(Presence::Absent, |segment| segment.get(path))
    }

    /// What stands at a path in each repetition that the path selects, in order.
    pub fn get_all(&self, path: &Path) -> impl Iterator<Item = Presence<'a>> {
        self.segment_of(path)
            .into_iter()
            .flat_map(move |segment| segment.get_all(path))
    }

    /// A copy that owns its bytes.
    pub fn to_buf(&self) -> MessageBuf {
        let bytes = Bytes::copy_from_slice(self.bytes);
        MessageBuf::indexed(bytes, self.delimiters, self.bounds.as_ref())
    }

    fn segment_of(&self, path: &Path) -> Option<Segment<'a>> {
        let earlier = usize::from(path.occurrence() - 1);
        self.segments()
            .filter(|segment| segment.has_name(path.name()))
            .nth(earlier)
    }
}

/// Two messages are equal where their bytes are.
impl PartialEq for Message<'_> {
    fn eq(&self, other: &Message<'_>) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for Message<'_> {}

impl fmt::Debug for Message<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let segments = self.bounds.len();
        write!(
            out,
            "Message({} bytes, {segments} segments)",
            self.bytes.len()
        )
    }
}

/// Checks the header and finds the segments.
pub(crate) fn index(bytes: &[u8]) -> Result<(Delimiters, Vec<[u32; 2]>), ParseError> {
    if u32::try_from(bytes.len()).is_err() {
        return Err(ParseError::new(ParseErrorKind::TooLarge, u32::MAX as usize));
    }
    let (delimiters, start) = Header::declaration(bytes)?;
    Ok((delimiters, segment_bounds(bytes, start)))
}

fn segment_bounds(bytes: &[u8], start: usize) -> Vec<[u32; 2]> {
    let mut bounds = Vec::with_capacity(expected_bounds(bytes.len()));
    let mut segment_start = start;
    let ends = memchr2_iter(b'\r', b'\n', bytes).skip_while(|end| *end < start);
    for end in ends.chain(iter::once(bytes.len())) {
        if segment_start < end {
            bounds.push([to_u32(segment_start), to_u32(end)]);
        }
        segment_start = end + 1;
    }
    bounds
}

/// Room for segments of 64 bytes, but no great sum for one long field.
fn expected_bounds(length: usize) -> usize {
    (length / 64).clamp(8, 512)
}

fn to_u32(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

fn between(bytes: &[u8], [start, end]: [u32; 2]) -> &[u8] {
    bytes.get(start as usize..end as usize).unwrap_or_default()
}
