//! `cistern map`: decide what a code means.

use care::CodeDecision;
use clap::Args;
use service::{Config, now_millis};
use tank::{Database, Decision, HoldingTank as _};

use crate::Failure;
use crate::say::say;

/// Decide what a code means; what waited for it is imported by itself
#[derive(Args)]
pub(crate) struct Map {
    /// The code table: test, sex, race, …
    table: String,
    /// The code as sent
    code: String,
    /// The code system as sent (LN, L, …); - where the message gives none
    system: String,
    /// The sender for whom it holds; * for every sender
    sender: String,
    /// What the code means: the name of a test, or a value of the table
    #[arg(required_unless_present = "skip", conflicts_with = "skip")]
    value: Option<String>,
    /// What carries this code is not wanted
    #[arg(long)]
    skip: bool,
    /// Who decides; the name of the user where it is not given
    #[arg(long)]
    by: Option<String>,
}

impl Map {
    pub(crate) async fn run(self, config: &Config) -> Result<(), Failure> {
        let tank = Database::open_existing(&config.database.url).await?;
        let by = decider(self.by.clone());
        let decision = Decision::Code(self.decision());
        let released = tank.release(&decision, &by, now_millis()).await?;
        say(format_args!(
            "decision {}: {} messages go on",
            released.decision, released.messages
        ))?;
        tank.close().await;
        Ok(())
    }

    fn decision(self) -> CodeDecision {
        let unless = |text: String, none: &str| if text == none { String::new() } else { text };
        CodeDecision {
            table: self.table,
            code: self.code,
            system: unless(self.system, "-"),
            sender: unless(self.sender, "*"),
            value: self.value,
        }
    }
}

/// Who decides: whoever is named, else the user.
pub(crate) fn decider(named: Option<String>) -> String {
    let user = || {
        std::env::var("USER")
            .or_else(|_| std::env::var("USERNAME"))
            .ok()
    };
    named.or_else(user).unwrap_or_else(|| "unknown".to_owned())
}
