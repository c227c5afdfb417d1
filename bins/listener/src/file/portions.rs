//! What is kept of a part of a file, cut into commits.

use std::iter::{self, Peekable};
use std::ops::Range;

use bytes::Bytes;
use hl7::{Batch, BatchItem, Charset};
use service::{ListenerConfig, now_millis};
use sha2::{Digest as _, Sha256};
use tank::Arrival;

use super::cwlab::rows;
use super::{FileFormat, frame_contents, hex};
use crate::batch;
use crate::feed::{Feed, Identity};
use crate::judge::{Judged, Origin, Voice, fragment};
use crate::refusal::Refusal;

/// What the tank keeps as the address of a sender whose messages came in a file.
const PEER: &str = "file";

/// So many bytes of a digest tell a place in a file from any other.
const PLACE_BYTES: usize = 16;

/// Where files of a form are judged by a feed.
#[derive(Clone, Copy)]
pub(crate) struct Desk<'d> {
    pub(crate) feed: &'d Feed,
    pub(crate) voice: &'d Voice,
    pub(crate) limits: CommitLimits,
    pub(crate) format: FileFormat,
}

/// How much goes into one commit at most.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CommitLimits {
    messages: usize,
    bytes: usize,
    messages_of_batch: usize,
}

/// What is kept in one commit.
#[derive(Default)]
pub(crate) struct Portion {
    pub(crate) arrivals: Vec<Arrival>,
    /// Where each stands in the part.
    places: Vec<Range<usize>>,
    bytes: usize,
    /// Why those that are not simply accepted are not.
    pub(crate) refusals: Vec<Refusal>,
    is_batch: bool,
}

impl CommitLimits {
    pub(crate) fn of(config: &ListenerConfig) -> CommitLimits {
        CommitLimits {
            messages: config.commit_messages_max,
            bytes: config.commit_bytes_max,
            messages_of_batch: config.batch_messages_max,
        }
    }
}

/// What is kept of a part, one commit after the other: no more of it is in memory than that.
pub(crate) struct Portions<'p> {
    desk: Desk<'p>,
    part: &'p Bytes,
    rows_in: Charset,
    pieces: Peekable<Box<dyn Iterator<Item = Piece<'p>> + Send + 'p>>,
    /// Of all bytes before the first `behind` ones of the part, and of those.
    digest: Sha256,
    behind: usize,
}

/// What stands in a part.
enum Piece<'p> {
    /// A batch with its headers and trailers.
    Batch(&'p [u8]),
    Message(&'p [u8]),
    /// Lines that belong to no message.
    Stray(&'p [u8]),
    /// A row of CWLAB.
    Row(&'p [u8]),
}

impl<'p> Portions<'p> {
    /// `rows_in` is the character set of its rows, `digest` that of all before the part.
    pub(super) fn new(
        desk: Desk<'p>,
        part: &'p Bytes,
        rows_in: Charset,
        digest: &Sha256,
    ) -> Portions<'p> {
        let pieces: Box<dyn Iterator<Item = Piece<'p>> + Send + 'p> = match desk.format {
            FileFormat::Cwlab => Box::new(rows(part).map(Piece::Row)),
            FileFormat::Hl7 => Box::new(frame_contents(part).flat_map(pieces)),
        };
        Portions {
            desk,
            part,
            rows_in,
            pieces: pieces.peekable(),
            digest: digest.clone(),
            behind: 0,
        }
    }

    fn add(&self, piece: &Piece<'_>, origin: Origin<'_>, portion: &mut Portion) {
        let Desk { feed, voice, .. } = self.desk;
        let bytes = self.part.slice_ref(piece.bytes());
        let range = range_in(self.part, &bytes);
        let judged = match piece {
            Piece::Batch(_) => return self.add_batch(&bytes, portion),
            Piece::Message(_) => voice.judge(without_blank_lines(&bytes), origin),
            Piece::Stray(_) => self.desk.broken(bytes, "lines that belong to no message"),
            Piece::Row(_) => match feed.columns.message(&bytes, self.rows_in) {
                Ok(message) => voice.judge(Bytes::from(message), origin),
                Err(error) => self.desk.broken(bytes, &error.to_string()),
            },
        };
        portion.add(judged, range);
    }

    /// A batch is kept whole or not at all.
    fn add_batch(&self, content: &Bytes, portion: &mut Portion) {
        let batch = batch::all(content);
        let origin = self.desk.origin(batch.is_short);
        let whole = range_in(self.part, content);
        if batch.messages.len() > self.desk.limits.messages_of_batch {
            return portion.add(self.desk.voice.too_long(content.clone(), origin), whole);
        }
        for piece in messages_and_strays(content) {
            self.add(&piece, origin, portion);
        }
        if !portion.arrivals.is_empty() {
            let arrival = Voice::batch(content.clone(), origin);
            let refusal = None;
            portion.add(Judged { arrival, refusal }, whole);
            portion.is_batch = true;
        }
    }

    /// What has no control id is told by all of the file up to its end: read again, it is a repeat.
    fn name_places(&mut self, portion: &mut Portion) {
        for (arrival, place) in portion.arrivals.iter_mut().zip(&portion.places) {
            if !arrival.keys.control_id.is_empty() {
                continue;
            }
            let before = self.part.get(self.behind..place.end);
            self.digest.update(before.unwrap_or_default());
            self.behind = self.behind.max(place.end);
            let whole = self.digest.clone().finalize();
            let prefix = hex(whole.get(..PLACE_BYTES).unwrap_or_default());
            // A batch and the last message in it may end at the same byte.
            arrival.keys.place = format!("{prefix}-{}", arrival.body.len());
        }
    }
}

impl Iterator for Portions<'_> {
    type Item = Portion;

    fn next(&mut self) -> Option<Portion> {
        let mut portion = Portion::default();
        let limits = self.desk.limits;
        while let Some(piece) = self.pieces.next_if(|piece| portion.has_room(limits, piece)) {
            self.add(&piece, self.desk.origin(false), &mut portion);
        }
        if portion.arrivals.is_empty() {
            return None;
        }
        self.name_places(&mut portion);
        Some(portion)
    }
}

/// What stands in a frame, or between two.
fn pieces(content: &[u8]) -> Box<dyn Iterator<Item = Piece<'_>> + Send + '_> {
    if batch::is_in_file(content) {
        return Box::new(iter::once(Piece::Batch(content)));
    }
    Box::new(messages_and_strays(content))
}

fn messages_and_strays(content: &[u8]) -> impl Iterator<Item = Piece<'_>> + Send {
    Batch::new(content).filter_map(|item| match item {
        BatchItem::Message(message) => Some(Piece::Message(message)),
        BatchItem::Stray(lines) => Some(Piece::Stray(lines)),
        _ => None,
    })
}

impl Piece<'_> {
    fn bytes(&self) -> &[u8] {
        match self {
            Piece::Batch(bytes)
            | Piece::Message(bytes)
            | Piece::Stray(bytes)
            | Piece::Row(bytes) => bytes,
        }
    }
}

impl<'d> Desk<'d> {
    fn broken(self, bytes: Bytes, reason: &str) -> Judged {
        Judged {
            arrival: fragment(bytes, self.origin(false), reason),
            refusal: None,
        }
    }

    fn origin(self, is_of_short_batch: bool) -> Origin<'d> {
        Origin {
            feed: self.feed,
            peer: PEER,
            identity: &Identity::Operator,
            now: now_millis(),
            is_of_short_batch,
            is_of_row: self.format == FileFormat::Cwlab,
        }
    }
}

impl Portion {
    /// What is kept, and where in the part it stands; not the whole of a batch, which is last.
    pub(super) fn contents(&self) -> impl Iterator<Item = (&Arrival, &Range<usize>)> {
        let count = self.arrivals.len() - usize::from(self.is_batch);
        self.arrivals.iter().zip(&self.places).take(count)
    }

    /// Where in the part its last begins: a message that is alone, or the whole of a batch.
    pub(super) fn start(&self) -> usize {
        self.places.last().map_or(0, |place| place.start)
    }

    pub(super) fn is_batch(&self) -> bool {
        self.is_batch
    }

    /// Each message as a portion of its own; none where it cannot be parted.
    pub(crate) fn parted(&self) -> Vec<Portion> {
        if self.is_batch || self.arrivals.len() == 1 {
            return Vec::new();
        }
        let alone = |(arrival, place): (&Arrival, &Range<usize>)| Portion {
            arrivals: vec![arrival.clone()],
            places: vec![place.clone()],
            ..Portion::default()
        };
        self.contents().map(alone).collect()
    }

    /// Where in the part the last of it ends.
    pub(super) fn end(&self) -> usize {
        self.places.last().map_or(0, |place| place.end)
    }

    /// Whether a piece goes into the same commit. A batch has one of its own.
    fn has_room(&self, limits: CommitLimits, piece: &Piece<'_>) -> bool {
        let count = self.arrivals.len();
        let is_batch = matches!(piece, Piece::Batch(_));
        let fits = self.bytes.saturating_add(piece.bytes().len()) <= limits.bytes;
        count == 0 || !self.is_batch && !is_batch && count < limits.messages && fits
    }

    fn add(&mut self, judged: Judged, range: Range<usize>) {
        self.bytes += judged.arrival.body.len();
        self.arrivals.push(judged.arrival);
        self.places.push(range);
        self.refusals.extend(judged.refusal);
    }
}

/// A message without the empty lines that part it from the next: on a link it has none.
fn without_blank_lines(message: &Bytes) -> Bytes {
    let text = message.trim_ascii_end().len();
    let end = match message.get(text..) {
        Some([b'\r', b'\n', ..]) => 2,
        Some([b'\r' | b'\n', ..]) => 1,
        _ => return message.clone(),
    };
    message.slice(..text + end)
}

/// Where a slice of a part stands in it.
fn range_in(part: &Bytes, slice: &Bytes) -> Range<usize> {
    let start = slice.as_ptr().addr().saturating_sub(part.as_ptr().addr());
    start..start + slice.len()
}
