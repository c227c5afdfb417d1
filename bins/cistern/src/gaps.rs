//! `cistern gaps`: messages that probably never came.

use clap::Args;
use listener::{Gap, Numbers, Runs};
use serde_json::json;
use service::Config;
use tank::{Database, Filter, HoldingTank as _, MessageView};

use crate::Failure;
use crate::say::{say, say_lines};
use crate::table::table;

/// Look for messages that never came, by senders that count up their control ids
#[derive(Args)]
pub(crate) struct Gaps {
    /// Only messages of this feed
    #[arg(long)]
    feed: Option<String>,
    /// As JSON, one object a line
    #[arg(long)]
    json: bool,
}

/// How many messages one look at the list gives.
const PAGE: u32 = 5_000;

/// Numbers that were passed over, and the message that did.
struct Missing {
    feed: String,
    application: String,
    facility: String,
    numbers: Numbers,
    noticed_by: i64,
    noticed_at: String,
}

impl Gaps {
    pub(crate) async fn run(self, config: &Config) -> Result<(), Failure> {
        let tank = Database::open_existing(&config.database.url).await?;
        let missing = self.missing(&tank).await?;
        tank.close().await;
        if self.json {
            for missing in &missing {
                say(missing.json())?;
            }
        } else {
            say_lines(table(&missing.iter().map(Missing::row).collect::<Vec<_>>()))?;
        }
        Ok(())
    }

    /// Goes through all messages in the order of their arrival.
    async fn missing(&self, tank: &Database) -> Result<Vec<Missing>, Failure> {
        let (mut runs, mut missing) = (Runs::default(), Vec::new());
        let mut filter = Filter {
            feed: self.feed.clone().unwrap_or_default(),
            after: Some(0),
            limit: PAGE,
            ..Filter::default()
        };
        loop {
            let page = tank.list(&filter).await?;
            let Some(last) = page.last() else {
                break;
            };
            filter.after = Some(last.id);
            for message in &page {
                look(&mut runs, &mut missing, message);
            }
        }
        match &self.feed {
            Some(feed) if filter.after == Some(0) => {
                Err(format!("no message has come by a feed {feed}").into())
            }
            _ => Ok(missing),
        }
    }
}

fn look(runs: &mut Runs, missing: &mut Vec<Missing>, message: &MessageView) {
    let sender = [
        &*message.feed,
        &message.sending_application,
        &message.sending_facility,
    ];
    let of_sender = sender.join("\u{1f}");
    // The number of a message whose id came before says nothing new.
    let gap = if message.altered_from.is_some() {
        runs.see_again(&of_sender, "", &message.control_id)
    } else {
        runs.see(&of_sender, "", &message.control_id)
    };
    match gap {
        Some(Gap::Missing(numbers)) => missing.push(Missing::of(message, numbers)),
        Some(Gap::Late(late)) => take_back(missing, sender, &late),
        None => {}
    }
}

/// Leaves out a number that has come after all, which is one of the last that were missing.
fn take_back(missing: &mut Vec<Missing>, sender: [&str; 3], late: &Numbers) {
    let is_it =
        |it: &Missing| it.sender() == sender && it.numbers.contains(&late.prefix, late.first);
    let Some(place) = missing.iter().rposition(is_it) else {
        return;
    };
    let before = missing.remove(place);
    let rest = before.numbers.clone().without(late.first);
    let rest = rest.map(|numbers| before.with(numbers)).collect::<Vec<_>>();
    missing.splice(place..place, rest);
}

impl Missing {
    fn of(message: &MessageView, numbers: Numbers) -> Missing {
        Missing {
            feed: message.feed.clone(),
            application: message.sending_application.clone(),
            facility: message.sending_facility.clone(),
            numbers,
            noticed_by: message.id,
            noticed_at: message.received_at.clone(),
        }
    }

    fn with(&self, numbers: Numbers) -> Missing {
        Missing {
            feed: self.feed.clone(),
            application: self.application.clone(),
            facility: self.facility.clone(),
            numbers,
            noticed_by: self.noticed_by,
            noticed_at: self.noticed_at.clone(),
        }
    }

    fn sender(&self) -> [&str; 3] {
        [&self.feed, &self.application, &self.facility]
    }

    fn row(&self) -> Vec<String> {
        let numbers = &self.numbers;
        let range = match numbers.count() {
            1 => numbers.first_id(),
            _ => format!("{} to {}", numbers.first_id(), numbers.last_id()),
        };
        let [feed, application, facility] = self.sender().map(str::to_owned);
        vec![
            feed,
            application,
            facility,
            range,
            format!("{} missing", numbers.count()),
            format!("before message {}", self.noticed_by),
            self.noticed_at.clone(),
        ]
    }

    fn json(&self) -> serde_json::Value {
        json!({
            "feed": self.feed,
            "sending_application": self.application,
            "sending_facility": self.facility,
            "first": self.numbers.first_id(),
            "last": self.numbers.last_id(),
            "messages": self.numbers.count(),
            "noticed_by": self.noticed_by,
            "noticed_at": self.noticed_at,
        })
    }
}
