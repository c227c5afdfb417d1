//! The open links of a feed that can take replies, and who was heard on each.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tank::{Arrival, Arrived, DueReply, OpenLink};
use tokio::sync::{Notify, mpsc, oneshot};

use super::BATCH_MAX;

/// How many replies may wait for their turn on a link: all of a batch.
const INBOX_MAX: usize = BATCH_MAX;

/// So many senders are known on a link. One that speaks for more of them, as an integration engine
/// may, is answered for those that it named last.
const SENDERS_MAX: usize = 16;

/// The open links of a feed. Where replies take another way, none is listed.
#[derive(Debug)]
pub(crate) struct OpenLinks {
    are_listed: bool,
    links: Mutex<Links>,
    /// A message has come whose sender wants a reply.
    pub(crate) asked: Notify,
}

#[derive(Debug, Default)]
struct Links {
    opened: u64,
    by_peer: HashMap<String, Listed>,
}

#[derive(Debug)]
struct Listed {
    number: u64,
    frames: u64,
    heard: Vec<OpenLink>,
    inbox: mpsc::Sender<LinkReply>,
}

/// A reply on its way to a link.
#[derive(Debug)]
pub(crate) struct LinkReply {
    pub(crate) bytes: Bytes,
    /// After the answers to so many frames of the link: no message is replied to before it is
    /// acknowledged.
    pub(crate) after: u64,
    /// Told when it is written.
    pub(crate) written: oneshot::Sender<()>,
}

/// The place of a link on the list, which is off it when this is dropped.
#[derive(Debug)]
pub(crate) struct Place<'a> {
    links: &'a OpenLinks,
    peer: &'a str,
    number: u64,
}

impl OpenLinks {
    pub(crate) fn new(are_listed: bool) -> OpenLinks {
        OpenLinks {
            are_listed,
            links: Mutex::default(),
            asked: Notify::new(),
        }
    }

    /// Lists a link, and gives what its replies come by, if any can come.
    pub(crate) fn open<'a>(
        &'a self,
        peer: &'a str,
    ) -> (Place<'a>, Option<mpsc::Receiver<LinkReply>>) {
        let mut links = self.links();
        links.opened += 1;
        let number = links.opened;
        let replies = self.are_listed.then(|| {
            let (inbox, replies) = mpsc::channel(INBOX_MAX);
            let listed = Listed {
                number,
                frames: 0,
                heard: Vec::new(),
                inbox,
            };
            links.by_peer.insert(peer.to_owned(), listed);
            replies
        });
        let place = Place {
            links: self,
            peer,
            number,
        };
        (place, replies)
    }

    /// Notes a frame of a link, and who is heard in its messages.
    pub(crate) fn took(&self, peer: &str, arrivals: &[Arrival]) {
        if arrivals.iter().any(|arrival| !arrival.reply.is_empty()) {
            self.asked.notify_one();
        }
        if !self.are_listed {
            return;
        }
        if let Some(link) = self.links().by_peer.get_mut(peer) {
            link.frames += 1;
            let received = arrivals
                .iter()
                .filter(|arrival| arrival.state == Arrived::Received);
            for arrival in received {
                link.hear(arrival);
            }
        }
    }

    /// Who can be reached; nothing where replies take another way.
    pub(crate) fn senders(&self) -> Vec<OpenLink> {
        let links = self.links();
        let all = links.by_peer.values();
        all.flat_map(|link| link.heard.iter().cloned()).collect()
    }

    /// Hands a reply to the link that brought its message, else to the one on which its sender was
    /// heard last, if it was since then. Gives what tells that it is written.
    pub(crate) fn hand(&self, reply: &DueReply, bytes: Bytes) -> Option<oneshot::Receiver<()>> {
        let links = self.links();
        let own = links.by_peer.get(&reply.peer);
        let link = match own.filter(|link| link.reach(reply).is_some()) {
            Some(link) => link,
            None => links
                .by_peer
                .values()
                .max_by_key(|link| link.reach(reply))?,
        };
        link.reach(reply)?;
        let (written, is_written) = oneshot::channel();
        let reply = LinkReply {
            bytes,
            after: link.frames,
            written,
        };
        link.inbox.try_send(reply).ok()?;
        Some(is_written)
    }

    fn links(&self) -> MutexGuard<'_, Links> {
        self.links.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listed {
    fn hear(&mut self, arrival: &Arrival) {
        let heard = OpenLink {
            peer: arrival.peer.clone(),
            sending_application: arrival.keys.sending_application.clone(),
            sending_facility: arrival.keys.sending_facility.clone(),
            heard_at: arrival.received_at,
        };
        self.heard.retain(|other| {
            other.sending_application != heard.sending_application
                || other.sending_facility != heard.sending_facility
        });
        if self.heard.len() == SENDERS_MAX {
            self.heard.remove(0);
        }
        self.heard.push(heard);
    }

    /// When the sender of a message was last heard on a link that can take its reply.
    fn reach(&self, reply: &DueReply) -> Option<i64> {
        let sender = self.heard.iter().find(|heard| {
            heard.sending_application == reply.sending_application
                && heard.sending_facility == reply.sending_facility
        })?;
        let is_its_own = sender.peer == reply.peer;
        (is_its_own || sender.heard_at >= reply.received_at).then_some(sender.heard_at)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut links = self.links.links();
        let is_mine = |link: &Listed| link.number == self.number;
        if links.by_peer.get(self.peer).is_some_and(is_mine) {
            links.by_peer.remove(self.peer);
        }
    }
}
