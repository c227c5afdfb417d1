//! The link recorder: what each link did last, masked, to be shown to whoever runs its sender.

mod advice;
mod event;
mod past;
mod record;
mod report;
mod tape;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use event::{LinkEvent, LinkEventKind, LinkFault, LinkRefusal};
pub use record::{LinkAnswers, LinkRecord, LinkTls};
pub use report::{LinkProbes, LinksReport};
pub(crate) use tape::Tape;

use crate::link::End;
use past::Past;
use tape::Recording;

/// The recorder of the process. Clones share what they know.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recorder {
    links: Arc<Mutex<Links>>,
}

#[derive(Debug, Default)]
struct Links {
    /// The number of the last one.
    last: u64,
    open: BTreeMap<u64, Arc<Recording>>,
    past: BTreeMap<String, Past>,
}

impl Recorder {
    /// A link that opens. It is recorded until its tape is dropped.
    pub(crate) fn open(&self, feed: &str, peer: SocketAddr) -> Tape {
        let mut links = self.links();
        links.last += 1;
        let number = links.last;
        let recording = Arc::new(Recording::new(number, feed, peer));
        links.open.insert(number, recording.clone());
        drop(links);
        Tape::new(recording, self.clone())
    }

    /// A link that is closed at the door, and the setting that keeps it out.
    pub(crate) fn turned_away(&self, feed: &str, peer: SocketAddr, setting: &'static str) {
        let tape = self.open(feed, peer);
        tape.failed(setting, "", advice::turned_away(setting));
        tape.ended(End::TurnedAway);
    }

    /// All links, the newest first, each with no event but its last fault.
    pub(crate) fn report(&self) -> LinksReport {
        let links = self.links();
        let past = links.past.values().flat_map(Past::links);
        let mut recordings: Vec<Arc<Recording>> =
            past.chain(links.open.values()).cloned().collect();
        let probes = links.past.values().filter_map(Past::probes).collect();
        drop(links);
        recordings.sort_unstable_by_key(|recording| std::cmp::Reverse(recording.number()));
        LinksReport {
            links: recordings.iter().map(|it| it.summary()).collect(),
            probes,
        }
    }

    /// One link with all its events, where it is still known.
    pub(crate) fn link(&self, number: u64) -> Option<LinkRecord> {
        let links = self.links();
        let mut past = links.past.values().flat_map(Past::links);
        let found = links.open.get(&number);
        let found = found.or_else(|| past.find(|it| it.number() == number));
        found.map(|recording| recording.whole())
    }

    /// Puts a link that has ended with those of the past.
    fn close(&self, recording: &Arc<Recording>) {
        let feed = recording.feed();
        let mut links = self.links();
        links.open.remove(&recording.number());
        links.past.entry(feed).or_default().add(recording);
    }

    fn links(&self) -> MutexGuard<'_, Links> {
        self.links.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
