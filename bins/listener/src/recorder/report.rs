//! All links at one glance, as `/links` tells them.

use serde::{Deserialize, Serialize};

use super::LinkRecord;

/// The links that are open, and the last of those that have ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LinksReport {
    /// The newest first. Their only event is their last fault.
    pub links: Vec<LinkRecord>,
    /// Who connected and left without a byte, by feed.
    pub probes: Vec<LinkProbes>,
}

/// Links on which nothing came, as of a monitor that only looks whether somebody listens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LinkProbes {
    /// The feed.
    pub feed: String,
    /// How many there were.
    pub count: u64,
    /// The address and port of the last one.
    pub last_peer: String,
    /// When the last one was opened, in milliseconds since 1970.
    pub last_millis: i64,
}

impl LinkProbes {
    /// These and one more.
    pub(super) fn after(earlier: Option<LinkProbes>, link: &LinkRecord) -> LinkProbes {
        LinkProbes {
            feed: link.feed.clone(),
            count: earlier.map_or(0, |probes| probes.count) + 1,
            last_peer: link.peer.clone(),
            last_millis: link.opened_millis,
        }
    }
}
