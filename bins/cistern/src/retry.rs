//! `cistern retry`: have held or failed messages imported again.

use clap::Args;
use listener::read_as;
use service::{Config, FeedConfig};
use tank::{Database, Decision, Filter, HoldingTank as _, ReadAs, Stored};

use crate::Failure;
use crate::decide::decide;
use crate::say::say;

/// Import held or failed messages again, as after a change of the mappings or of the charset of a
/// feed
#[derive(Args)]
pub(crate) struct Retry {
    /// The numbers of the messages
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    messages: Vec<i64>,
    /// All messages that are held or failed
    #[arg(long)]
    all: bool,
    /// Who decides; the name of the user where it is not given
    #[arg(long)]
    by: Option<String>,
}

/// How many messages one look at the list gives.
const PAGE: u32 = 1_000;

impl Retry {
    pub(crate) async fn run(self, config: &Config) -> Result<(), Failure> {
        let tank = Database::open_existing(&config.database.url).await?;
        let messages = if self.all {
            waiting(&tank).await?
        } else {
            self.messages
        };
        let (reread, others) = sorted(&tank, &messages, &config.feeds()).await?;
        for (read_as, messages) in reread {
            say(read_anew(&read_as, &messages))?;
            let decision = Decision::Reread { messages, read_as };
            decide(&tank, &decision, self.by.clone()).await?;
        }
        if !others.is_empty() || messages.is_empty() {
            decide(&tank, &Decision::Retry(others), self.by).await?;
        }
        tank.close().await;
        Ok(())
    }
}

/// Messages of which something was no text of the character set that was taken for them, by what
/// their feeds now say, and all the others.
async fn sorted(
    tank: &Database,
    messages: &[i64],
    feeds: &[FeedConfig],
) -> Result<(Vec<(ReadAs, Vec<i64>)>, Vec<i64>), Failure> {
    let (mut reread, mut others) = (Vec::<(ReadAs, Vec<i64>)>::new(), Vec::new());
    for id in messages {
        let stored = tank.get(*id).await?;
        let Some(read_as) = stored.and_then(|stored| other_reading(&stored, feeds)) else {
            others.push(*id);
            continue;
        };
        match reread.iter_mut().find(|(known, _)| *known == read_as) {
            Some((_, ids)) => ids.push(*id),
            None => reread.push((read_as, vec![*id])),
        }
    }
    Ok((reread, others))
}

/// What its feed now says of a message that could not be read, where that is something else.
fn other_reading(stored: &Stored, feeds: &[FeedConfig]) -> Option<ReadAs> {
    let view = &stored.view;
    let is_waiting = ["held", "failed"].contains(&&*view.state);
    let mut findings = stored.findings.iter();
    if !is_waiting || !findings.any(|finding| finding.kind == "undecodable") {
        return None;
    }
    let feed = feeds.iter().find(|feed| feed.name == view.feed)?;
    read_as(feed, &stored.body).filter(|read_as| *read_as != view.read_as)
}

fn read_anew(read_as: &ReadAs, messages: &[i64]) -> String {
    let messages: Vec<String> = messages.iter().map(i64::to_string).collect();
    let charset = match &*read_as.charset {
        "" => "what MSH-18 says",
        charset => charset,
    };
    format!("read as {charset} from now on: {}", messages.join(", "))
}

async fn waiting(tank: &Database) -> Result<Vec<i64>, Failure> {
    let mut messages = Vec::new();
    for state in ["held", "failed"] {
        let mut before = None;
        loop {
            let filter = Filter {
                state: state.to_owned(),
                before,
                limit: PAGE,
                ..Filter::default()
            };
            let page = tank.list(&filter).await?;
            let Some(last) = page.last() else { break };
            before = Some(last.id);
            messages.extend(page.iter().map(|message| message.id));
        }
    }
    Ok(messages)
}
