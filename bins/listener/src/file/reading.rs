//! A file on its way into the tank, part by part.

use std::fmt;

use bytes::Bytes;
use hl7::Charset;
use sha2::{Digest as _, Sha256};
use tank::{Arrival, Arrived, HoldingTank, Receipt, State, TankError};

use super::FileFormat;
use super::cwlab::UTF_8_MARK;
use super::portions::{Desk, Portion, Portions};
use super::report::{FileReport, Remark};

/// A file that is being held.
pub struct FileReading<'d> {
    desk: Desk<'d>,
    /// Of all bytes before the part in hand.
    digest: Sha256,
    /// How many bytes and line breaks stand before it.
    bytes: u64,
    lines: u64,
    /// The character set of its rows: that of the feed, unless the file begins by saying another.
    rows_in: Charset,
    report: FileReport,
}

impl<'d> FileReading<'d> {
    pub(crate) fn new(desk: Desk<'d>) -> FileReading<'d> {
        FileReading {
            desk,
            digest: Sha256::new(),
            bytes: 0,
            lines: 0,
            rows_in: desk.feed.charset_of_rows(),
            report: FileReport::default(),
        }
    }

    /// Keeps the next part of the file, which ends where a message or a row ends; a batch must not
    /// be parted. A batch is kept in one commit, other messages in commits of as many as a link's.
    /// `kept` is told how many bytes of the part are behind after each.
    ///
    /// After an error the file can be held again: what is kept already is then a repeat.
    pub async fn hold(
        &mut self,
        tank: &dyn HoldingTank,
        part: &Bytes,
        mut kept: impl FnMut(usize),
    ) -> Result<(), TankError> {
        for portion in self.portions(part) {
            let receipts = tank.hold(&portion.arrivals).await?;
            self.count(tank, part, &portion, &receipts).await?;
            kept(portion.end());
        }
        self.pass(part);
        Ok(())
    }

    /// What became of the parts so far.
    pub fn report(self) -> FileReport {
        let has_rows = self.desk.format == FileFormat::Cwlab;
        FileReport {
            rows_read_as: has_rows.then_some(self.rows_in),
            ..self.report
        }
    }

    /// What is kept of the next part, in order.
    pub(crate) fn portions<'p>(&mut self, part: &'p Bytes) -> Portions<'p>
    where
        'd: 'p,
    {
        if self.bytes == 0 && part.starts_with(UTF_8_MARK) {
            self.rows_in = Charset::UTF_8;
        }
        Portions::new(self.desk, part, self.rows_in, &self.digest)
    }

    /// Counts what was kept.
    pub(crate) async fn count(
        &mut self,
        tank: &dyn HoldingTank,
        part: &Bytes,
        portion: &Portion,
        receipts: &[Receipt],
    ) -> Result<(), TankError> {
        for ((arrival, place), receipt) in portion.contents().zip(receipts) {
            let state = state(arrival, receipt);
            let mut known = None;
            let counter = match (receipt, state) {
                (_, Arrived::Ignored(_)) => {
                    self.report.ignored += 1;
                    continue;
                }
                (Receipt::Repeat { id, .. }, state) => {
                    self.report.repeated += 1;
                    if *state == Arrived::Received {
                        continue;
                    }
                    let Some(now) = waiting_now(tank, *id).await? else {
                        continue;
                    };
                    match known.insert(now) {
                        Arrived::Held(_) => &mut self.report.still_held,
                        _ => &mut self.report.still_refused,
                    }
                }
                (_, Arrived::Received) => &mut self.report.received,
                (_, Arrived::Held(_)) => &mut self.report.held,
                (_, Arrived::Refused(_)) => &mut self.report.refused,
                (_, Arrived::Broken(_)) => &mut self.report.broken,
            };
            *counter += 1;
            if matches!(receipt, Receipt::Altered { .. }) {
                self.report.altered += 1;
            }
            self.remark(
                known.as_ref().unwrap_or(state),
                part.get(..place.start).unwrap_or_default(),
            );
        }
        Ok(())
    }

    /// Counts what the database refuses for what it holds: a message, or a batch.
    pub(crate) fn not_kept(&mut self, part: &Bytes, portion: &Portion, why: &str) {
        let what = if portion.is_batch() {
            "this batch, of which nothing is kept"
        } else {
            "it"
        };
        let before = part.get(..portion.start()).unwrap_or_default();
        self.report.not_kept += 1;
        self.tell(&format!("the database refuses {what}: {why}"), before);
    }

    /// Says why something was not simply received.
    fn remark(&mut self, state: &Arrived, before: &[u8]) {
        if let Arrived::Held(reason) | Arrived::Refused(reason) | Arrived::Broken(reason) = state {
            self.tell(reason, before);
        }
    }

    fn tell(&mut self, reason: &str, before: &[u8]) {
        if self.report.remarks.len() < FileReport::REMARKS_MAX {
            self.report.remarks.push(Remark {
                byte: self.bytes + length(before.len()),
                line: self.lines + line_breaks(before) + 1,
                reason: reason.to_owned(),
            });
        }
    }

    /// Leaves a part behind.
    pub(crate) fn pass(&mut self, part: &[u8]) {
        self.digest.update(part);
        self.bytes += length(part.len());
        self.lines += line_breaks(part);
    }
}

/// The state in which an arrival is kept; of a repeat the one in which it was, if that waits.
fn state<'a>(arrival: &'a Arrival, receipt: &Receipt) -> &'a Arrived {
    match (&arrival.altered, receipt) {
        (Some(altered), Receipt::Altered { .. } | Receipt::Repeat { .. }) => &altered.state,
        _ => &arrival.state,
    }
}

/// The state and reason of a message that was kept before, where it waits.
async fn waiting_now(tank: &dyn HoldingTank, id: i64) -> Result<Option<Arrived>, TankError> {
    let Some(stored) = tank.get(id).await? else {
        return Ok(None);
    };
    let (state, reason) = (stored.view.state, stored.view.reason);
    let is = |known: State| state == known.as_str();
    Ok(if is(State::Held) {
        Some(Arrived::Held(reason))
    } else if is(State::Refused) {
        Some(Arrived::Refused(reason))
    } else {
        is(State::Broken).then_some(Arrived::Broken(reason))
    })
}

/// CR, LF, or both.
fn line_breaks(text: &[u8]) -> u64 {
    let following = text.iter().skip(1).chain([&0]);
    let ends = |(byte, next): &(&u8, &u8)| **byte == b'\n' || **byte == b'\r' && **next != b'\n';
    length(text.iter().zip(following).filter(ends).count())
}

fn length(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

impl fmt::Debug for FileReading<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileReading(at byte {})", self.bytes)
    }
}
