//! The links of a feed that have ended, as many as are remembered.

use std::collections::VecDeque;
use std::sync::Arc;

use super::report::LinkProbes;
use super::tape::Recording;

/// How many links of each sort are remembered.
const LINKS_MAX: usize = 50;

/// What is past. Each sort of link has its own room, so that a sender who connects for every
/// message does not push out the one whose fault somebody looks for.
#[derive(Debug, Default)]
pub(super) struct Past {
    sound: VecDeque<Arc<Recording>>,
    faulty: VecDeque<Arc<Recording>>,
    turned_away: VecDeque<Arc<Recording>>,
    probes: Option<LinkProbes>,
}

impl Past {
    pub(super) fn add(&mut self, recording: &Arc<Recording>) {
        let link = recording.link();
        if link.is_probe() {
            self.probes = Some(LinkProbes::after(self.probes.take(), &link));
            return;
        }
        let room = if link.was_turned_away() {
            &mut self.turned_away
        } else if link.is_faulty() {
            &mut self.faulty
        } else {
            &mut self.sound
        };
        if room.len() >= LINKS_MAX {
            room.pop_front();
        }
        room.push_back(recording.clone());
    }

    pub(super) fn links(&self) -> impl Iterator<Item = &Arc<Recording>> {
        let rooms = [&self.sound, &self.faulty, &self.turned_away];
        rooms.into_iter().flatten()
    }

    pub(super) fn probes(&self) -> Option<LinkProbes> {
        self.probes.clone()
    }
}
