//! Replies on their way out of a link: each after the answers that are due before it.

use std::future::pending;

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};

use crate::reply::LinkReply;

/// The replies of a link that have been handed to it.
pub(super) struct Late {
    /// None where the feed sends no replies by its links.
    inbox: Option<mpsc::Receiver<LinkReply>>,
    waiting: Vec<LinkReply>,
    leaving: Vec<oneshot::Sender<()>>,
    /// To how many frames the answers are written.
    pub(super) answered: u64,
}

impl Late {
    pub(super) fn new(inbox: Option<mpsc::Receiver<LinkReply>>) -> Late {
        Late {
            inbox,
            waiting: Vec::new(),
            leaving: Vec::new(),
            answered: 0,
        }
    }

    /// Waits for the next reply, without end where none can come.
    pub(super) async fn arrive(&mut self) {
        let reply = match &mut self.inbox {
            Some(inbox) => inbox.recv().await,
            None => None,
        };
        match reply {
            Some(reply) => self.waiting.push(reply),
            None => pending().await,
        }
    }

    /// A reply whose turn it is, unless nobody waits for it any more.
    pub(super) fn next(&mut self) -> Option<Bytes> {
        self.waiting.retain(|reply| !reply.written.is_closed());
        let is_due = |reply: &LinkReply| reply.after <= self.answered;
        let place = self.waiting.iter().position(is_due)?;
        let reply = self.waiting.remove(place);
        self.leaving.push(reply.written);
        Some(reply.bytes)
    }

    /// Tells that all of [`Late::next`] is written.
    pub(super) fn have_left(&mut self) {
        for written in self.leaving.drain(..) {
            // Whoever no longer waits has the reply sent again.
            written.send(()).ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use tokio::sync::{mpsc, oneshot};

    use super::Late;
    use crate::reply::LinkReply;

    #[tokio::test]
    async fn a_reply_leaves_after_the_answers_before_it_and_while_somebody_waits_for_it() {
        let (inbox, replies) = mpsc::channel(3);
        let mut late = Late::new(Some(replies));
        let mut waiting = Vec::new();
        for (bytes, after) in [("second", 2), ("first", 1), ("forgotten", 1)] {
            let (written, is_written) = oneshot::channel();
            let bytes = Bytes::from_static(bytes.as_bytes());
            let reply = LinkReply {
                bytes,
                after,
                written,
            };
            inbox.send(reply).await.unwrap();
            late.arrive().await;
            waiting.push(is_written);
        }
        waiting.pop();
        assert_eq!(late.next(), None);
        late.answered = 1;
        assert_eq!(late.next().as_deref(), Some(&b"first"[..]));
        assert_eq!(late.next(), None);
        assert!(waiting[1].try_recv().is_err());
        late.have_left();
        waiting[1].try_recv().unwrap();
        late.answered = 2;
        assert_eq!(late.next().as_deref(), Some(&b"second"[..]));
    }
}
