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
    /// When it began, moved on by what it has waited for room.
    since: Option<Instant>,
    waited: Duration,
}

impl Unfinished<'_> {
    pub(super) fn new(room: &Room) -> Unfinished<'_> {
        Unfinished {
            room,
            place: None,
            passage: None,
            since: None,
            waited: Duration::ZERO,
        }
    }

    /// The message is complete or cut off, and the next may begin.
    pub(super) fn ends(&mut self) {
        self.place = None;
        self.passage = None;
        self.since = None;
        self.waited = Duration::ZERO;
    }

    /// How long the message may still take, of this time in all.
    pub(super) fn patience(&mut self, in_all: Duration) -> Duration {
        let since = *self.since.get_or_insert_with(Instant::now);
        in_all.saturating_sub(since.elapsed())
    }

    /// How long it may still wait for room, of this time in all.
    pub(super) fn patience_for_room(&self, in_all: Duration) -> Duration {
        in_all.saturating_sub(self.waited)
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
        let waited = began.elapsed();
        self.since = self.since.map(|since| since + waited);
        self.waited += waited;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::sleep;

    use super::{FREE_BYTES, Unfinished};
    use crate::room::Room;

    const PAUSE: Duration = Duration::from_millis(100);
    const IN_ALL: Duration = Duration::from_mins(1);

    #[tokio::test]
    async fn what_a_message_waits_for_room_is_no_time_of_its_sender_but_is_counted() {
        let room = Room::new(4 * FREE_BYTES);
        let _passage = room.passage().await;
        let mut unfinished = Unfinished::new(&room);
        assert_eq!(unfinished.patience(Duration::ZERO), Duration::ZERO);
        for pieces in 2..=4 {
            let mut others = None;
            room.widen(&mut others, (5 - pieces) * FREE_BYTES).await;
            let leaves = async {
                sleep(PAUSE).await;
                drop(others);
            };
            tokio::join!(unfinished.grow(pieces * FREE_BYTES), leaves);
        }
        assert!(unfinished.patience(IN_ALL) + 3 * PAUSE > IN_ALL);
        assert!(unfinished.patience_for_room(IN_ALL) + 3 * PAUSE <= IN_ALL);
        unfinished.ends();
        assert_eq!(unfinished.patience_for_room(IN_ALL), IN_ALL);
    }
}
