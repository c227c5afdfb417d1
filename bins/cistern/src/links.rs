//! `cistern links`: what the links of the running listener did last.

mod ask;
mod timeline;

use clap::Args;
use hl7::Timestamp;
use listener::{LinkEventKind, LinkRecord, LinksReport};
use service::Config;

use crate::Failure;
use crate::say::{say, say_lines};
use crate::shown::shown;
use crate::table::table;
use ask::ask;

/// Show the links of the running listener, or all that is known of one
#[derive(Args)]
pub(crate) struct Links {
    /// The number of a link, whose timeline can be sent to whoever runs the sender
    #[arg(conflicts_with_all = ["feed", "peer", "faults"])]
    number: Option<u64>,
    /// Only links of this feed
    #[arg(long)]
    feed: Option<String>,
    /// Only links from this address, with or without its port
    #[arg(long)]
    peer: Option<String>,
    /// Only links on which something was wrong
    #[arg(long)]
    faults: bool,
    /// As JSON, one object a line
    #[arg(long)]
    json: bool,
}

impl Links {
    pub(crate) async fn run(self, config: &Config) -> Result<(), Failure> {
        let address = config.listener.status_address.as_deref();
        let address = address.ok_or(
            "the listener has no status_address: set it in [listener], and start the listener anew",
        )?;
        match self.number {
            Some(number) => self.one(address, number).await,
            None => self.all(address).await,
        }
    }

    async fn one(&self, address: &str, number: u64) -> Result<(), Failure> {
        let text = ask(address, &format!("/links/{number}")).await?;
        let text = text.ok_or_else(|| format!("the listener knows no link {number} any more"))?;
        let link: LinkRecord = serde_json::from_str(&text)?;
        if self.json {
            say(serde_json::to_string(&link)?)
        } else {
            say_lines(timeline::of(&link))
        }
    }

    async fn all(&self, address: &str) -> Result<(), Failure> {
        let text = ask(address, "/links").await?;
        let text = text.ok_or_else(|| format!("at {address} is no listener that records links"))?;
        let mut report: LinksReport = serde_json::from_str(&text)?;
        report.links.retain(|link| self.wants(link));
        if self.json {
            for link in &report.links {
                say(serde_json::to_string(link)?)?;
            }
            return Ok(());
        }
        if !report.links.is_empty() {
            let rows: Result<Vec<_>, Failure> = report.links.iter().map(row).collect();
            say_lines(table(&[vec![heading()], rows?].concat()))?;
        }
        self.probes(&report)
    }

    fn wants(&self, link: &LinkRecord) -> bool {
        let is_feed = self.feed.as_ref().is_none_or(|feed| link.feed == *feed);
        let is_peer = self.peer.as_ref().is_none_or(|peer| is_from(link, peer));
        is_feed && is_peer && (!self.faults || link.is_faulty())
    }

    /// Tells who left without a byte, where nothing else is asked for.
    fn probes(&self, report: &LinksReport) -> Result<(), Failure> {
        if self.faults || self.peer.is_some() {
            return Ok(());
        }
        for probes in &report.probes {
            if self.feed.as_ref().is_none_or(|feed| probes.feed == *feed) {
                let (feed, count, peer) = (&probes.feed, probes.count, &probes.last_peer);
                let last = moment(probes.last_millis);
                let text =
                    format!("feed {feed}: {count} left without a byte, the last {peer} at {last}");
                say(shown(&text))?;
            }
        }
        Ok(())
    }
}

/// Whether a link comes from an address, or from a port of it.
fn is_from(link: &LinkRecord, peer: &str) -> bool {
    let (address, _) = link.peer.rsplit_once(':').unwrap_or((&link.peer, ""));
    let bare = address.trim_matches(['[', ']']);
    link.peer == peer
        || address == peer
        || bare == peer
        || bare.strip_prefix("::ffff:") == Some(peer)
}

fn heading() -> Vec<String> {
    let words = [
        "link",
        "opened",
        "feed",
        "peer",
        "state",
        "frames",
        "refused",
        "faults",
        "last fault",
    ];
    words.map(str::to_owned).into()
}

fn row(link: &LinkRecord) -> Result<Vec<String>, Failure> {
    let last = link.last_fault().map(|event| &event.what);
    let last = match last {
        Some(LinkEventKind::Fault(fault)) => fault.fault.to_string(),
        _ => String::new(),
    };
    // The words of the JSON.
    let end = serde_json::to_value(link.end)?;
    Ok(vec![
        link.number.to_string(),
        moment(link.opened_millis),
        link.feed.clone(),
        link.peer.clone(),
        end.as_str().unwrap_or("open").to_owned(),
        link.frames.to_string(),
        link.refusals.to_string(),
        link.faults.to_string(),
        last,
    ])
}

/// ISO 8601.
fn moment(millis: i64) -> String {
    Timestamp::from_unix_millis(millis).to_iso()
}
