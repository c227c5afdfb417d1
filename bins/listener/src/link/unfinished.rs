//! A message that has begun and not ended: since when, and how much room it takes.

use std::time::Duration;

use tokio::time::Instant;

use crate::room::{Place, Room};

/// So many bytes of a message need no room of their own: every link may have them.
const FREE_BYTES: usize = 64 * 1024;

/// What is known of the message at the end of a link's buffer.
pub(super) struct Unfinished<'h> {
    room: &'h Room,
    place: Option<Place>,
    /// It may grow although there is no room: of all messages, the one that has waited longest.
    passage: Option<Place>,
    since: Option<Instant>,
}

impl Unfinished<'_> {
    pub(super) fn new(room: &Room) -> Unfinished<'_> {
        Unfinished {
            room,
            place: None,
            passage: None,
            since: None,
        }
    }

    /// The message is complete or cut off, and the next may begin.
    pub(super) fn ends(&mut self) {
        self.place = None;
        self.passage = None;
        self.since = None;
    }

    /// How long the message may still take, of this time in all.
    pub(super) fn patience(&mut self, in_all: Duration) -> Duration {
        let since = *self.since.get_or_insert_with(Instant::now);
        in_all.saturating_sub(since.elapsed())
    }

    /// Waits until there is room for so many bytes of it. Its sender is not slow meanwhile.
    pub(super) async fn grow(&mut self, bytes: usize) {
        if bytes <= FREE_BYTES || self.passage.is_some() {
            return;
        }
        let rounded = bytes.next_multiple_of(FREE_BYTES);
        let began = Instant::now();
        tokio::select! {
            biased;
            () = self.room.widen(&mut self.place, rounded) => {}
            passage = self.room.passage() => self.passage = passage,
        }
        self.since = self.since.map(|since| since + began.elapsed());
    }
}
