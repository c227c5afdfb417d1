//! `cistern retry`: have held or failed messages imported again.

use clap::Args;
use service::Config;
use tank::{Database, Decision, Filter, HoldingTank as _};

use crate::Failure;
use crate::decide::decide;

/// Import held or failed messages again, as after a change of the mappings
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
        decide(&tank, &Decision::Retry(messages), self.by).await?;
        tank.close().await;
        Ok(())
    }
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
