//! What is kept of a part of a file, cut into commits.

use std::ops::Range;

use bytes::Bytes;
use hl7::{Batch, BatchItem};
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

/// How much goes into one commit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CommitLimits {
    messages_max: usize,
    bytes_max: usize,
}

/// What is kept in one commit.
#[derive(Default)]
pub(crate) struct Portion {
    pub(crate) arrivals: Vec<Arrival>,
    /// Where each stands in the part.
    places: Vec<Range<usize>>,
    /// Why those that are not simply accepted are not.
    pub(crate) refusals: Vec<Refusal>,
    /// Whether it is a batch, which is kept whole or not at all.
    pub(crate) is_batch: bool,
}

impl CommitLimits {
    pub(crate) fn of(config: &ListenerConfig) -> CommitLimits {
        CommitLimits {
            messages_max: config.commit_messages_max,
            bytes_max: config.commit_bytes_max,
        }
    }
}

impl Desk<'_> {
    /// What is kept of a part, in order. `digest` is that of all before it.
    pub(super) fn portions(self, part: &Bytes, digest: &Sha256) -> Vec<Portion> {
        let mut portions = vec![Portion::default()];
        match self.format {
            FileFormat::Cwlab => self.take_rows(part, &mut portions),
            FileFormat::Hl7 => self.take_contents(part, &mut portions),
        }
        portions.retain(|portion| !portion.arrivals.is_empty());
        name_places(&mut portions, part, digest);
        portions
    }

    /// What stands in frames and between them.
    fn take_contents(self, part: &Bytes, portions: &mut Vec<Portion>) {
        for content in frame_contents(part) {
            let content = part.slice_ref(content);
            let Some(batch) = batch::contents_of_file(&content) else {
                self.take_messages(part, &content, portions);
                continue;
            };
            let origin = self.origin(batch.is_short);
            let mut portion = Portion {
                is_batch: true,
                ..Portion::default()
            };
            for message in batch.messages {
                let judged = self.voice.judge(without_blank_lines(&message), origin);
                portion.add(judged, range_in(part, &message));
            }
            if !portion.arrivals.is_empty() {
                let arrival = Voice::batch(content.clone(), origin);
                let whole = Judged {
                    arrival,
                    refusal: None,
                };
                portion.add(whole, range_in(part, &content));
            }
            portions.extend([portion, Portion::default()]);
        }
    }

    fn take_messages(self, part: &Bytes, content: &Bytes, portions: &mut Vec<Portion>) {
        let origin = self.origin(false);
        for item in Batch::new(content) {
            let (judged, range) = match item {
                BatchItem::Message(message) => {
                    let message = content.slice_ref(message);
                    let range = range_in(part, &message);
                    let message = without_blank_lines(&message);
                    (self.voice.judge(message, origin), range)
                }
                BatchItem::Stray(lines) => {
                    let lines = content.slice_ref(lines);
                    let range = range_in(part, &lines);
                    (self.broken(lines, "lines that belong to no message"), range)
                }
                _ => continue,
            };
            self.add(judged, range, portions);
        }
    }

    fn take_rows(self, part: &Bytes, portions: &mut Vec<Portion>) {
        for row in rows(part) {
            let row = part.slice_ref(row);
            let judged = match self.feed.columns.message(&row) {
                Ok(message) => self.voice.judge(Bytes::from(message), self.origin(false)),
                Err(error) => self.broken(row.clone(), &error.to_string()),
            };
            self.add(judged, range_in(part, &row), portions);
        }
    }

    /// Puts something into the last commit, or into a new one where that has no room.
    fn add(self, judged: Judged, range: Range<usize>, portions: &mut Vec<Portion>) {
        let bytes = judged.arrival.body.len();
        match portions.last_mut() {
            Some(last) if self.has_room(last, bytes) => last.add(judged, range),
            _ => {
                let mut portion = Portion::default();
                portion.add(judged, range);
                portions.push(portion);
            }
        }
    }

    fn has_room(self, portion: &Portion, bytes: usize) -> bool {
        let taken: usize = portion.arrivals.iter().map(|it| it.body.len()).sum();
        let count = portion.arrivals.len();
        let fits = taken.saturating_add(bytes) <= self.limits.bytes_max;
        !portion.is_batch && (count == 0 || count < self.limits.messages_max && fits)
    }

    fn broken(self, bytes: Bytes, reason: &str) -> Judged {
        Judged {
            arrival: fragment(bytes, self.origin(false), reason),
            refusal: None,
        }
    }

    fn origin(&self, is_of_short_batch: bool) -> Origin<'_> {
        Origin {
            feed: self.feed,
            peer: PEER,
            identity: &Identity::Operator,
            now: now_millis(),
            is_of_short_batch,
        }
    }
}

impl Portion {
    /// What is kept, and where in the part it stands.
    pub(super) fn contents(&self) -> impl Iterator<Item = (&Arrival, &Range<usize>)> {
        self.arrivals.iter().zip(&self.places)
    }

    /// Where in the part the last of it ends.
    pub(super) fn end(&self) -> usize {
        self.places.last().map_or(0, |place| place.end)
    }

    fn add(&mut self, judged: Judged, range: Range<usize>) {
        self.arrivals.push(judged.arrival);
        self.places.push(range);
        self.refusals.extend(judged.refusal);
    }
}

/// What has no control id is told by all of the file up to its end: read again, it is a repeat.
fn name_places(portions: &mut [Portion], part: &[u8], digest: &Sha256) {
    let (mut digest, mut behind) = (digest.clone(), 0);
    for portion in portions {
        for (arrival, place) in portion.arrivals.iter_mut().zip(&portion.places) {
            if !arrival.keys.control_id.is_empty() {
                continue;
            }
            digest.update(part.get(behind..place.end).unwrap_or_default());
            behind = behind.max(place.end);
            let whole = digest.clone().finalize();
            let prefix = hex(whole.get(..PLACE_BYTES).unwrap_or_default());
            // A batch and the last message in it may end at the same byte.
            arrival.keys.place = format!("{prefix}-{}", arrival.body.len());
        }
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
