//! The tape of one link: what happens on it is masked and added to its record at once.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use mllp::{Fault, masked};
use service::now_millis;

use super::event::{LinkEvent, LinkEventKind, LinkFault, LinkRefusal};
use super::record::{LinkRecord, LinkTls};
use super::{Recorder, advice};
use crate::link::End;
use crate::metrics::code_name;
use crate::refusal::Refusal;

/// How much of a frame is shown, in bytes: most of its header.
const HEAD_BYTES: usize = 96;

/// How much of a frame that stalled is shown, in bytes: the last that came.
const STALLED_BYTES: usize = 64;

/// A link's record while it is written.
#[derive(Debug)]
pub(super) struct Recording {
    number: u64,
    began: Instant,
    link: Mutex<LinkRecord>,
}

/// Writes the record of a link. When it is dropped, the link has ended.
#[derive(Debug)]
pub(crate) struct Tape {
    pub(super) recording: Arc<Recording>,
    recorder: Recorder,
}

impl Tape {
    pub(super) fn new(recording: Arc<Recording>, recorder: Recorder) -> Tape {
        Tape {
            recording,
            recorder,
        }
    }

    /// TLS has begun with a sender of these names.
    pub(crate) fn tls_began(&self, version: &'static str, names: &[String]) {
        self.recording.link().tls = Some(LinkTls {
            version: Cow::Borrowed(version),
            names: names.to_vec(),
        });
        self.add(LinkEventKind::Tls);
    }

    /// A frame is complete whose content begins at this byte of the link.
    pub(crate) fn frame(&self, offset: u64, content: &[u8]) {
        let head = content.get(..HEAD_BYTES).unwrap_or(content);
        self.add(LinkEventKind::Frame {
            offset,
            bytes: content.len() as u64,
            masked: Some(masked(head).into_boxed_str()),
        });
    }

    /// An answer is ready; an empty code is none.
    pub(crate) fn answer(&self, code: &str, took: Duration) {
        self.add(LinkEventKind::Answer {
            code: Cow::Borrowed(code_name(code)),
            took_micros: micros(took),
        });
    }

    /// A message of such content, as far as it is at hand, is not simply accepted.
    pub(crate) fn refused(&self, refusal: Refusal, content: &[u8]) {
        let known = (refusal == Refusal::Unreadable).then(|| advice::of_content(content));
        let advice = known.flatten().unwrap_or(refusal.sentence());
        self.add(LinkEventKind::Refused(Box::new(LinkRefusal {
            reason: Cow::Borrowed(refusal.name()),
            advice: Cow::Borrowed(advice),
        })));
    }

    /// The framing is not what it should be.
    pub(crate) fn fault(&self, fault: &Fault) {
        let advice = match advice::of_content(&fault.fragment) {
            Some(advice) => Cow::Borrowed(advice),
            None => Cow::Owned(fault.kind.to_string()),
        };
        self.add_fault(LinkFault {
            fault: Cow::Owned(format!("{:?}", fault.kind)),
            offset: Some(fault.offset),
            bytes: fault.bytes as u64,
            masked: fault.masked.clone(),
            advice,
        });
    }

    /// A frame whose content begins at this byte does not go on after what came of it.
    pub(crate) fn stalled(&self, offset: u64, content: &[u8]) {
        let shown = content.len().saturating_sub(STALLED_BYTES);
        let advice = advice::of_content(content).unwrap_or(advice::STALLED);
        self.add_fault(LinkFault {
            fault: Cow::Borrowed("Stalled"),
            offset: Some(offset),
            bytes: content.len() as u64,
            masked: masked(content.get(shown..).unwrap_or_default()),
            advice: Cow::Borrowed(advice),
        });
    }

    /// The link cannot begin or go on; what is shown of it is masked already.
    pub(crate) fn failed(&self, fault: &'static str, masked: &str, advice: &'static str) {
        self.add_fault(LinkFault {
            fault: Cow::Borrowed(fault),
            offset: None,
            bytes: 0,
            masked: masked.to_owned(),
            advice: Cow::Borrowed(advice),
        });
    }

    /// The link ends, and how.
    pub(crate) fn ended(self, end: End) {
        if end == End::AnswerRefused {
            self.failed("AnswerRefused", "", advice::ANSWER_REFUSED);
        }
        self.recording.link().end = Some(end);
    }

    fn add_fault(&self, fault: LinkFault) {
        self.add(LinkEventKind::Fault(Box::new(fault)));
    }

    fn add(&self, what: LinkEventKind) {
        let at_micros = micros(self.recording.began.elapsed());
        self.recording.link().add(LinkEvent { at_micros, what });
    }
}

impl Drop for Tape {
    /// A link whose task panics ends too.
    fn drop(&mut self) {
        let mut link = self.recording.link();
        link.open_micros = micros(self.recording.began.elapsed());
        link.end.get_or_insert(End::Lost);
        link.events.shrink_to_fit();
        drop(link);
        self.recorder.close(&self.recording);
    }
}

impl Recording {
    pub(super) fn new(number: u64, feed: &str, peer: SocketAddr) -> Recording {
        let link = LinkRecord {
            number,
            feed: feed.to_owned(),
            peer: peer.to_string(),
            opened_millis: now_millis(),
            open_micros: 0,
            end: None,
            tls: None,
            frames: 0,
            frame_bytes: 0,
            answers: Vec::new(),
            refusals: 0,
            faults: 0,
            events: VecDeque::new(),
        };
        Recording {
            number,
            began: Instant::now(),
            link: Mutex::new(link),
        }
    }

    pub(super) fn number(&self) -> u64 {
        self.number
    }

    pub(super) fn feed(&self) -> String {
        self.link().feed.clone()
    }

    /// All that is known of it.
    pub(super) fn whole(&self) -> LinkRecord {
        let mut link = self.link().clone();
        if link.end.is_none() {
            link.open_micros = micros(self.began.elapsed());
        }
        link
    }

    /// The same with no event but the last fault.
    pub(super) fn summary(&self) -> LinkRecord {
        let mut link = self.whole();
        let last = link.last_fault().cloned();
        link.events = last.into_iter().collect();
        link
    }

    pub(super) fn link(&self) -> MutexGuard<'_, LinkRecord> {
        self.link.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
