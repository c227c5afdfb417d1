//! What the tank must hold, and what it holds.

use std::collections::HashSet;

use tank::{Database, Filter, HoldingTank as _, MessageView};
use tokio::runtime::Runtime;

use crate::sender::{Sender, message};

const PAGE: u32 = 500;

/// The messages found in the tank so far.
#[derive(Debug)]
pub(crate) struct Ledger {
    url: String,
    runtime: Runtime,
    found: HashSet<String>,
    last: i64,
}

impl Ledger {
    pub(crate) fn of(url: &str) -> Ledger {
        Ledger {
            url: url.to_owned(),
            runtime: Runtime::new().unwrap(),
            found: HashSet::new(),
            last: 0,
        }
    }

    /// Looks at what came since the last look: each message once, with the very bytes, and all
    /// that were acknowledged are found by now.
    pub(crate) fn check_new(&mut self, senders: &[Sender]) {
        self.read_new();
        assert_eq!(self.lost(senders), [""; 0], "acknowledged and lost");
    }

    /// Looks at what came since the last look: each message once, with the very bytes.
    pub(crate) fn read_new(&mut self) {
        let since = self.last;
        let url = self.url.clone();
        let new = self.runtime.block_on(read_since(&url, since));
        for (view, body) in new {
            let id = view.control_id;
            assert!(self.found.insert(id.clone()), "{id} is kept twice");
            assert_eq!(body, message(&id), "the bytes of {id}");
            // An importer finds nobody of this name.
            assert!(
                ["received", "held"].contains(&&*view.state),
                "{id}: {}",
                view.state
            );
            assert_eq!(view.answer_code, "AA");
            self.last = self.last.max(view.id);
        }
    }

    /// The messages that were acknowledged and are not among those found.
    pub(crate) fn lost<'s>(&self, senders: &'s [Sender]) -> Vec<&'s str> {
        let acknowledged = senders.iter().flat_map(|sender| &sender.acknowledged);
        let lost = acknowledged.filter(|id| !self.found.contains(*id));
        lost.map(String::as_str).collect()
    }

    /// Looks at everything again.
    pub(crate) fn check_all(&mut self, senders: &[Sender]) {
        let before = std::mem::take(&mut self.found);
        self.last = 0;
        self.check_new(senders);
        // PostgreSQL may end a commit after the listener is gone.
        assert!(before.is_subset(&self.found), "what was kept stays");
    }

    pub(crate) fn summary(&self, senders: &[Sender]) -> String {
        let made: usize = senders.iter().map(|sender| sender.made).sum();
        let accepted: usize = senders.iter().map(|sender| sender.acknowledged.len()).sum();
        let (rest, kept) = (made - accepted, self.found.len() - accepted);
        format!(
            "{accepted} acknowledged messages are there once; of {rest} never acknowledged, \
             {kept} are there once"
        )
    }
}

/// Opens the database anew, as a restarted listener does, and reads what is younger than `last`.
async fn read_since(url: &str, last: i64) -> Vec<(MessageView, bytes::Bytes)> {
    let tank = Database::open(url).await.unwrap();
    let mut filter = Filter {
        limit: PAGE,
        ..Filter::default()
    };
    let mut read = Vec::new();
    loop {
        let page = tank.list(&filter).await.unwrap();
        let new: Vec<_> = page.into_iter().filter(|view| view.id > last).collect();
        let Some(oldest) = new.last() else { break };
        filter.before = Some(oldest.id);
        for view in new {
            let body = tank.get(view.id).await.unwrap().unwrap().body;
            read.push((view, body));
        }
    }
    tank.close().await;
    read
}
