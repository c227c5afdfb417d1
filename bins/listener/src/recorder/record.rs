//! What is remembered of one link: who it was, what it counted, and its last events.

use std::borrow::Cow;
use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::event::{LinkEvent, LinkEventKind};
use crate::link::End;

/// How many faults are remembered, however much comes after them.
const FAULTS_MAX: usize = 8;

/// How many other events are remembered.
const OTHERS_MAX: usize = 24;

/// For how many events at once there is made room: a link that is idle has none.
const EVENTS_STEP: usize = 8;

/// Of how many frames, the last ones, the head is remembered.
const HEADS_MAX: usize = 4;

/// One link. Of what came over it only masked bytes are here: letters as `x`, digits as `9`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LinkRecord {
    /// Its number among the links of this run of the listener, from 1.
    pub number: u64,
    /// The feed by which it came.
    pub feed: String,
    /// The address and port of the sender.
    pub peer: String,
    /// When it was opened, in milliseconds since 1970.
    pub opened_millis: i64,
    /// How long it was open, or has been, in microseconds.
    pub open_micros: u64,
    /// How it ended; nothing while it is open.
    pub end: Option<End>,
    /// Its TLS; nothing where there is none.
    pub tls: Option<LinkTls>,
    /// Complete frames.
    pub frames: u64,
    /// The bytes in them.
    pub frame_bytes: u64,
    /// Its answers by code.
    pub answers: Vec<LinkAnswers>,
    /// Messages that were not simply accepted.
    pub refusals: u64,
    /// Faults of framing, of TLS, and of how answers were taken.
    pub faults: u64,
    /// The last events, in order: up to 24, and up to 8 faults besides.
    pub events: VecDeque<LinkEvent>,
}

/// The TLS of a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LinkTls {
    /// `TLS 1.2` or `TLS 1.3`.
    pub version: Cow<'static, str>,
    /// The names of the sender's certificate; none without one.
    pub names: Vec<String>,
}

/// How often there was an answer of a code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LinkAnswers {
    /// A code of table 0008, or `none`, `repeated` or `batch`.
    pub code: Cow<'static, str>,
    /// How many.
    pub count: u64,
}

impl LinkRecord {
    /// Whether it ended without anything that came over it.
    pub(super) fn is_probe(&self) -> bool {
        self.events.is_empty()
    }

    /// Whether it was closed at the door.
    pub(super) fn was_turned_away(&self) -> bool {
        self.end == Some(End::TurnedAway)
    }

    /// Whether its sender has something to change.
    pub fn is_faulty(&self) -> bool {
        self.faults > 0 || self.refusals > 0
    }

    /// Its last fault, as far as it is among the events.
    pub fn last_fault(&self) -> Option<&LinkEvent> {
        self.events.iter().rev().find(|event| event.is_fault())
    }

    /// Counts an event and adds it to the last ones.
    pub(super) fn add(&mut self, event: LinkEvent) {
        match &event.what {
            LinkEventKind::Frame { bytes, .. } => {
                self.frames += 1;
                self.frame_bytes += *bytes;
                self.forget_a_head();
            }
            LinkEventKind::Answer { code, .. } => self.count(code.clone()),
            LinkEventKind::Refused(_) => self.refusals += 1,
            LinkEventKind::Fault(_) => self.faults += 1,
            LinkEventKind::Tls => {}
        }
        self.make_room(event.is_fault());
        self.events.push_back(event);
    }

    fn count(&mut self, code: Cow<'static, str>) {
        let mut answers = self.answers.iter_mut();
        match answers.find(|answers| answers.code == code) {
            Some(answers) => answers.count += 1,
            None => self.answers.push(LinkAnswers { code, count: 1 }),
        }
    }

    /// Forgets the oldest head but those that stay beside a new one.
    fn forget_a_head(&mut self) {
        let heads = self
            .events
            .iter_mut()
            .filter_map(|event| match &mut event.what {
                LinkEventKind::Frame { masked, .. } => Some(masked),
                _ => None,
            });
        if let Some(head) = heads.rev().nth(HEADS_MAX - 1) {
            *head = None;
        }
    }

    /// Forgets the oldest event of a sort of which there are enough.
    fn make_room(&mut self, for_fault: bool) {
        let max = if for_fault { FAULTS_MAX } else { OTHERS_MAX };
        let is_alike = |event: &LinkEvent| event.is_fault() == for_fault;
        if self.events.iter().filter(|event| is_alike(event)).count() >= max
            && let Some(oldest) = self.events.iter().position(is_alike)
        {
            self.events.remove(oldest);
        }
        if self.events.len() == self.events.capacity() {
            self.events.reserve_exact(EVENTS_STEP);
        }
    }
}
