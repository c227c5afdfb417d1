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
    since: Option<Instant>,
}

impl Unfinished<'_> {
    pub(super) fn new(room: &Room) -> Unfinished<'_> {
        Unfinished {
            room,
            place: None,
            since: None,
        }
    }

    /// The message is complete, and the next may begin.
    pub(super) fn ends(&mut self) {
        self.place = None;
        self.since = None;
    }

    /// How long the message may still take, of this time in all.
    pub(super) fn patience(&mut self, in_all: Duration) -> Duration {
        let since = *self.since.get_or_insert_with(Instant::now);
        in_all.saturating_sub(since.elapsed())
    }

    /// Waits until there is room for so many bytes of it.
    pub(super) async fn grow(&mut self, bytes: usize) {
        if bytes > FREE_BYTES {
            let rounded = bytes.next_multiple_of(FREE_BYTES);
            self.room.widen(&mut self.place, rounded).await;
        }
    }
}
