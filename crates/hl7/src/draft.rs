//! A message that is being written: made from nothing, or from another one.

mod error;
mod place;
mod redelimiter;
mod segment;
mod text;

use std::fmt;

pub use error::DraftError;
pub use segment::SegmentDraft;
#[cfg(all(feature = "serde", feature = "dictionary"))]
pub(crate) use text::Escaper;

use crate::charset::{Charset, UnknownCharset};
use crate::delimiters::Delimiters;
use crate::error::ParseError;
use crate::header::{Header, skip_prefix};
use crate::line::{LineKind, endings, line_break};
use crate::message::Message;
use crate::message_buf::MessageBuf;
use crate::path::Path;
use crate::segment::Segment;
use crate::value::Presence;
use redelimiter::Redelimiter;

/// A message that can be changed. What no call names stays as it is, byte for byte.
///
/// Text is escaped by the delimiters of the message and encoded in the character set that its
/// MSH-18 names; without one, text is ASCII. (Another MSH-18 changes how text is written from then
/// on, not what is there.) Fields, repetitions and components before the place
/// that a path names are filled up with delimiters; segments are not made by a path but by
/// [`add`](Draft::add) and [`insert`](Draft::insert).
///
/// The trap: delimiters are single bytes, and in BIG-5, GB 18030, KS X 1001, Shift JIS and the sets
/// that escape sequences switch to a character may hold such a byte. A draft whose MSH-18 names one
/// of them refuses every change ([`DraftError::NeedsRecoding`], or [`DraftError::Charset`] where
/// there is no decoder for it); change what [`Message::to_utf8`] gives.
///
/// ```
/// use cistern_hl7::{Delimiters, Draft, path};
///
/// let mut draft = Draft::new(Delimiters::default());
/// draft.set(&path!("MSH-9.1"), "ADT")?;
/// let mut pid = draft.add(b"PID|1")?;
/// pid.set_raw(&path!("PID-3"), b"4711^^^CITY^MR")?;
/// pid.append(&path!("PID-3.1"), "17")?;
/// draft.set(&path!("PID-5.2"), "Ann & Bob")?;
/// draft.set_null(&path!("PID-7"))?;
/// assert_eq!(
///     draft.to_bytes(),
///     b"MSH|^~\\&|||||||ADT\rPID|1||4711^^^CITY^MR~17||^Ann \\T\\ Bob||\"\"\r",
/// );
/// # Ok::<(), cistern_hl7::DraftError>(())
/// ```
#[derive(Clone)]
pub struct Draft {
    delimiters: Delimiters,
    /// A byte order mark and line breaks before MSH.
    prefix: Vec<u8>,
    /// The segments, MSH first.
    lines: Vec<Line>,
}

/// A segment, and the line breaks up to the next.
#[derive(Clone)]
struct Line {
    raw: Vec<u8>,
    ending: Vec<u8>,
}

impl Draft {
    /// Starts with an MSH that declares these delimiters and nothing else.
    pub fn new(delimiters: Delimiters) -> Draft {
        let header = Line {
            raw: [b"MSH", &declaration(delimiters)[..]].concat(),
            ending: b"\r".to_vec(),
        };
        Draft {
            delimiters,
            prefix: Vec::new(),
            lines: vec![header],
        }
    }

    /// Starts with a copy of a message.
    pub fn of(message: &Message<'_>) -> Draft {
        let bytes = message.as_bytes();
        let before = bytes.len() - skip_prefix(bytes).len();
        let lines = message.segments().zip(endings(message));
        Draft {
            delimiters: message.delimiters(),
            prefix: bytes.get(..before).unwrap_or_default().to_vec(),
            lines: lines
                .map(|(segment, ending)| Line {
                    raw: segment.raw().to_vec(),
                    ending: ending.to_vec(),
                })
                .collect(),
        }
    }

    /// The message as it now is.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.prefix.clone();
        for line in &self.lines {
            bytes.extend_from_slice(&line.raw);
            bytes.extend_from_slice(&line.ending);
        }
        bytes
    }

    /// The delimiters that MSH-1 and MSH-2 declare.
    pub fn delimiters(&self) -> Delimiters {
        self.delimiters
    }

    /// The message as it now is, to be read or sent on. The one error is that it has grown too
    /// long.
    pub fn to_message(&self) -> Result<MessageBuf, ParseError> {
        MessageBuf::parse(self.to_bytes().into())
    }

    /// The segments as they now are, MSH first.
    pub fn segments(&self) -> impl DoubleEndedIterator<Item = Segment<'_>> + ExactSizeIterator {
        let lines = self.lines.iter().enumerate();
        lines.map(|(position, line)| line.segment(position, self.delimiters))
    }

    /// What now stands at a path.
    pub fn get(&self, path: &Path) -> Presence<'_> {
        self.position_of(path)
            .and_then(|position| self.segments().nth(position))
            .map_or(Presence::Absent, |segment| segment.get(path))
    }

    /// Puts text at a path; empty text clears it. Of a field this sets the first repetition, with
    /// `[*]` the whole field, and with `[*]` and a component that component of every repetition.
    pub fn set(&mut self, path: &Path, text: &str) -> Result<(), DraftError> {
        self.segment_of(path)?.set(path, text)
    }

    /// Puts bytes at a path that are escaped and encoded already, such as `4711^^^CITY^MR`.
    pub fn set_raw(&mut self, path: &Path, raw: &[u8]) -> Result<(), DraftError> {
        self.segment_of(path)?.set_raw(path, raw)
    }

    /// Puts null at a path, `""`: the receiver shall delete what it has.
    ///
    /// Where nothing else stands in the field, the whole field is null: `PID-5.1` and `PID-5` are
    /// then the same two quotes.
    pub fn set_null(&mut self, path: &Path) -> Result<(), DraftError> {
        self.segment_of(path)?.set_null(path)
    }

    /// Empties the place at a path: the receiver shall leave what it has. What is not there need
    /// not be cleared.
    ///
    /// The two quotes of a field that is null are its first part, too: where PID-5 is null, to
    /// clear `PID-5.1` leaves nothing of it, and to clear `PID-5.2` leaves null to `PID-5.1` alone.
    pub fn clear(&mut self, path: &Path) -> Result<(), DraftError> {
        match self.segment_of(path) {
            Err(DraftError::NoSegment) => Ok(()),
            segment => segment?.clear(path),
        }
    }

    /// Adds a repetition to a field, and puts text at the component that the path names, or for
    /// the whole. It is the first repetition where the field is empty, and the only one where it is
    /// null. Empty text adds nothing.
    pub fn append(&mut self, path: &Path, text: &str) -> Result<(), DraftError> {
        self.segment_of(path)?.append(path, text)
    }

    /// Adds a repetition, as [`append`](Draft::append) does, of bytes that are escaped and encoded
    /// already.
    pub fn append_raw(&mut self, path: &Path, raw: &[u8]) -> Result<(), DraftError> {
        self.segment_of(path)?.append_raw(path, raw)
    }

    /// The segment at this place, counted from 0 for MSH.
    pub fn segment_at(&mut self, position: usize) -> Result<SegmentDraft<'_>, DraftError> {
        let charset = self.charset();
        check_splittable(charset)?;
        let line = self.lines.get_mut(position).ok_or(DraftError::NoSegment)?;
        Ok(SegmentDraft::new(&mut line.raw, self.delimiters, charset))
    }

    /// Adds a segment at the end: its name, and as many of its fields as are at hand, escaped and
    /// encoded already.
    pub fn add(&mut self, raw: &[u8]) -> Result<SegmentDraft<'_>, DraftError> {
        self.insert(self.lines.len(), raw)
    }

    /// Inserts a segment so that it stands at this place, counted from 0 for MSH. It ends in the
    /// line break in which MSH ends.
    pub fn insert(&mut self, position: usize, raw: &[u8]) -> Result<SegmentDraft<'_>, DraftError> {
        check_splittable(self.charset())?;
        check_segment(raw, self.delimiters)?;
        let line_break = self.line_break();
        let before = position.checked_sub(1).ok_or(DraftError::Header)?;
        let before = self.lines.get_mut(before).ok_or(DraftError::NoSegment)?;
        if before.ending.is_empty() {
            before.ending.extend_from_slice(line_break);
        }
        let line = Line {
            raw: raw.to_vec(),
            ending: line_break.to_vec(),
        };
        self.lines.insert(position, line);
        self.segment_at(position)
    }

    /// Removes the segment at this place, counted from 0 for MSH, which cannot be removed.
    pub fn remove(&mut self, position: usize) -> Result<(), DraftError> {
        check_splittable(self.charset())?;
        match position {
            0 => Err(DraftError::Header),
            _ if position >= self.lines.len() => Err(DraftError::NoSegment),
            _ => {
                self.lines.remove(position);
                Ok(())
            }
        }
    }

    /// Writes the message with other delimiters: MSH-1, MSH-2, every separator and every escape
    /// sequence. Its values stay the same. After an error so does the draft.
    ///
    /// ```
    /// use cistern_hl7::{Draft, Message};
    ///
    /// let message = Message::parse(b"MSH|^~\\&|LAB\rNTE|1||1 \\T\\ 2 \\.br\\a!b^c\r")?;
    /// let mut draft = Draft::of(&message);
    /// draft.redelimit("!*@+-".parse()?)?;
    /// assert_eq!(draft.to_bytes(), b"MSH!*@+-!LAB\rNTE!1!!1 & 2 +.br+a+F+b*c\r");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn redelimit(&mut self, delimiters: Delimiters) -> Result<(), DraftError> {
        check_splittable(self.charset())?;
        let redelimiter = Redelimiter::new(self.delimiters, delimiters);
        let mut start = self.prefix.len();
        let mut rewritten = Vec::with_capacity(self.lines.len());
        for segment in self.segments() {
            rewritten.push(redelimiter.segment(segment, start)?);
            let ending = self.lines.get(segment.position()).map(|line| &line.ending);
            start += segment.raw().len() + ending.map_or(0, Vec::len);
        }
        for (line, raw) in self.lines.iter_mut().zip(rewritten) {
            line.raw = raw;
        }
        self.delimiters = delimiters;
        Ok(())
    }

    fn segment_of(&mut self, path: &Path) -> Result<SegmentDraft<'_>, DraftError> {
        let position = self.position_of(path).ok_or(DraftError::NoSegment)?;
        self.segment_at(position)
    }

    fn position_of(&self, path: &Path) -> Option<usize> {
        let earlier = usize::from(path.occurrence() - 1);
        self.segments()
            .filter(|segment| segment.has_name(path.name()))
            .nth(earlier)
            .map(Segment::position)
    }

    fn charset(&self) -> Result<Charset, UnknownCharset> {
        let header = self.segments().next().map(Header::of);
        header.map_or(Ok(Charset::UNSTATED), Header::charset)
    }

    /// CR by the standard; the sender's own where the message came with another.
    fn line_break(&self) -> &'static [u8] {
        line_break(self.lines.first().map_or(b"", |header| &header.ending))
    }
}

impl Line {
    fn segment(&self, position: usize, delimiters: Delimiters) -> Segment<'_> {
        let position = u32::try_from(position).unwrap_or(u32::MAX);
        Segment::new(&self.raw, delimiters, position)
    }
}

impl fmt::Debug for Draft {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Draft({} segments)", self.lines.len())
    }
}

/// MSH-1 and MSH-2.
fn declaration(delimiters: Delimiters) -> Vec<u8> {
    let mut declaration = vec![delimiters.field()];
    declaration.extend(delimiters.encoding_characters());
    declaration
}

/// Whether a segment declares delimiters, as MSH does: its first field is the field separator,
/// which no other field can hold.
fn is_header(segment: Segment<'_>) -> bool {
    let separator = [segment.delimiters().field()];
    segment
        .field(1)
        .is_some_and(|field| field.raw() == separator)
}

/// Whether delimiters are found where they stand, and not within characters.
fn check_splittable(charset: Result<Charset, UnknownCharset>) -> Result<(), DraftError> {
    match charset {
        Ok(charset) if charset.overlaps_ascii() => Err(DraftError::NeedsRecoding { charset }),
        Err(unknown) if unknown.overlaps_ascii() => Err(DraftError::Charset(unknown)),
        _ => Ok(()),
    }
}

/// Whether bytes can be a segment that follows MSH.
fn check_segment(raw: &[u8], delimiters: Delimiters) -> Result<(), DraftError> {
    let segment = Segment::new(raw, delimiters, 1);
    if segment.proper_name().is_none() || LineKind::of_name(segment.name()) != LineKind::Other {
        return Err(DraftError::SegmentName);
    }
    place::check_line(raw)
}
