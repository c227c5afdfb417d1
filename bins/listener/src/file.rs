//! Messages of files, which go through the checks of a feed as those of its links do.

use std::fmt;

use bytes::Bytes;
use hl7::{Batch, BatchItem};
use service::{FeedConfig, ListenerConfig, now_millis};
use tank::{Arrival, Arrived, HoldingTank, Receipt, TankError};

use crate::ListenerError;
use crate::batch;
use crate::feed::{Feed, Identity};
use crate::judge::{Judged, Origin, Voice, fragment};

/// What the tank keeps as the address of a sender whose messages came in a file.
const PEER: &str = "file";

/// Keeps messages of files as if they had come by a feed. Nobody waits for an answer; the answers
/// are kept all the same, for whoever sends such a message again.
pub struct FileDoor {
    feed: Feed,
    voice: Voice,
    messages_max: usize,
    bytes_max: usize,
}

impl fmt::Debug for FileDoor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let feed = self.feed.name();
        f.debug_struct("FileDoor")
            .field("feed", &feed)
            .finish_non_exhaustive()
    }
}

/// What became of the messages of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileReport {
    /// Kept, to be imported.
    pub received: u64,
    /// Kept before, byte for byte: nothing is new.
    pub repeated: u64,
    /// Kept, though the control id came before with other content; among the received or held.
    pub altered: u64,
    /// Kept, and waiting for a person.
    pub held: u64,
    /// Kept, but never imported: the feed does not take such messages.
    pub refused: u64,
    /// Kept, but no messages: unreadable headers, and lines outside of messages.
    pub broken: u64,
    /// The first of what was not simply received: the byte at which it begins, and the reason.
    pub remarks: Vec<(usize, String)>,
}

impl FileReport {
    /// How many remarks are made at most.
    pub const REMARKS_MAX: usize = 20;

    /// How many are not on their way into the records.
    pub fn waiting(&self) -> u64 {
        self.held + self.refused + self.broken
    }

    /// Adds what became of a part of the same file, which begins at this byte.
    pub fn add(&mut self, part: &FileReport, offset: usize) {
        self.received += part.received;
        self.repeated += part.repeated;
        self.altered += part.altered;
        self.held += part.held;
        self.refused += part.refused;
        self.broken += part.broken;
        let remarks = part.remarks.iter();
        let remarks = remarks.map(|(byte, reason)| (byte + offset, reason.clone()));
        self.remarks.extend(remarks);
        self.remarks.truncate(Self::REMARKS_MAX);
    }

    fn count(&mut self, offset: usize, state: &Arrived, receipt: &Receipt) {
        let (Receipt::New { .. } | Receipt::Altered { .. }) = receipt else {
            self.repeated += 1;
            return;
        };
        let (counter, reason) = match state {
            Arrived::Received => (&mut self.received, ""),
            Arrived::Held(reason) => (&mut self.held, &**reason),
            Arrived::Refused(reason) => (&mut self.refused, &**reason),
            Arrived::Broken(reason) => (&mut self.broken, &**reason),
            Arrived::Ignored(_) => return,
        };
        *counter += 1;
        if !reason.is_empty() && self.remarks.len() < Self::REMARKS_MAX {
            self.remarks.push((offset, reason.to_owned()));
        }
    }
}

impl FileDoor {
    /// A door of this feed.
    pub fn new(feed: &FeedConfig, config: &ListenerConfig) -> Result<FileDoor, ListenerError> {
        Ok(FileDoor {
            feed: Feed::new(feed.clone())?,
            voice: Voice::new(config, now_millis()),
            messages_max: config.commit_messages_max,
            bytes_max: config.commit_bytes_max,
        })
    }

    /// Keeps what a file holds: one message or several, with or without FHS and BHS, segments ended
    /// by CR, LF or both. A batch is kept in one commit, other messages in commits of as many as a
    /// link's. `kept` is told how many bytes are behind after each.
    ///
    /// After an error the file can be held again: what is kept already is then a repeat.
    pub async fn hold(
        &self,
        tank: &dyn HoldingTank,
        file: Bytes,
        mut kept: impl FnMut(usize),
    ) -> Result<FileReport, TankError> {
        let batch = batch::contents_of_file(&file);
        let arrivals = self.arrivals(&file, batch.as_ref());
        let mut report = FileReport::default();
        let mut rest = &arrivals[..];
        while !rest.is_empty() {
            let count = if batch.is_some() {
                rest.len()
            } else {
                self.commit_length(rest)
            };
            let (now, later) = rest.split_at_checked(count).unwrap_or((rest, &[]));
            rest = later;
            let receipts = tank.hold(now).await?;
            for (arrival, receipt) in now.iter().zip(&receipts) {
                let offset = offset_in(&file, &arrival.body);
                match (&arrival.altered, receipt) {
                    (Some(altered), Receipt::Altered { .. }) => {
                        report.altered += 1;
                        report.count(offset, &altered.state, receipt);
                    }
                    _ => report.count(offset, &arrival.state, receipt),
                }
            }
            kept(
                later
                    .first()
                    .map_or(file.len(), |next| offset_in(&file, &next.body)),
            );
        }
        Ok(report)
    }

    /// What is kept of a file, in order; of a batch also the whole.
    fn arrivals(&self, file: &Bytes, batch: Option<&batch::Contents>) -> Vec<Arrival> {
        let identity = Identity::Operator;
        let origin = Origin {
            feed: &self.feed,
            peer: PEER,
            identity: &identity,
            now: now_millis(),
            is_of_short_batch: batch.is_some_and(|batch| batch.is_short),
        };
        let mut arrivals = Vec::new();
        for item in Batch::new(file) {
            match item {
                BatchItem::Message(message) => {
                    let message = file.slice_ref(without_blank_lines(message));
                    let Judged { arrival, .. } = self.voice.judge(message, origin);
                    arrivals.push(arrival);
                }
                BatchItem::Stray(lines) if batch.is_none() => {
                    let reason = "lines that belong to no message";
                    arrivals.push(fragment(file.slice_ref(lines), origin, reason));
                }
                _ => {}
            }
        }
        if batch.is_some() && !arrivals.is_empty() {
            arrivals.push(Voice::batch(file.clone(), origin));
        }
        arrivals
    }

    /// How many arrivals fit into one commit, one at least.
    fn commit_length(&self, arrivals: &[Arrival]) -> usize {
        let mut bytes = 0_usize;
        let fits = |arrival: &&Arrival| {
            bytes = bytes.saturating_add(arrival.body.len());
            bytes <= self.bytes_max
        };
        arrivals
            .iter()
            .take(self.messages_max)
            .take_while(fits)
            .count()
            .max(1)
    }
}

/// A message without the empty lines that part it from the next: on a link it has none.
fn without_blank_lines(message: &[u8]) -> &[u8] {
    let text = message.trim_ascii_end();
    let end = match message.get(text.len()..) {
        Some([b'\r', b'\n', ..]) => 2,
        Some([b'\r' | b'\n', ..]) => 1,
        _ => return message,
    };
    message.get(..text.len() + end).unwrap_or(message)
}

/// Where a part of a file begins in it.
fn offset_in(file: &Bytes, part: &Bytes) -> usize {
    part.as_ptr().addr().saturating_sub(file.as_ptr().addr())
}
